package opendata

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Dir is a directory of daily tables: DAY.csv, DAY.parquet, DAY.components.csv
// and DAY.places.csv, DAY being YYYY-MM-DD in UTC. Nothing else is touched in it.
type Dir string

// Format is how a table is written.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	Parquet Format = "parquet"
)

// ErrNone tells that there is no table of that day, or no such format.
var ErrNone = errors.New("no such table")

// Write writes rows in a format.
func Write(w io.Writer, f Format, rows []Row) error {
	switch f {
	case CSV:
		return writeCSV(w, rows)
	case Parquet:
		return writeParquet(w, rows)
	}
	return ErrNone
}

func (d Dir) path(day, ending string) string { return filepath.Join(string(d), day+"."+ending) }

// isDay reports whether s is a day as file names have it; nothing else becomes
// part of a path.
func isDay(s string) bool {
	t, err := time.Parse(time.DateOnly, s)
	return err == nil && t.Format(time.DateOnly) == s
}

// Days returns the days of which there are tables, the newest first. A directory
// that does not exist has none.
func (d Dir) Days() ([]string, error) {
	entries, err := os.ReadDir(string(d))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list open data: %w", err)
	}
	var out []string
	for _, e := range entries {
		if day, ok := strings.CutSuffix(e.Name(), ".csv"); ok && isDay(day) && e.Type().IsRegular() {
			out = append(out, day)
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out, nil
}

// WriteDay writes the tables of a day, in place of what is there. Each file is
// whole or not there at all, and the day is listed when all of them are.
func (d Dir) WriteDay(day string, t Tables) error {
	if !isDay(day) {
		return fmt.Errorf("write open data of %q: not a day", day)
	}
	if err := os.MkdirAll(string(d), 0o755); err != nil {
		return fmt.Errorf("write open data of %s: %w", day, err)
	}
	files := []struct {
		ending string
		write  func(io.Writer) error
	}{ // the one that makes the day listed is last
		{"parquet", func(w io.Writer) error { return writeParquet(w, t.Rows) }},
		{"components.csv", func(w io.Writer) error { return writeParts(w, t.Parts) }},
		{"places.csv", func(w io.Writer) error { return writePlaces(w, t.Places) }},
		{"csv", func(w io.Writer) error { return writeCSV(w, t.Rows) }},
	}
	for _, f := range files {
		if err := d.replace(d.path(day, f.ending), f.write); err != nil {
			return fmt.Errorf("write open data of %s: %w", day, err)
		}
	}
	return nil
}

// replace writes a file beside its place, syncs it, and moves it there.
func (d Dir) replace(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(string(d), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // which is gone when all went well
	err = write(f)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(string(d))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Remove removes the tables of a day. It is no error where there are none.
func (d Dir) Remove(day string) error {
	if !isDay(day) {
		return fmt.Errorf("remove open data of %q: not a day", day)
	}
	for _, ending := range []string{"csv", "parquet", "components.csv", "places.csv"} {
		if err := os.Remove(d.path(day, ending)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove open data: %w", err)
		}
	}
	return nil
}

// Select names a table of a day.
type Select struct {
	Day     string
	Format  Format
	Service string // "" for all
}

// Dump writes a table of a day. The error is ErrNone where there is none, with
// nothing written.
func (d Dir) Dump(w io.Writer, s Select) error {
	if !isDay(s.Day) || s.Format != CSV && s.Format != Parquet {
		return ErrNone
	}
	ending := string(s.Format)
	if s.Service != "" {
		ending = "csv" // is read, and written anew
	}
	f, err := os.Open(d.path(s.Day, ending))
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	if err != nil {
		return fmt.Errorf("read open data: %w", err)
	}
	defer f.Close()
	if s.Service == "" {
		if _, err := io.Copy(w, f); err != nil {
			return fmt.Errorf("copy open data of %s: %w", s.Day, err)
		}
		return nil
	}
	var rows []Row // of one service: 96 a day
	err = readRows(f, func(r Row) error {
		if r.Service == s.Service {
			rows = append(rows, r)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return ErrNone
	}
	return Write(w, s.Format, rows)
}
