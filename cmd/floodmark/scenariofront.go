package main

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"time"

	"floodmark/internal/scenario/fakeweb"
	"floodmark/internal/scenario/sender"
	"floodmark/internal/scenario/simday"
)

// slowAnswer is how long a slow answer of the web servers that are played takes:
// over what probes call slow, below what they wait for.
const slowAnswer = 1500 * time.Millisecond

// playFront plays the web servers of a day at an address of this machine, on the
// clock of a server, until it is stopped.
func playFront(addr string, d *simday.Day, c sender.Clock) (stop func(), err error) {
	a, err := netip.ParseAddrPort(addr)
	if err != nil || !a.Addr().IsLoopback() {
		return nil, fmt.Errorf("--front %s: an address and port on this machine is expected, such as 127.0.0.1:8090", addr)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("--front: %w", err)
	}
	now := func() time.Time { return c.Now.Add(time.Duration(float64(time.Since(c.Asked)) * c.Speed)) }
	s := &http.Server{Handler: fakeweb.New(d, now, slowAnswer), ReadHeaderTimeout: 5 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Serve(l) // ends by Close
	}()
	return func() {
		s.Close()
		<-done
	}, nil
}
