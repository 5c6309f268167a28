package datadir

import (
	"io"
	"os"
	"path/filepath"
)

// WriteFile writes a file whole or not at all, and durably.
func WriteFile(path string, b []byte) error {
	return Replace(path, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// Replace puts what write writes in the place of a file, whole or not at all. It
// returns when that would survive a power cut: the file and its directory are
// synced.
func Replace(path string, write func(io.Writer) error) error {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".*.part")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
