package geo

import (
	"errors"
	"os"
	"path/filepath"
)

// fileName is the name of a database file in its usual places.
const fileName = "geo.db"

// DefaultPath returns where `floodmark geo update` writes: $FLOODMARK_GEO,
// else $XDG_DATA_HOME/floodmark/geo.db, else ~/.local/share/floodmark/geo.db
// (XDG Base Directory Specification 0.8). It fails where no home directory is
// known.
func DefaultPath() (string, error) {
	if p := os.Getenv("FLOODMARK_GEO"); p != "" {
		return p, nil
	}
	// The specification says that a relative path there is to be ignored.
	if d := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "floodmark", fileName), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", errors.New("find a place for the address database: no home directory is set; set FLOODMARK_GEO to a file name")
	}
	return filepath.Join(home, ".local", "share", "floodmark", fileName), nil
}

// Find returns the database to use: $FLOODMARK_GEO where it is set, whether or
// not there is such a file, so that a wrong setting is noticed; else the first
// that exists of DefaultPath and geo.db beside the running executable.
func Find() (path string, ok bool) {
	if p := os.Getenv("FLOODMARK_GEO"); p != "" {
		return p, true
	}
	var candidates []string
	if p, err := DefaultPath(); err == nil {
		candidates = append(candidates, p)
	}
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		candidates = append(candidates, filepath.Join(filepath.Dir(exe), fileName))
	}
	for _, p := range candidates {
		if st, err := os.Stat(p); err == nil && st.Mode().IsRegular() {
			return p, true
		}
	}
	return "", false
}
