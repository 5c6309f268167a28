package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"floodmark/internal/scenario"
	"floodmark/internal/scenario/export"
	"floodmark/internal/scenario/sender"
)

// exportFlags are the options that shape what exporters send.
type exportFlags struct {
	opt      scenario.RunOptions
	protocol string
	start    string
	faults   []string
}

func (x *exportFlags) add(c *cobra.Command, protocol string) {
	f := c.Flags()
	f.StringVar(&x.protocol, protocol, "", "protocol of all exporters: netflow5, netflow9, ipfix or sflow (default: one per exporter)")
	f.StringVar(&x.start, "start", "", "simulated start time, RFC 3339 (default: 15 June 2026, 12:00 UTC; 00:00 for days)")
	f.Uint32Var(&x.opt.Sampling, "sampling", 0, "sampling rate of exporters of a live scenario (default: the scenario's own)")
	f.StringArrayVar(&x.faults, "fault", nil, "simulate exporter faults: NAME:KEY=VALUE,... with loss=0.01, skew=5m, advertised-rate=100, no-sampling-rate=true, stop-at=2h, restart-at=3h (since the start)")
}

func (x *exportFlags) read(name string) error {
	info, err := scenario.Describe(name)
	if err != nil {
		return err
	}
	if x.protocol != "" {
		if x.opt.Protocol, err = export.ParseProtocol(x.protocol); err != nil {
			return err
		}
	}
	x.opt.Start = scenario.DefaultStart(info)
	if x.start != "" {
		if x.opt.Start, err = time.Parse(time.RFC3339Nano, x.start); err != nil {
			return fmt.Errorf("--start %s: not a time such as 2026-06-15T00:00:00Z", x.start)
		}
	}
	return nil
}

// readFaults comes when the start is known.
func (x *exportFlags) readFaults() (err error) {
	x.opt.Faults = map[string]export.Faults{}
	for _, text := range x.faults {
		name, list, _ := strings.Cut(text, ":")
		if x.opt.Faults[name], err = export.ParseFaults(list, x.opt.Start); err != nil {
			return fmt.Errorf("--fault %s: %w", text, err)
		}
	}
	return nil
}

type runFlags struct {
	exportFlags
	send                     sender.Config
	server, truth            string
	public, data, geo, front string // of whole days
}

func scenarioRunCommand() *cobra.Command {
	var x runFlags
	c := &cobra.Command{
		Use: "run NAME", Short: "Replay the exporters of a scenario to a collector on this host", Args: cobra.ExactArgs(1),
		Long: "Sends the flow exports of a scenario to a collector on this host, in real or accelerated time.\n" +
			"Datagrams carry simulated timestamps, so the collector must use the same clock:\n" +
			"  floodmark serve --clock start=2026-06-15T00:00:00Z,speed=720\n" +
			"  floodmark scenario run mixed-day --server http://127.0.0.1:8080\n" +
			"With --server the time and the speed are the server's own. Each exporter sends from an address of its own in 127.0.0.0/8.",
		RunE: func(c *cobra.Command, args []string) error {
			d, isDay, err := loadDay(args[0])
			if isDay {
				if err != nil {
					return err
				}
				if err := x.runDay(c.Context(), d, c.ErrOrStderr()); err != nil {
					return &exitError{exitFailed, err}
				}
				return nil
			}
			if err := x.read(args[0]); err != nil {
				return err
			}
			if err := x.run(c.Context(), args[0], c.ErrOrStderr()); err != nil {
				return &exitError{exitFailed, err}
			}
			return nil
		},
	}
	x.add(c, "protocol")
	f := c.Flags()
	f.StringVar(&x.send.NetFlow, "to", "127.0.0.1:2055", "collector of NetFlow and IPFIX; loopback only")
	f.StringVar(&x.send.SFlow, "sflow-to", "127.0.0.1:6343", "collector of sFlow; loopback only")
	f.Float64Var(&x.send.Speed, "speed", 1, "simulated seconds per second")
	f.Float64Var(&x.send.Limit, "rate-limit", 25_000, "maximum datagrams per second; 0 means no limit")
	f.StringVar(&x.server, "server", "", "take time and speed from the clock of this server, such as http://127.0.0.1:8080")
	f.StringVar(&x.public, "public", "127.0.0.1:8081", "public listener that receives user reports; loopback only (whole days)")
	f.StringVar(&x.data, "data", "", "data directory of the server, to import the history before the day (whole days)")
	f.StringVar(&x.front, "front", "", "simulate the web servers of the day at this address, such as 127.0.0.1:8090 (whole days)")
	f.StringVar(&x.geo, "geo", "", "address database to sample addresses from (whole days; default: the standard paths)")
	f.StringVar(&x.truth, "truth", "", "write the ground truth to this JSON file")
	f.Uint64Var(&x.opt.Seed, "seed", 1, "random seed; the same seed gives the same datagrams")
	f.Float64Var(&x.opt.Scale, "scale", 1, "factor for rates and numbers of hosts")
	f.DurationVar(&x.opt.Duration, "duration", 0, "simulated length (default: the scenario's own)")
	c.MarkFlagsMutuallyExclusive("server", "speed")
	return c
}

