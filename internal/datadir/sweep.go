package datadir

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// temporary matches the names that os.CreateTemp makes of "NAME.*.part".
var temporary = regexp.MustCompile(`\.[0-9]+\.part$`)

// sweep removes the temporary files that a killed process left behind. The
// caller holds the lock, so nobody is writing them. It is done as far as it
// goes: a file that cannot be removed costs only its space, and a read-only
// disk must not keep the program from starting.
func sweep(dir string) {
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && temporary.MatchString(d.Name()) {
			_ = os.Remove(path)
		}
		return nil
	})
}
