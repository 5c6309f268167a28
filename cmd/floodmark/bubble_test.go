package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats-server/v2/server/ats"

	"floodmark/internal/clock"
	"floodmark/internal/memnet"
	"floodmark/internal/pipeline"
	"floodmark/internal/server"
	"floodmark/internal/settings"
	"floodmark/internal/source/flowudp"
)

// bubble is a test in a synctest bubble: its time goes on as soon as everybody
// waits, so that hours pass in seconds and no assertion depends on how fast the
// machine is. All connections are in memory, since nobody in a bubble may wait
// for the kernel.
type bubble struct {
	*testing.T
	net memnet.Network
}

// inBubble runs a test in a bubble.
func inBubble(t *testing.T, f func(b *bubble)) {
	t.Helper()
	// The journal's server has one goroutine for the process that tells the time.
	// It belongs outside: in a bubble, others would wait for it forever.
	ats.Register()
	t.Cleanup(ats.Unregister)
	synctest.Test(t, func(t *testing.T) { f(&bubble{T: t}) })
}

// The listeners of servers in a bubble: every bubble has a network of its own.
const (
	bubbleOperator = "127.0.0.1:8080"
	bubblePublic   = "127.0.0.1:8081"
	bubbleNetFlow  = "127.0.0.1:2055"
	bubbleSFlow    = "127.0.0.1:6343"
)

// replay is a clock that starts at a time, RFC 3339.
func (b *bubble) replay(start string, speed float64) *clock.Clock {
	b.Helper()
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		b.Fatal(err)
	}
	c, err := clock.NewReplay(at, speed)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// serve starts a server with a configuration, which it ends with the test or by
// stop, whichever comes first. Without dir it makes one; without a clock its time
// is the bubble's.
func (b *bubble) serve(text, dir string, c *clock.Clock) *served {
	b.Helper()
	if dir == "" {
		dir = filepath.Join(b.TempDir(), "data")
	}
	file := writeTest(b, filepath.Join(b.TempDir(), "floodmark.yaml"), []byte(text))
	x, err := settings.Load(file)
	if err != nil {
		b.Fatal(err)
	}
	s := &served{t: b.T, dir: dir, file: file, log: new(lines), exited: make(chan struct{}), started: time.Now(), client: b.net.Client(),
		netflow: bubbleNetFlow, sflow: bubbleSFlow, clock: c, net: &b.net}
	started := make(chan server.Addresses, 1)
	opt := server.Options{Settings: x, Dir: dir, Clock: c, Version: release, Log: newLog(s.log, x), Started: func(a server.Addresses) { started <- a },
		Network: server.Network{Listen: b.net.Listen, Dial: b.net.Dial, Collect: func(c flowudp.Config) (pipeline.Datagrams, error) { return b.net.Collect(c) }}}
	running, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	s.end = stop
	server, err := server.New(running, opt)
	if err != nil {
		b.Fatal(err)
	}
	go func() {
		defer close(s.exited)
		if err := server.Run(running); err != nil {
			b.Errorf("the server ended: %v", err)
		}
	}()
	b.Cleanup(func() {
		s.end()
		<-s.exited
		if b.Failed() {
			b.Logf("the server logged:\n%s", last(s.log.String(), 6000))
		}
	})
	select {
	case a := <-started:
		s.url, s.public = "http://"+a.Operator, "http://"+a.Public
	case <-s.exited:
		b.Fatal("the server did not start")
	}
	return s
}

// builtGeo is the address data that make geo builds.
func builtGeo(t *testing.T) string {
	t.Helper()
	file, err := filepath.Abs("../../bin/geo.db")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		missing(t, "make geo builds ../../bin/geo.db")
	}
	return file
}
