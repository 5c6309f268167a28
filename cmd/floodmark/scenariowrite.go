package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"floodmark/internal/scenario"
	"floodmark/internal/scenario/simday"
)

// dayFiles are what `scenario write --dir` makes.
type dayFiles struct {
	day    *simday.Day
	places kindsOfPlaces
	seed   uint64
	dir    string
	force  bool
}

// write makes the directory of a day: traffic.pcapng, history.csv, counts.csv,
// reports.csv and truth.json. Each stands there whole or not at all.
func (x *dayFiles) write(diag io.Writer) error {
	if err := os.MkdirAll(x.dir, 0o755); err != nil {
		return fmt.Errorf("write scenario %s: %w", x.day.Name, err)
	}
	truth := x.day.Document(x.seed)
	if schedule, watched := x.day.Network(); watched {
		err := x.file("traffic.pcapng", func(w io.Writer) error {
			opt := scenario.RunOptions{Options: scenario.Options{Seed: x.seed, Start: x.day.Begin(), Places: x.places.all}}
			t, err := scenario.WriteSchedule(w, schedule, opt)
			truth.Traffic = &t
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{{"history.csv", x.history}, {"counts.csv", x.counts}, {"reports.csv", x.reports}} {
		if err := x.file(f.name, f.write); err != nil {
			return err
		}
	}
	err := x.file("truth.json", func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(truth)
	})
	if err == nil {
		fmt.Fprintf(diag, "%s: synthetic; history.csv and counts.csv for import and backtest counts, truth.json beside them\n", x.dir)
	}
	return err
}

// file writes one beside its place and moves it there.
func (x *dayFiles) file(name string, write func(io.Writer) error) (err error) {
	path := filepath.Join(x.dir, name)
	if _, err := os.Lstat(path); err == nil && !x.force {
		return fmt.Errorf("write scenario: %s exists (--force overwrites it)", path)
	}
	f, err := os.CreateTemp(x.dir, "."+name+"-*")
	if err != nil {
		return fmt.Errorf("write scenario: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
		}
	}()
	b := bufio.NewWriterSize(f, 1<<16)
	if err := errors.Join(write(b), b.Flush(), f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

func (x *dayFiles) history(w io.Writer) error {
	return writeHistory(w, x.day, x.seed, x.day.Begin())
}

// counts are all reports of each service in 15 minutes, ordinary days before
// included.
func (x *dayFiles) counts(w io.Writer) error {
	fmt.Fprintln(w, "service,time,count")
	for c := range x.day.History(x.seed) {
		if c.Component == "" {
			fmt.Fprintf(w, "%s,%s,%d\n", c.Service, c.Time.UTC().Format(time.RFC3339), c.N)
		}
	}
	counts := x.day.Counts(x.seed)
	for at := x.day.Begin().UTC(); at.Before(x.day.End()); at = at.Add(15 * time.Minute) {
		for i := range x.day.Services {
			slug := x.day.Services[i].Slug
			fmt.Fprintf(w, "%s,%s,%d\n", slug, at.Format(time.RFC3339), counts[slug][at])
		}
	}
	return nil
}

// reports are those of single people, as the import of reports takes them, and
// what a sender needs besides.
func (x *dayFiles) reports(w io.Writer) error {
	c := csv.NewWriter(w)
	if err := c.Write([]string{"service", "time", "component", "kind", "country", "region", "network", "address", "agent", "referer"}); err != nil {
		return err
	}
	opt := simday.Options{Seed: x.seed, People: x.places.people, Machines: x.places.machines}
	for r := range x.day.Reports(opt) {
		err := c.Write([]string{r.Service, time.Unix(0, r.At).UTC().Format(time.RFC3339Nano), r.Component, "problem", r.Country, r.Region,
			strconv.FormatUint(uint64(r.ASN), 10), r.Address.String(), r.Agent, r.Referer})
		if err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// writeDay is `scenario write NAME --dir DIR`.
func writeDay(name string, x *dayFiles, geo string, diag io.Writer) error {
	d, isDay, err := loadDay(name)
	if err != nil {
		return err
	}
	if !isDay {
		return fmt.Errorf("scenario %s is no whole day: write it with --out FILE", name)
	}
	x.day, x.seed = d, max(x.seed, 1)
	if geo == "" {
		fmt.Fprintln(diag, "addresses follow the built-in plan; --geo FILE draws them from address data")
	} else if x.places, err = dayPlaces(geo, diag); err != nil {
		return err
	}
	return x.write(diag)
}
