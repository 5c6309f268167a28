package player

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// Server is asked for changes of incidents.
type Server interface {
	LastChange() uint64
	// Changed returns a channel that is closed at the next change.
	Changed() <-chan struct{}
	// Changes returns changes after a number, at most limit.
	Changes(ctx context.Context, after uint64, limit int) ([]model.NumberedChange, error)
}

// Watcher prints what happens to incidents, a line for each change that is news.
type Watcher struct {
	server   Server
	progress io.Writer
	zone     *time.Location
	after    uint64
	last     map[string]string // text by incident
}

// NewWatcher makes a watcher of changes from now on, with times of a zone.
func NewWatcher(s Server, out io.Writer, zone *time.Location) *Watcher {
	return &Watcher{server: s, progress: out, zone: zone, after: s.LastChange(), last: make(map[string]string)}
}

// Run prints what changes until ctx is done.
func (w *Watcher) Run(ctx context.Context) {
	for {
		changed := w.server.Changed()
		w.catchUp(ctx)
		select {
		case <-ctx.Done():
			w.catchUp(context.WithoutCancel(ctx))
			return
		case <-changed:
		}
	}
}

func (w *Watcher) catchUp(ctx context.Context) {
	for {
		list, err := w.server.Changes(ctx, w.after, 100)
		if err != nil || len(list) == 0 {
			return
		}
		for i := range list {
			w.after = list[i].Number
			w.printChange(&list[i].Change)
		}
	}
}

func (w *Watcher) printChange(c *model.Change) {
	what := "reports"
	if c.Incident.Target.Kind != model.ServiceTarget {
		if what = "traffic"; c.Type != model.Opened && c.Type != model.Ended || c.Incident.AttackVerdict == model.AttackNo {
			return // of floods the beginning and the end; the operator's pages show the rest
		}
	}
	if c.Type == model.Updated || c.Text == w.last[c.Incident.ID] {
		return
	}
	w.last[c.Incident.ID] = c.Text
	fmt.Fprintf(w.progress, "  %s  %s  %s\n", time.Unix(0, c.At).In(w.zone).Format("15:04"), what, text.Clean(c.Text, 240))
}

// PrintVerdict prints what an incident of a service was found to be.
func PrintVerdict(diag io.Writer, in *model.Incident, zone *time.Location) {
	fmt.Fprintf(diag, "\n%s, %s to %s: %s\n", in.UserReports.Name, clockIn(in.Started, zone), clockIn(max(in.Ended, in.LastSeen), zone), text.Clean(in.Because, 300))
	if a := in.Assessment; a != nil {
		fmt.Fprintf(diag, "  Assessment: %s. Confidence: %s.\n", strings.TrimSuffix(a.Text, "."), a.Confidence)
		for _, r := range a.Reasons[:min(4, len(a.Reasons))] {
			sign := "for"
			if r.Weight < 0 {
				sign = "against"
			}
			fmt.Fprintf(diag, "    %-7s %s: %s\n", sign, r.Cause, r.Text)
		}
	}
	if o := in.Outside; o != nil {
		fmt.Fprintf(diag, "  From outside:  %s.\n", strings.TrimSuffix(o.Text, "."))
	}
	for i := range in.Claims {
		c := &in.Claims[i]
		fmt.Fprintf(diag, "  Claim: %q (%s)\n", c.Text, c.Source)
		if n := len(c.History); n > 0 {
			for _, x := range c.History[n-1].Claims {
				fmt.Fprintf(diag, "    %-20s %s\n", wording.Verdict(x.Verdict), x.Reading)
			}
		}
	}
}

func clockIn(ns int64, zone *time.Location) string {
	if ns == 0 {
		return "now"
	}
	return time.Unix(0, ns).In(zone).Format("15:04 MST")
}
