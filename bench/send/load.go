package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"time"
)

// load sends records at a fixed rate.
func load(args []string) error {
	f := flag.NewFlagSet("load", flag.ExitOnError)
	proto := f.String("proto", "netflow9", "netflow5, netflow9, ipfix or sflow")
	to := f.String("to", "127.0.0.1:2055", "collector")
	rate := f.Int("rate", 100_000, "records a second; 0 is as fast as it goes")
	n := f.Int("n", 1_000_000, "records")
	per := f.Int("per", 0, "records a datagram; 0 is as many as an Ethernet frame holds")
	t := &traffic{rand: rand.New(rand.NewPCG(1, 2))}
	f.IntVar(&t.hosts, "hosts", 1000, "addresses under watch: spread over 198.18.0.0/15, or more from there on")
	f.Uint64Var(&t.sources, "sources", 1<<20, "strangers; 0 makes a new one for each record")
	f.BoolVar(&t.flood, "flood", false, "UDP packets of 1,400 octets")
	made := f.Int("made", 4096, "different datagrams made beforehand")
	sweep := f.Bool("sweep", false, "destinations one after the other, so that all are met")
	sampling := f.Uint("sampling", 100, "of sFlow, one packet in so many")
	f.Parse(args)
	t.sampling = uint32(*sampling)
	addr, err := loopback(*to)
	if err != nil {
		return err
	}
	e, err := newExporter(*proto, *per, t.sampling)
	if err != nil {
		return err
	}
	s, err := connect(addr)
	if err != nil {
		return err
	}
	l := &loader{socket: s, exporter: e, rate: *rate, dst: t.hosts, fresh: t.sources == 0, sweep: *sweep, rand: t.rand}
	for range *made {
		l.pool = append(l.pool, e.make(t))
	}
	if err := l.describe(); err != nil {
		return err
	}
	time.Sleep(300 * time.Millisecond) // the template first
	took, err := l.run(*n)
	fmt.Printf("sent %d records in %.2f s, %.0f a second\n", l.sent, took.Seconds(), float64(l.sent)/took.Seconds())
	return err
}

// loader paces datagrams.
type loader struct {
	socket   *socket
	exporter *exporter
	pool     [][]byte
	rate     int
	sent     int
	fresh    bool // a new source for each record
	sweep    bool
	dst      int // hosts
	swept    uint32
	rand     *rand.Rand
}

// describe sends the template, where there is one.
func (l *loader) describe() error {
	b := l.exporter.template()
	if b == nil {
		return nil
	}
	l.exporter.stamp(b, 0, time.Now())
	return l.socket.send([][]byte{b})
}

const retell = 5 * time.Second

func (l *loader) run(n int) (time.Duration, error) {
	// At most ten milliseconds' worth leave at once, so that a low rate is smooth.
	e, at := l.exporter, batch
	if l.rate > 0 {
		at = max(1, min(batch, l.rate/(e.per*100)))
	}
	start, reported := time.Now(), time.Now()
	for next := 0; l.sent < n; next += at {
		if next+at > len(l.pool) {
			next = 0
		}
		out := l.pool[next : next+at]
		now := time.Now()
		for _, b := range out {
			l.change(b)
			e.stamp(b, e.per, now)
		}
		if err := l.socket.send(out); err != nil {
			return 0, err
		}
		l.sent += len(out) * e.per
		if l.rate > 0 {
			due := start.Add(time.Duration(float64(l.sent) / float64(l.rate) * 1e9))
			if wait := time.Until(due); wait > 200*time.Microsecond {
				time.Sleep(wait)
			}
		}
		if now.Sub(reported) > retell {
			reported = now
			if err := l.describe(); err != nil {
				return 0, err
			}
		}
	}
	return time.Since(start), nil
}

// change gives records of a NetFlow v9 or IPFIX datagram, or sFlow samples, new
// addresses where that was asked for.
func (l *loader) change(b []byte) {
	if !l.fresh && !l.sweep {
		return
	}
	src, step := 24, templatedRecord
	dst := 4
	switch l.exporter.proto {
	case "ipfix":
		src = 20
	case "netflow5":
		src, step = netflow5Header, netflow5Record
	case "sflow":
		src, step = 28+64+26, 64+sampleHeader
	}
	for range l.exporter.per {
		if l.fresh {
			be.PutUint32(b[src:], unknownExporter(l.rand.Uint64N(160<<24)))
		}
		if l.sweep {
			be.PutUint32(b[src+dst:], host(l.swept, l.dst))
			l.swept = (l.swept + 1) % uint32(l.dst)
		}
		src += step
	}
}
