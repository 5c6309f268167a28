package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"floodmark/internal/conf"
	"floodmark/internal/geo"
	"floodmark/internal/scenario"
	"floodmark/internal/scenario/reporter"
	"floodmark/internal/scenario/sender"
	"floodmark/internal/scenario/simday"
	"floodmark/internal/scenario/topology"
)

// loadDay finds a scenario of a whole day: one that comes with the program, or a
// file whose name ends in .yaml.
func loadDay(name string) (*simday.Day, bool, error) {
	if _, ok := simday.Source(name); ok {
		d, err := simday.Shipped(name)
		return d, true, err
	}
	if !strings.HasSuffix(name, ".yaml") {
		return nil, false, nil
	}
	b, err := readDayFile(name)
	if err != nil {
		return nil, true, err
	}
	d, err := simday.Parse(name, b)
	return d, true, err
}

func readDayFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, conf.MaxFile+1))
	if err == nil && len(b) > conf.MaxFile {
		err = fmt.Errorf("read %s: longer than %d octets", name, conf.MaxFile)
	}
	return b, err
}

// dayRun is a day being played to a server.
type dayRun struct {
	*runFlags
	day    *simday.Day
	places simday.Options
	ticks  sender.Clock // what the server says of its time
	due    func(at int64) time.Time
	// dueTraffic is the same for traffic, nil where it is due; ended hears when
	// traffic (0) and reports (1) are over. Both are for who watches how late they are.
	dueTraffic func(at int64) time.Time
	ended      func(which int)
	from       int64 // what lies before is not sent: the server's clock is there already
	progress   io.Writer
	quiet      bool // says nothing of how far it is
	// Other than the machine's network: clients of the server's API and of its
	// control socket, and connections of those who report; nil for the machine's.
	api, commands *http.Client
	dial          func(ctx context.Context, network, address string) (net.Conn, error)

	mu      sync.Mutex
	last    time.Time
	traffic scenario.Progress
	reports reporter.Stats
	at      int64
}

func (x *runFlags) runDay(ctx context.Context, d *simday.Day, diag io.Writer) error {
	if x.start != "" || x.opt.Duration != 0 || x.opt.Scale != 1 {
		return errors.New("--start, --duration and --scale are not of whole days: a file tells its dates and figures")
	}
	r := &dayRun{runFlags: x, day: d, progress: diag, places: simday.Options{Seed: max(x.opt.Seed, 1)}}
	x.opt.Seed, x.opt.Start = r.places.Seed, d.Begin()
	if err := r.findPlaces(); err != nil {
		return err
	}
	if err := r.clock(ctx); err != nil {
		return err
	}
	if x.data != "" {
		if err := r.teach(ctx); err != nil {
			return err
		}
	}
	if x.front != "" {
		stop, err := playFront(x.front, d, r.ticks)
		if err != nil {
			return err
		}
		defer stop()
	}
	stated, hush := context.WithCancel(ctx)
	var claims sync.WaitGroup
	claims.Go(func() { r.playClaims(stated) })
	truth, err := r.play(ctx)
	hush()
	claims.Wait()
	if errors.Is(err, context.Canceled) {
		r.done()
		return fmt.Errorf("run scenario %s: interrupted; the truth is not written", d.Name)
	}
	if err != nil {
		return err
	}
	r.done()
	return writeDayTruth(x.truth, d.Document(r.places.Seed), truth)
}

// play sends traffic and reports until the day is over. An error of one ends the
// other; a cancelled context is the error only where there is no other.
func (r *dayRun) play(ctx context.Context) (truth *scenario.Truth, err error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var wg sync.WaitGroup
	var trafficErr, reportErr error
	wg.Go(func() {
		if truth, trafficErr = r.playTraffic(ctx); trafficErr != nil {
			stop()
		}
		r.over(0)
	})
	wg.Go(func() {
		if reportErr = r.playReports(ctx); reportErr != nil {
			stop()
		}
		r.over(1)
	})
	wg.Wait()
	for _, err := range []error{trafficErr, reportErr} {
		if err != nil && !errors.Is(err, context.Canceled) {
			return truth, err
		}
	}
	return truth, errors.Join(trafficErr, reportErr)
}

func (r *dayRun) over(which int) {
	if r.ended != nil {
		r.ended(which)
	}
}

func writeDayTruth(file string, t simday.Document, traffic *scenario.Truth) error {
	if file == "" {
		return nil
	}
	t.Traffic = traffic
	b, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(file, append(b, '\n'), 0o644)
}

// findPlaces takes the address data that is named, or that is where the program
// looks for it, or says that there is none.
func (r *dayRun) findPlaces() error {
	places, err := dayPlaces(r.geo, r.progress)
	if err != nil {
		return err
	}
	r.places.People, r.places.Machines, r.opt.Places = places.people, places.machines, places.all
	return nil
}

// kindsOfPlaces are the same address data, for who reports and for what sends.
type kindsOfPlaces struct{ people, machines, all topology.Places }

func dayPlaces(file string, diag io.Writer) (k kindsOfPlaces, err error) {
	if file == "" {
		var ok bool
		if file, ok = geo.Find(); !ok {
			fmt.Fprintln(diag, "no address data (floodmark geo update): addresses follow an invented plan, and reporters tell their country")
			return k, nil
		}
	}
	db, err := geo.Open(file)
	if err != nil {
		return k, err
	}
	return kindsOfPlaces{geoPlaces{db, []string{"access", "mobile"}}, geoPlaces{db, []string{"hosting"}}, geoPlaces{db: db}}, nil
}

