package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/app"
	"floodmark/internal/fault"
	"floodmark/internal/model"
	"floodmark/internal/report/page"
	"floodmark/internal/report/seal"
	"floodmark/internal/scenario/player"
	"floodmark/internal/scenario/sender"
	"floodmark/internal/scenario/simday"
)

// watch plays the day to the running server and says what happens.
func (d *demo) watch(ctx context.Context) error {
	r := &dayRun{day: d.day, progress: d.progress, places: simday.Options{Seed: max(d.seed, 1)},
		runFlags: &runFlags{public: d.at.Public, data: filepath.Join(d.dir, "data"), geo: d.geo, send: sender.Config{NetFlow: d.at.NetFlow, SFlow: d.at.SFlow, Speed: 1, Limit: 25_000}}}
	r.opt.Seed, r.opt.Start, r.opt.Scale, r.quiet = r.places.Seed, d.day.Begin(), 1, true
	if err := r.findPlaces(); err != nil {
		return err
	}
	r.from, r.opt.Duration = d.clock.Now(), d.day.End().Sub(d.day.Begin())
	for n := 0; n < 500 && !answersCommands(r.data); n++ { // the socket of commands comes last
		time.Sleep(10 * time.Millisecond)
	}
	if err := r.teach(ctx); err != nil {
		return err
	}
	fmt.Fprintf(d.progress, "\nWatch it:  http://%s/  (everybody's pages)\n           http://%s/  (the operator's)\n\n", d.at.Public, d.at.Operator)

	pace := d.pace(r.places.Seed)
	g := player.NewGovernor(d.clock, pace, d.s.Behind)
	r.dueTraffic, r.due = g.Due(0), g.Due(1)
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var aside sync.WaitGroup
	aside.Go(func() { g.Run(watching) })
	aside.Go(func() { player.NewWatcher(d.s, d.progress, d.day.Zone.Location()).Run(watching) })
	aside.Go(func() { d.claim(watching) })
	r.ended = g.Done
	_, err := r.play(ctx)
	if err == nil {
		err = d.settle(ctx)
	}
	stop()
	aside.Wait()
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(d.progress, "\nstopped before the end of the day")
		return nil
	}
	if err != nil {
		return err
	}
	return d.conclude(ctx)
}

func answersCommands(data string) bool {
	res, err := control(data).Get("http://control/")
	if err == nil {
		res.Body.Close()
	}
	return err == nil
}

// pace is how fast each part of the day goes.
func (d *demo) pace(seed uint64) []simday.Stretch {
	if d.speed != 0 {
		return []simday.Stretch{{From: d.day.Begin(), To: d.day.End(), Speed: d.speed}}
	}
	return d.day.Pace(demoLength, seed)
}

// claim enters what is said in public when it is said, as soon as there is an
// incident that it is about.
func (d *demo) claim(ctx context.Context) {
	waiting := d.day.Document(d.seed).Claims
	for len(waiting) > 0 {
		select {
		case <-ctx.Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
		waiting = slices.DeleteFunc(waiting, func(c simday.PublicClaim) bool {
			if c.At.UnixNano() > d.clock.Now() {
				return false
			}
			for _, in := range d.incidents() {
				if in.Target.Name == c.Service && in.Started <= c.At.UnixNano() {
					return d.enter(ctx, in.ID, &c)
				}
			}
			return false
		})
	}
}

// enter tells the server of one statement: as it was said where that can be
// read, else everything that may be meant.
func (d *demo) enter(ctx context.Context, id string, c *simday.PublicClaim) bool {
	texts := []string{c.Text}
	if app.CheckClaim(c.Text) != nil {
		texts = nil
		for _, r := range c.Readings {
			texts = append(texts, r.Claim)
		}
	}
	for _, text := range texts {
		_, err := d.s.AddClaim(ctx, id, model.EnteredClaim{Text: text, Source: fmt.Sprintf("%s: %q", c.By, c.Text), Stated: c.At.UnixNano(), By: "demo"})
		var known *fault.Error
		if err != nil && !errors.As(err, &known) {
			return false
		}
	}
	fmt.Fprintf(d.progress, "  %s  said     %s: %q\n", c.At.In(d.day.Zone.Location()).Format("15:04"), c.By, c.Text)
	return true
}

// settle waits until the server has come to the end of what is played.
func (d *demo) settle(ctx context.Context) error {
	for d.clock.Now() < d.day.End().UnixNano() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	select { // documents follow within seconds
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(3 * time.Second):
	}
	return nil
}

// incidents are those of services that opened, as they are now, the gravest first.
func (d *demo) incidents() []*model.Incident {
	var out []*model.Incident
	for _, x := range d.s.Incidents(api.IncidentFilter{Limit: 1000}) {
		if x.Target.Kind != model.ServiceTarget || x.Opened == 0 {
			continue
		}
		if in, _, ok := d.s.Incident(x.ID); ok {
			out = append(out, &in)
		}
	}
	slices.SortStableFunc(out, func(a, b *model.Incident) int { return cmp.Compare(b.UserReports.Total, a.UserReports.Total) })
	return out
}

// conclude says what it was, writes the report and waits to be ended.
func (d *demo) conclude(ctx context.Context) error {
	zone := d.day.Zone.Location()
	list := d.incidents()
	if len(list) == 0 {
		fmt.Fprintln(d.progress, "\nNo incident: nothing went beyond what is usual.")
	}
	for _, in := range list {
		player.PrintVerdict(d.progress, in, zone)
	}
	if in := d.gravest(); in != nil {
		if err := d.writeReport(ctx, in); err != nil {
			return err
		}
		fmt.Fprintf(d.progress, "\nThe incident:  http://%s/i/%s\nIts report:    http://%s/i/%s/report (JSON: report.json)\n", d.at.Public, in.ID, d.at.Public, in.ID)
	}
	if d.exit {
		return nil
	}
	fmt.Fprintf(d.progress, "Look around:   http://%s/ (operator), http://%s/ (everybody). Ctrl-C ends it.\n", d.at.Operator, d.at.Public)
	<-ctx.Done()
	return nil
}

func (d *demo) writeReport(ctx context.Context, in *model.Incident) error {
	if d.report == "" {
		return nil
	}
	b, err := d.s.Evidence(ctx, in.ID, 0)
	if err != nil {
		return fmt.Errorf("report of %s: %w", in.ID, err)
	}
	if err := os.MkdirAll(filepath.Dir(d.report), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(d.report, b, 0o644); err != nil {
		return err
	}
	name := strings.TrimSuffix(d.report, ".json") + ".html"
	if err := writeReportPage(name, b); err != nil {
		return err
	}
	fmt.Fprintf(d.progress, "\nReport written: %s, to be read in %s\nCheck it:       %s verify %s\n", d.report, name, strings.TrimPrefix(os.Args[0], "./"), d.report)
	return nil
}

// writeReportPage writes a sealed report as the page that shows it.
func writeReportPage(name string, report []byte) error {
	a, err := seal.Decode(report)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.Render(&b, a); err != nil {
		return err
	}
	return os.WriteFile(name, b.Bytes(), 0o644)
}
