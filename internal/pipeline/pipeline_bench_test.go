package pipeline

import (
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"floodmark/internal/clock"
	"floodmark/internal/conf"
	"floodmark/internal/engine"
	"floodmark/internal/exporters"
	"floodmark/internal/geo"
	"floodmark/internal/model"
	"floodmark/internal/settings"
	"floodmark/internal/source/flowudp"
	"floodmark/internal/store/duckdb"
)

// BenchmarkPipeline is the way from a datagram to rows, samples and counts, without
// sockets: cpu-ns/record is all of the processor's time, walks and the store's
// work included, reader-ns/record what the reader's thread alone uses. A million
// records are a second. FLOODMARK_GEO names address data.
func BenchmarkPipeline(b *testing.B) {
	for _, kind := range []string{"netflow9", "sflow"} {
		for _, raw := range []bool{true, false} {
			for _, hosts := range []int{1000, 20_000} {
				b.Run(fmt.Sprintf("%s/raw=%v/hosts=%d", kind, raw, hosts), func(b *testing.B) { benchmarkPipeline(b, kind, raw, hosts) })
			}
		}
	}
}

func benchmarkPipeline(b *testing.B, kind string, raw bool, hosts int) {
	now := int64(1_800_000_000_000_000_000)
	clock := clock.NewManual(now)
	l, store := newBench(b, clock, raw)
	pool, per := benchDatagrams(kind, hosts)
	open := l.NetFlowReader
	if kind == "sflow" {
		open = l.SFlowReader
	}
	x := open()
	x.Datagrams([]flowudp.Datagram{{Payload: benchTemplate(), From: benchExporter, At: now}})
	batch := make([]flowudp.Datagram, 64)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	all, own, records, rest, second := used(syscall.RUSAGE_SELF), used(syscall.RUSAGE_THREAD), 0, 0, now+1e9
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; records < b.N; i += len(batch) {
		for n := range batch {
			p := pool[(i+n)%len(pool)]
			stampBench(kind, p, now)
			batch[n] = flowudp.Datagram{Payload: p, From: benchExporter, At: now}
		}
		x.Datagrams(batch)
		records += len(batch) * per
		if now += int64(len(batch) * per * 1000); now >= second {
			second += 1e9
			clock.Set(now)
			x.status(now)
			l.Second(now)
		}
		if rest += len(batch) * per; rest > 16384 { // unhurried, so that the store drops nothing
			rest = 0
			time.Sleep(4 * time.Millisecond)
		}
	}
	b.ReportMetric((used(syscall.RUSAGE_THREAD)-own)/float64(records), "reader-ns/record")
	store.Close()
	b.ReportMetric((used(syscall.RUSAGE_SELF)-all)/float64(records), "cpu-ns/record")
	if s := store.Stats(); s.DroppedQueue+s.DroppedDisk > 0 {
		b.Fatalf("%+v", s)
	}
}

func used(who int) float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(who, &u)
	return float64(u.Utime.Nano() + u.Stime.Nano())
}

func newBench(b *testing.B, clock *clock.Clock, raw bool) (*Pipeline, *duckdb.Store) {
	s := settings.Default()
	s.Networks = []settings.Network{{Prefix: conf.Prefix{Prefix: netip.MustParsePrefix("198.18.0.0/15")}}}
	p, err := NewPlan(s)
	if err != nil {
		b.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	var db *geo.DB
	if file := os.Getenv("FLOODMARK_GEO"); file != "" {
		if db, err = geo.Open(file); err != nil {
			b.Fatal(err)
		}
	}
	store, err := duckdb.Open(b.Context(), duckdb.Config{Dir: filepath.Join(b.TempDir(), "store"), RawFlows: raw, Now: clock.Now, Log: log})
	if err != nil {
		b.Fatal(err)
	}
	inventory := NewInventory(p, db)
	e := engine.NewReplay(inventory.IncidentConfig())
	return New(Config{Clock: clock, Key: 1, Log: log}, Deps{Inventory: inventory, Registry: exporters.NewRegistry(), Templates: new(exporters.Templates),
		Engine: e, Incidents: e.Incidents(), Store: store}), store
}

var benchExporter = model.Exporter{Addr: model.Addr4(0x7f000001), Port: 9}

var be = binary.BigEndian

// benchDatagrams makes datagrams from a million sources to so many hosts.
func benchDatagrams(kind string, hosts int) (pool [][]byte, per int) {
	r := rand.New(rand.NewPCG(1, 2))
	if per = 28; kind == "sflow" {
		per = 8
	}
	for range 4096 {
		var b []byte
		if kind == "sflow" {
			b = append32(b, 5, 1, 0x7f000001, 0, 0, 0, uint32(per))
		} else {
			b = append32(b, 9<<16|uint32(per), 0, 0, 0, 7, 260<<16|uint32(4+48*per))
		}
		for range per {
			src, dst := 0x0b000000+r.Uint32N(1<<20)*2654435761%0xa0000000, 0xc6120000+r.Uint32N(uint32(hosts))
			ports := r.Uint32()<<16 | 443
			if kind == "netflow9" {
				packets := 1 + r.Uint32N(20)
				b = append32(b, src, dst, packets*700, packets, 1, 2, src>>16, 64500, 0, 0, ports, 6<<24|0x18<<8)
				continue
			}
			b = append32(b, 1, 120, 0, 1, 100, 0, 0, 1, 2, 1, 1, 80, 1, 718, 4, 64)
			b = append32(b, 0, 0, 0, 0x08004500, 700<<16, 0, 0x3906<<16, src, dst, ports, 0, 0, 0x5018<<16, 0, 0, 0)
			copyHeader(b[len(b)-64:], src, dst, ports)
		}
		pool = append(pool, b)
	}
	return pool, per
}

// copyHeader writes an Ethernet frame with the beginning of a TCP packet.
func copyHeader(p []byte, src, dst, ports uint32) {
	clear(p)
	be.PutUint16(p[12:], 0x0800)
	p[14], p[22], p[23] = 0x45, 57, 6
	be.PutUint16(p[16:], 700)
	be.PutUint32(p[26:], src)
	be.PutUint32(p[30:], dst)
	be.PutUint32(p[34:], ports)
	p[46], p[47] = 0x50, 0x18
}

func append32(b []byte, list ...uint32) []byte {
	for _, v := range list {
		b = be.AppendUint32(b, v)
	}
	return b
}

// benchTemplate is a NetFlow v9 template of the records above.
func benchTemplate() []byte {
	list := []uint32{8, 12, 1, 2, 10, 14, 16, 17, 22, 21}
	b := append32(nil, 9<<16|1, 3600_000, 1_800_000_000, 0, 7, 8+4*16, 260<<16|16)
	for _, f := range list {
		b = append32(b, f<<16|4)
	}
	return append32(b, 7<<16|2, 11<<16|2, 4<<16|1, 5<<16|1, 6<<16|1, 61<<16|1)
}

// stampBench gives a datagram the time at which it leaves.
func stampBench(kind string, b []byte, now int64) {
	if kind == "sflow" {
		be.PutUint32(b[20:], uint32(now/1e6))
		return
	}
	const up = 3600_000
	be.PutUint32(b[4:], up)
	be.PutUint32(b[8:], uint32(now/1e9))
	for p := b[24:]; len(p) > 0; p = p[48:] {
		be.PutUint32(p[32:], up-1000)
		be.PutUint32(p[36:], up)
	}
}
