package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"floodmark/internal/clock"
	"floodmark/internal/model"
	"floodmark/internal/scenario/fakeweb"
	"floodmark/internal/scenario/simday"
	"floodmark/internal/server"
	"floodmark/internal/settings"
)

// demoOptions are those of the command.
type demoOptions struct {
	scenario, report, geo string
	speed                 float64
	seed                  uint64
	keep, exit            bool
}

func demoCommand() *cobra.Command {
	var x demoOptions
	c := &cobra.Command{
		Use: "demo", Short: "Replay a synthetic day through a real server", Args: cobra.NoArgs,
		Long: "Starts a server on loopback with a temporary data directory, imports a history of ordinary weeks, and replays a day of\n" +
			"a scenario through the real inputs: user reports through the public API, flow exports and probes. Prints the URL of\n" +
			"the pages, a line for each change of an incident, and finally the verdict and the result of each claim.\n" +
			"All data is synthetic, and every page is marked accordingly. Ctrl-C stops the demo and deletes its data.",
		RunE: func(c *cobra.Command, _ []string) error { return x.run(c.Context(), c.OutOrStdout()) },
	}
	f := c.Flags()
	f.StringVar(&x.scenario, "scenario", "x-2025-03-10", "scenario name (see floodmark scenario list) or a .yaml file")
	f.Float64Var(&x.speed, "speed", 0, "simulated seconds per second (default: variable, about three minutes in all)")
	f.Uint64Var(&x.seed, "seed", 1, "random seed; the same seed gives the same day")
	f.StringVar(&x.geo, "geo", "", "address database (default: the standard paths)")
	f.StringVar(&x.report, "report", "", "write the report of the most severe incident to this JSON file")
	f.BoolVar(&x.keep, "keep", false, "keep the data directory")
	f.BoolVar(&x.exit, "exit", false, "exit after the last event")
	return c
}

const (
	demoLength = 3 * time.Minute // of a day that is played at no particular speed
	demoLead   = 10 * time.Minute
)

// demo is one at work.
type demo struct {
	demoOptions
	progress io.Writer
	day      *simday.Day
	dir      string
	at       simday.Addresses
	clock    *clock.Clock
	s        *server.Server

	started chan struct{} // closed once everything runs
}

func (x demoOptions) run(ctx context.Context, diag io.Writer) error {
	d := &demo{demoOptions: x, progress: diag}
	var known bool
	var err error
	if d.day, known, err = loadDay(x.scenario); err != nil {
		return err
	} else if !known {
		return usage("demo: there is no day %q; floodmark scenario list names them, or give a file that ends in .yaml", x.scenario)
	}
	if x.speed != 0 && !(x.speed >= 1 && x.speed <= 5000) {
		return usage("demo: --speed %g: expected 1 to 5000", x.speed)
	}
	if _, err := os.Stat(x.geo); x.geo != "" && err != nil {
		return usage("demo: --geo: %v; make it with: floodmark geo update", err)
	}
	if d.dir, err = os.MkdirTemp("", "floodmark-demo-"); err != nil {
		return err
	}
	if x.keep {
		defer fmt.Fprintf(diag, "The data is kept in %s\n", d.dir)
	} else {
		defer os.RemoveAll(d.dir)
	}
	fmt.Fprintf(diag, "Synthetic: %s\n%s\nNothing of it happened; every page says so.\n\n", d.day.Title, strings.TrimSpace(d.day.About))
	if err := d.play(ctx); err != nil {
		return &exitError{exitFailed, err}
	}
	return nil
}

// play starts the server, plays the day and stays until it is told to end.
func (d *demo) play(ctx context.Context) error {
	var err error
	if d.clock, err = clock.NewReplay(d.day.Begin().Add(-demoLead), 1); err != nil {
		return err
	}
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fronts := &http.Server{Handler: fakeweb.New(d.day, func() time.Time { return time.Unix(0, d.clock.Now()) }, 1500*time.Millisecond), ReadHeaderTimeout: 5 * time.Second}
	go fronts.Serve(web) //nolint:errcheck // it ends with Close
	defer fronts.Close()
	d.ports()
	d.at.Front = web.Addr().String()
	if err := d.start(ctx); err != nil {
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- d.s.Run(running) }()
	select {
	case <-d.started:
	case err := <-ended:
		stop()
		return err
	}
	err = d.watch(ctx)
	stop()
	return errors.Join(err, <-ended)
}

// ports takes the usual ports where none are given, or free ones where they are in use.
func (d *demo) ports() {
	for _, p := range []struct {
		network, usual, what string
		to                   *string
	}{{"tcp", "127.0.0.1:8081", "public pages", &d.at.Public}, {"tcp", "127.0.0.1:8080", "operator's pages", &d.at.Operator},
		{"udp", "127.0.0.1:2055", "NetFlow", &d.at.NetFlow}, {"udp", "127.0.0.1:6343", "sFlow", &d.at.SFlow}} {
		if *p.to != "" {
			continue
		}
		*p.to = p.usual
		if other, ok := free(p.network, p.usual); !ok {
			*p.to = other
			fmt.Fprintf(d.progress, "%s is in use; %s: %s\n", p.usual, p.what, other)
		}
	}
}

// free reports whether an address can be listened on, and gives another one
// where it cannot.
func free(network, address string) (other string, ok bool) {
	try := func(a string) (string, bool) {
		if network == "udp" {
			c, err := net.ListenPacket("udp", a)
			if err != nil {
				return "", false
			}
			defer c.Close()
			return c.LocalAddr().String(), true
		}
		l, err := net.Listen("tcp", a)
		if err != nil {
			return "", false
		}
		defer l.Close()
		return l.Addr().String(), true
	}
	if _, ok := try(address); ok {
		return address, true
	}
	other, _ = try("127.0.0.1:0")
	return other, false
}

// start opens the server with the configuration of the day.
func (d *demo) start(ctx context.Context) error {
	file := filepath.Join(d.dir, "floodmark.yaml")
	text := d.day.Config(d.at) + "data: {flows: {raw: false}}\nlog: {level: error}\n"
	if d.geo != "" {
		path, err := filepath.Abs(d.geo)
		if err != nil {
			return err
		}
		text += fmt.Sprintf("geo: {file: %q}\n", path)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return err
	}
	s, err := settings.Load(file)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	d.started = make(chan struct{})
	opt := server.Options{Started: func(server.Addresses) { close(d.started) }, Settings: s, Dir: filepath.Join(d.dir, "data"), Clock: d.clock, Version: release, Log: newLog(d.progress, s)}
	d.s, err = server.New(ctx, opt)
	return err
}

// gravest is the incident of a service that most was reported of, nil for none.
func (d *demo) gravest() *model.Incident {
	var best *model.Incident
	for _, in := range d.incidents() {
		if best == nil || in.UserReports.Total > best.UserReports.Total {
			best = in
		}
	}
	return best
}