func (x *runFlags) run(ctx context.Context, name string, diag io.Writer) error {
	x.send.Begin = time.Now()
	if x.server != "" {
		if err := x.askServer(ctx); err != nil {
			return err
		}
	}
	if err := x.readFaults(); err != nil {
		return err
	}
	x.send.Start = x.opt.Start.UnixNano()
	s, err := sender.New(x.send)
	if err != nil {
		return err
	}
	defer s.Close()
	send := s.Send(ctx)
	x.opt.Send = func(from netip.Addr, to scenario.Collector, datagram []byte, at int64) error {
		return send(from, int(to), datagram, at)
	}
	line := progressLine{w: diag, tty: isTerminal(diag)}
	x.opt.Progress = func(p scenario.Progress) { line.progress(p, s.Stats()) }
	truth, err := scenario.Run(ctx, name, x.opt)
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("run scenario %s: interrupted; the truth is not written", name)
	}
	if err != nil {
		return err
	}
	if x.truth == "" {
		return nil
	}
	b, err := truth.JSON()
	if err != nil {
		return err
	}
	return os.WriteFile(x.truth, b, 0o644)
}

// askServer takes over the server's clock. Without --start the scenario begins
// at the server's next full minute.
func (x *runFlags) askServer(ctx context.Context) error {
	clock, err := sender.AskClock(ctx, x.server)
	if err != nil {
		return err
	}
	if x.start == "" {
		x.opt.Start = clock.Now.Truncate(time.Minute).Add(time.Minute)
	}
	if x.opt.Start.Before(clock.Now) {
		return fmt.Errorf("--start %s: the server's clock says %s already", x.start, clock.Now.UTC().Format(time.RFC3339))
	}
	x.send.Speed, x.send.Begin = clock.Speed, clock.At(x.opt.Start)
	return nil
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// progressLine tells how far a run is: in place on a terminal, else now and
// then.
type progressLine struct {
	w    io.Writer
	tty  bool
	next time.Time
}

func (l *progressLine) progress(p scenario.Progress, s sender.Stats) {
	now := time.Now()
	if !p.Finished && now.Before(l.next) {
		return
	}
	every, begin, end := 10*time.Second, "", "\n"
	if l.tty {
		every, begin, end = 200*time.Millisecond, "\r\x1b[K", ""
	}
	l.next = now.Add(every)
	what := "no attack"
	if len(p.Attacks) > 0 {
		what = strings.Join(p.Attacks, ", ")
	}
	if p.Finished {
		what, end = "done", "\n"
	}
	if s.Refused > 0 {
		what += fmt.Sprintf("; %d datagrams refused: is the collector running?", s.Refused)
	}
	if s.Late > time.Second {
		what += fmt.Sprintf("; %v behind", s.Late.Round(100*time.Millisecond))
	}
	fmt.Fprintf(l.w, "%ssynthetic, %s: %d datagrams, %d records; %s%s", begin, time.Unix(0, p.At).UTC().Format("2006-01-02 15:04:05"), s.Sent, p.Records, what, end)
}
