package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"floodmark/internal/scenario/simday"
	"floodmark/internal/userreports"
)

// teach lets the server of a data directory learn the ordinary days before.
func (r *dayRun) teach(ctx context.Context) error {
	until := r.day.Begin()
	if r.from > 0 && time.Unix(0, r.from).Before(until) {
		until = time.Unix(0, r.from)
	}
	body, w := io.Pipe()
	go func() { w.CloseWithError(writeHistory(w, r.day, r.places.Seed, until)) }()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control/import", body)
	if err != nil {
		return fmt.Errorf("teach history: %w", err)
	}
	res, err := cmp.Or(r.commands, control(r.data)).Do(req)
	if err != nil {
		return fmt.Errorf("teach history: no server answers in %s (%w); give its directory by --data", r.data, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil || res.StatusCode != http.StatusOK {
		return fmt.Errorf("teach history: %s %s", res.Status, strings.TrimSpace(string(b)))
	}
	var reported userreports.Imported
	if err := json.Unmarshal(b, &reported); err != nil {
		return fmt.Errorf("teach history: %w", err)
	}
	if len(reported.Unknown) > 0 {
		return fmt.Errorf("teach history: the server does not know %s; floodmark scenario show %s --config prints its configuration", strings.Join(reported.Unknown, ", "), r.day.Name)
	}
	fmt.Fprintf(r.progress, "history of %d days: %d counts taught, %d not before what the server has seen\n", r.day.Before, reported.Taken-reported.Late, reported.Late)
	return nil
}

// writeHistory writes the ordinary days before as CSV, as import takes them.
func writeHistory(w io.Writer, d *simday.Day, seed uint64, until time.Time) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "service,time,count,component")
	for c := range d.History(seed) {
		if c.Time.Add(15 * time.Minute).After(until) {
			break
		}
		fmt.Fprintf(b, "%s,%s,%d,%s\n", c.Service, c.Time.UTC().Format(time.RFC3339), c.N, c.Component)
	}
	return b.Flush()
}
