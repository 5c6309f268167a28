package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"floodmark/internal/scenario/simday"
)

// playClaims enters what is said in public at its time, for the incident of the
// service that it is about: each reading of it as a claim of its own. What
// cannot be entered is told and does not end the run.
func (r *dayRun) playClaims(ctx context.Context) {
	for _, c := range r.day.Document(r.places.Seed).Claims {
		at := c.At.UnixNano()
		if r.server == "" || at < r.from {
			continue
		}
		select {
		case <-time.After(time.Until(r.due(at))):
		case <-ctx.Done():
			return
		}
		err := r.enter(ctx, &c)
		r.update(func() {
			fmt.Fprintf(r.progress, "%s said: %q\n", c.By, c.Text)
			if err != nil {
				fmt.Fprintf(r.progress, "which is not checked: %v\n", err)
			}
		})
	}
}

func (r *dayRun) enter(ctx context.Context, c *simday.PublicClaim) error {
	var page struct {
		Incidents []struct {
			ID       string     `json:"id"`
			OpenedAt *time.Time `json:"opened_at"`
		}
	}
	if err := r.ask(ctx, http.MethodGet, "/api/v1/incidents?target=service:"+c.Service, nil, &page); err != nil {
		return err
	}
	for _, in := range page.Incidents { // the newest first
		if in.OpenedAt == nil {
			continue
		}
		for _, reading := range c.Readings {
			body := map[string]any{"text": reading.Claim, "source": c.By + ": " + c.Text, "stated_at": c.At}
			if err := r.ask(ctx, http.MethodPost, "/api/v1/incidents/"+in.ID+"/claims", body, nil); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("no incident of %s is open", c.Service)
}

// ask asks the operator's API, and reads the answer where into is not nil.
func (r *dayRun) ask(ctx context.Context, method, path string, body, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(r.server, "/")+path, bytes.NewReader(text))
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := cmp.Or(r.api, http.DefaultClient).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 8<<20))
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s: %s %.200s", path, res.Status, b)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(b, into)
}
