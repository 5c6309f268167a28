package datadir

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Files at the top of a data directory.
const (
	lockFile   = "lock"
	formatFile = "format.json"
)

// Config says which directory to claim, and for whom.
type Config struct {
	Path    string // made, readable by its owner only, where it does not exist
	Program string // name and version of this program, written for people who meet the directory later
	// Upgrades lead from each format to the next: Upgrades[0] from 1 to 2 and so
	// on. The program's own format is one more than their number. A step that was
	// interrupted is run again, so it must bear that.
	Upgrades []func(path string) error
}

// Dir is a claimed data directory.
type Dir struct {
	path string
	lock *os.File
}

// format is what format.json holds.
type format struct {
	Format  int    `json:"format"`
	Program string `json:"program"` // that wrote it
}

// lockedError says that another process has the directory.
type lockedError struct {
	Path string
	PID  int // of the process that claimed it, 0 where it did not say
}

func (e *lockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("claim data directory %s: another process uses it", e.Path)
	}
	return fmt.Sprintf("claim data directory %s: process %d uses it; stop that one, or give this one another directory", e.Path, e.PID)
}

// newerError says that a newer program wrote the directory.
type newerError struct {
	Path    string
	Format  int    // of the directory
	Known   int    // the newest that this program reads
	Program string // that wrote it
}

func (e *newerError) Error() string {
	return fmt.Sprintf("open data directory %s: it has format %d, written by %s, and this program reads formats up to %d; "+
		"nothing was changed; run that version or a newer one, or restore a backup made before the upgrade into an empty directory",
		e.Path, e.Format, e.Program, e.Known)
}

// Open claims the directory until Close or the end of the process, and brings
// it to the program's format. It fails with a *lockedError or a *newerError,
// and then has changed nothing.
func Open(c Config) (*Dir, error) {
	if err := os.MkdirAll(c.Path, 0o700); err != nil {
		return nil, fmt.Errorf("make data directory %s: %w", c.Path, err)
	}
	lock, err := claim(c.Path)
	if err != nil {
		return nil, err
	}
	if err := upgrade(c); err != nil {
		lock.Close()
		return nil, err
	}
	sweep(c.Path)
	return &Dir{c.Path, lock}, nil
}

// Path returns the path that the directory was opened by.
func (d *Dir) Path() string { return d.path }

// Close gives the directory free. The lock file stays: removing it would let
// two processes hold locks on two files of that name.
func (d *Dir) Close() error { return d.lock.Close() }

// claim locks the lock file. The lock is the kernel's (flock(2)), so it ends
// with the process however that ends; the number inside is only to be read.
func claim(dir string) (*os.File, error) {
	path := filepath.Join(dir, lockFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("claim data directory %s: %w", dir, err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("claim data directory %s: lock: %w", dir, err)
		}
		b := make([]byte, 20)
		n, _ := f.ReadAt(b, 0)
		pid, _ := strconv.Atoi(strings.TrimSpace(string(b[:n])))
		return nil, &lockedError{dir, pid}
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	}
	// On a full disk the number cannot be written. The lock holds all the same,
	// and a full disk must not keep the program from starting.
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		f.Close()
		return nil, fmt.Errorf("claim data directory %s: %w", dir, err)
	}
	return f, nil
}

func upgrade(c Config) error {
	known := 1 + len(c.Upgrades)
	has, err := read(c.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return write(c.Path, format{known, c.Program})
	}
	if err != nil {
		return err
	}
	if has.Format > known {
		return &newerError{c.Path, has.Format, known, has.Program}
	}
	for ; has.Format < known; has.Format++ {
		if err := c.Upgrades[has.Format-1](c.Path); err != nil {
			return fmt.Errorf("upgrade data directory %s from format %d to %d: %w", c.Path, has.Format, has.Format+1, err)
		}
		if err := write(c.Path, format{has.Format + 1, c.Program}); err != nil {
			return err
		}
	}
	return nil
}

func read(dir string) (format, error) {
	path := filepath.Join(dir, formatFile)
	b, err := os.ReadFile(path)
	if err != nil {
		return format{}, err
	}
	var f format
	// Format 1 is the only one so far; the first upgrade must change this advice.
	if err := json.Unmarshal(b, &f); err != nil {
		return format{}, fmt.Errorf("read %s: it is damaged (%w) and nothing was changed; put that file back from a backup, "+
			"or, where no newer version ever used this directory, write {\"format\": 1} into it", path, err)
	}
	if f.Format < 1 {
		return format{}, fmt.Errorf("read %s: format %d does not exist", path, f.Format)
	}
	return f, nil
}

// write replaces the format file in one step that survives a loss of power.
func write(dir string, f format) error {
	path := filepath.Join(dir, formatFile)
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	if err := WriteFile(path, append(b, '\n')); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
