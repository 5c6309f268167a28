package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"floodmark/internal/clock"
	"floodmark/internal/conf"
	"floodmark/internal/server"
	"floodmark/internal/settings"
)

// serveCommand runs the server.
func serveCommand() *cobra.Command {
	var file, dir, clock string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server: collect, detect, store and show",
		Long: "Collects NetFlow and IPFIX on UDP 2055 and 4739 and sFlow on UDP 6343, and serves pages on TCP 8080 (operator) and 8081\n" +
			"(public), all on loopback, with data in ./data. To change this see docs/configuration.md.\n\n" +
			"SIGHUP reloads the configuration, all or nothing. SIGTERM stops the server without losing received data.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			load := func() (*settings.Settings, error) {
				if file == "" {
					return settings.Default(), nil
				}
				return settings.Load(file)
			}
			s, err := load()
			if err != nil {
				return err
			}
			k, err := parseClock(clock, s)
			if err != nil {
				return err
			}
			return serve(c.Context(), c.ErrOrStderr(), server.Options{Settings: s, Dir: dir, Clock: k, Version: release}, load)
		},
	}
	f := c.Flags()
	f.StringVar(&file, "config", "", "configuration file (default: built-in defaults)")
	f.StringVar(&dir, "data", "", "data directory (default: data.dir of the configuration, ./data)")
	f.StringVar(&clock, "clock", "", "simulated clock for replays: start=RFC3339,speed=N (loopback only)")
	return c
}

// parseClock reads start=T,speed=N. It is refused where anybody but this
// machine could send: their times would be wrong.
func parseClock(text string, s *settings.Settings) (*clock.Clock, error) {
	if text == "" {
		return clock.New(), nil
	}
	start, speed := time.Now(), 1.0
	for _, part := range strings.Split(text, ",") {
		key, value, _ := strings.Cut(part, "=")
		var err error
		switch key {
		case "start":
			start, err = time.Parse(time.RFC3339, value)
		case "speed":
			speed, err = strconv.ParseFloat(value, 64)
		default:
			err = errors.New("unknown")
		}
		if err != nil {
			return nil, fmt.Errorf("--clock %s: expected start=2026-06-15T00:00:00Z,speed=60", text)
		}
	}
	for i := range s.Collectors {
		if a := s.Collectors[i].Listen; !a.Loopback() {
			return nil, fmt.Errorf("--clock: the collector on %s is not on loopback; compressed time is for replays on one machine", a)
		}
	}
	if len(s.Capture) > 0 {
		return nil, errors.New("--clock: captured packets carry real time; take the capture out of the configuration")
	}
	return clock.NewReplay(start, speed)
}

// serve runs the server until it is told to stop.
func serve(ctx context.Context, diag io.Writer, opt server.Options, load func() (*settings.Settings, error)) error {
	opt.Log = newLog(diag, opt.Settings)
	opt.Started = func(a server.Addresses) {
		fmt.Fprintf(diag, "floodmark %s: operator http://%s", opt.Version, a.Operator)
		if a.Public != "" {
			fmt.Fprintf(diag, ", public http://%s", a.Public)
		}
		fmt.Fprintf(diag, ", collecting %s\n", strings.Join(a.Collectors, ", "))
		notify("READY=1")
	}
	s, err := server.New(ctx, opt)
	if err != nil {
		return &exitError{exitFailed, err}
	}
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	running, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		for {
			select {
			case <-hup:
				reload(s, opt.Log, load)
			case <-running.Done():
				notify("STOPPING=1")
				return
			}
		}
	}()
	go watchdog(running, s)
	if err := s.Run(ctx); err != nil {
		return &exitError{exitFailed, err}
	}
	return nil
}

// reload takes over the configuration, whole or not at all.
func reload(s *server.Server, log *slog.Logger, load func() (*settings.Settings, error)) {
	notify("RELOADING=1\nMONOTONIC_USEC=" + strconv.FormatInt(monotonic().Microseconds(), 10))
	defer notify("READY=1")
	next, err := load()
	if err == nil {
		err = s.Reload(next)
	}
	var problems conf.Problems
	if errors.As(err, &problems) {
		for _, line := range problems.Lines() {
			log.Error("configuration not reloaded", "problem", line)
		}
	} else if err != nil {
		log.Error("configuration not reloaded", "err", err)
	}
}

// newLog logs to standard error in the configured form.
func newLog(w io.Writer, s *settings.Settings) *slog.Logger {
	var level slog.Level
	if level.UnmarshalText([]byte(s.Log.Level)) != nil {
		level = slog.LevelInfo
	}
	opt := &slog.HandlerOptions{Level: level}
	if s.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, opt))
	}
	return slog.New(slog.NewTextHandler(w, opt))
}

// monotonic is the time that systemd compares reloads by (CLOCK_MONOTONIC).
func monotonic() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}

// notify tells systemd (sd_notify(3)); nothing where it did not start us.
func notify(state string) {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return
	}
	if strings.HasPrefix(path, "@") {
		path = "\x00" + path[1:]
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return
	}
	defer c.Close()
	io.WriteString(c, state)
}

// watchdog feeds systemd's as long as the judge works.
func watchdog(ctx context.Context, s *server.Server) {
	usec, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 {
		return
	}
	tick := time.NewTicker(time.Duration(usec) * time.Microsecond / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if s.Health().Live {
				notify("WATCHDOG=1")
			}
		}
	}
}