// clock finds out when what is played.
func (r *dayRun) clock(ctx context.Context) error {
	if r.server == "" {
		r.ticks = sender.Clock{Now: r.day.Begin(), Speed: r.send.Speed, Asked: time.Now().Add(time.Second)}
		r.due = func(at int64) time.Time { return r.ticks.At(time.Unix(0, at)) }
		return nil
	}
	c, err := sender.AskClock(ctx, r.server)
	if err != nil {
		return err
	}
	if begin := r.day.Begin(); !c.Now.Before(r.day.End()) || c.Now.Before(begin.Add(-48*time.Hour)) {
		return fmt.Errorf("run scenario %s: it is of %s, and the server's clock says %s; start the server with --clock start=%s,speed=300",
			r.day.Name, r.day.Date, c.Now.UTC().Format(time.RFC3339), begin.Add(-time.Hour).UTC().Format(time.RFC3339))
	}
	r.from = c.Now.UnixNano()
	r.ticks = c
	r.due = func(at int64) time.Time { return c.At(time.Unix(0, at)) }
	return nil
}

func (r *dayRun) playTraffic(ctx context.Context) (*scenario.Truth, error) {
	x, watched := r.day.Network()
	if !watched {
		return nil, nil
	}
	if r.send.Due = r.due; r.dueTraffic != nil {
		r.send.Due = r.dueTraffic
	}
	s, err := sender.New(r.send)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	send := s.Send(ctx)
	opt := r.opt
	joined := false
	opt.Send = func(from netip.Addr, to scenario.Collector, datagram []byte, at int64) error {
		if !joined && at >= r.from && (r.from == 0 || r.due(at).After(time.Now())) {
			joined = true
		}
		if !joined { // drawing what is over takes time, in which more is over
			return ctx.Err()
		}
		return send(from, int(to), datagram, at)
	}
	opt.Progress = func(p scenario.Progress) { r.update(func() { r.traffic, r.at = p, max(r.at, p.At) }) }
	truth, err := scenario.RunSchedule(ctx, x, opt)
	if err == nil && !joined {
		err = fmt.Errorf("run scenario %s: no traffic was sent: it is drawn more slowly than the server's clock runs; start the server with a lower speed", r.day.Name)
	}
	return &truth, err
}

func (r *dayRun) playReports(ctx context.Context) error {
	cfg := reporter.Config{To: r.public, Due: r.due, Dial: r.dial, Progress: func(at int64, s reporter.Stats) {
		r.update(func() { r.reports, r.at = s, max(r.at, at) })
	}}
	stats, err := reporter.Run(ctx, r.since(), cfg)
	r.update(func() { r.reports = stats })
	return err
}

// since gives the reports that are not over yet, of the time that is played.
func (r *dayRun) since() iter.Seq[simday.Report] {
	return func(yield func(simday.Report) bool) {
		to := int64(math.MaxInt64)
		if r.opt.Duration > 0 {
			to = r.day.Begin().Add(r.opt.Duration).UnixNano()
		}
		for x := range r.day.Reports(r.places) {
			if x.At >= to || x.At >= r.from && !yield(x) {
				return
			}
		}
	}
}

func (r *dayRun) update(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
	if r.quiet {
		return
	}
	if every := 10 * time.Second; time.Since(r.last) > every || isTerminal(r.progress) && time.Since(r.last) > 500*time.Millisecond {
		r.last = time.Now()
		r.line()
	}
}

func (r *dayRun) line() {
	begin, end := "", "\n"
	if isTerminal(r.progress) {
		begin, end = "\r\x1b[K", ""
	}
	s := &r.reports
	fmt.Fprintf(r.progress, "%ssynthetic, %s: %d reports (%d counted, %d duplicates, %d rejected), %d records of traffic; %s%s", begin,
		time.Unix(0, r.at).In(r.day.Zone.Location()).Format("2006-01-02 15:04 MST"), s.Sent, s.Counted, s.Duplicate,
		s.TooMany+s.GaveUp+s.Refused+s.Failed, r.traffic.Records, r.underWay(), end)
}

func (r *dayRun) underWay() string {
	if len(r.traffic.Attacks) == 0 {
		return "no attack"
	}
	return r.traffic.Attacks[0]
}

func (r *dayRun) done() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.line()
	s := &r.reports
	fmt.Fprintf(r.progress, "\ndone: %d reports sent, %d counted, %d duplicates; answers 429: %d, 503: %d (given up: %d), other: %d, none: %d; proofs took %v of a processor; %v late at most\n",
		s.Sent, s.Counted, s.Duplicate, s.TooMany, s.Full, s.GaveUp, s.Refused, s.Failed, s.WorkTime.Round(time.Second), s.Latest.Round(time.Millisecond))
	if s.Complaint != "" {
		fmt.Fprintln(r.progress, "last refusal:", s.Complaint)
	}
}

func listDays(w io.Writer) error {
	for _, name := range simday.Names() {
		d, err := simday.Shipped(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", name, yesNo(d.Attacked()), d.End().Sub(d.Begin()), d.Title)
	}
	return nil
}

// showDay prints the file of a day, or the configuration that it needs.
func showDay(w io.Writer, name string, d *simday.Day, config bool, front string) error {
	if config {
		_, err := io.WriteString(w, d.Config(simday.Addresses{Front: front}))
		return err
	}
	b, ok := simday.Source(name)
	if !ok {
		var err error
		if b, err = readDayFile(name); err != nil {
			return err
		}
	}
	_, err := w.Write(b)
	return err
}
