package aggregate

import (
	"math"
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

func TestAudit(t *testing.T) {
	s := NewSurvey()
	add := func(r model.Record) { s.Add(&r) }
	first := segment(address("192.0.2.1"), victim, model.ACK, 0)
	first.IPLen, first.Sampling = 9000, 10
	add(first)
	add(segment(address("192.0.2.1"), victim, model.ACK, 5e9))
	add(segment(address("192.0.2.1"), victim, model.ACK, 3e9))   // two seconds back
	add(segment(address("192.0.2.1"), victim, model.ACK, 2.5e9)) // half a second back
	other := segment(address("192.0.2.1"), victim, model.ACK, 0)
	other.Link = 1
	add(other) // the clock of another interface
	udp := datagram(address("192.0.2.1"), victim, nil, 6e9)
	udp.IPLen = 1501
	add(udp)
	tcp := flow(address("192.0.2.1"), victim, 7e9, 9e9, 10, 1000)
	tcp.Proto = model.ProtoTCP
	add(tcp)
	a := s.Audit()
	if a.Records != 7 || a.FlowRecords != 1 || a.Packets != 10+5+10 || a.Backwards != 1 || a.Oversized != 2 || a.TCPOversized != 1 ||
		a.FlagRecords != 1 || a.ZeroFlags != 1 || a.First != begin || a.Last != begin+9e9 || a.Rates[10] != 1 || a.Rates[0] != 6 {
		t.Errorf("%+v", a)
	}
}

func TestFlagsSent(t *testing.T) {
	for _, c := range []struct {
		records, zero uint64
		want          bool
	}{{0, 0, true}, {19, 19, true}, {100, 100, false}, {100, 90, false}, {100, 89, true}} {
		a := Audit{FlagRecords: c.records, ZeroFlags: c.zero}
		if a.FlagsSent() != c.want {
			t.Errorf("%+v: %v", c, !c.want)
		}
	}
}

// TestAuditIsBounded: interfaces and sampling factors at random.
func TestAuditIsBounded(t *testing.T) {
	s := NewSurvey()
	for i := range uint32(10_000) {
		r := segment(address("192.0.2.1"), victim, model.ACK, int64(i))
		r.Link, r.Sampling = i, i
		s.Add(&r)
	}
	if len(s.times) > 4096 || len(s.rates) > 1024 {
		t.Errorf("%d links, %d rates", len(s.times), len(s.rates))
	}
}

// TestSurveyOfHostileTimes: nothing but counts may come of times at both ends.
func TestSurveyOfHostileTimes(t *testing.T) {
	s := NewSurvey()
	var records []model.Record
	for _, at := range []int64{-1 << 62, 1 << 62, 0, math.MinInt64, math.MaxInt64} {
		for _, end := range []int64{-1 << 62, 1 << 62, 0, at} {
			r := flow(address("192.0.2.1"), victim, 0, 0, 100, 1000)
			r.First, r.Last = at, end
			s.Add(&r)
			records = append(records, r)
		}
	}
	if s.Audit().Records != 20 {
		t.Error("records are missing")
	}
	_, p := read(records, aTarget)
	c := &p.Buckets[0]
	var placed float64
	for _, b := range c.Seconds {
		placed += b.Packets
	}
	if c.Samples != 2000 || math.Abs(placed+c.Unplaced-2000) > 1e-6 {
		t.Errorf("%d draws, %g placed, %g not", c.Samples, placed, c.Unplaced)
	}
}

func TestScanMark(t *testing.T) {
	s := NewSurvey()
	for i := range uint32(100) {
		r := segment(model.Addr4(0x0a000000+i), victim, model.SYN, int64(i))
		r.DstPort, r.Seq = 23, i
		if i < 7 {
			r.Seq = victim.V4()
		}
		s.Add(&r)
		again := r
		again.DstPort = 2323
		s.Add(&again)
	}
	six := segment(address("2001:db8::1"), address("2001:db8::2"), model.SYN, 0)
	s.Add(&six) // the mark is of IPv4 only
	answer := segment(model.Addr4(0x0a0000ff), victim, model.SYN|model.ACK, 0)
	answer.Seq = victim.V4()
	s.Add(&answer)
	if tested, marked, sources := s.ScanSYNs(); tested != 200 || marked != 14 || sources != 7 {
		t.Errorf("%d tested, %d marked, %d sources", tested, marked, sources)
	}
	if port, ok := s.Scanned(model.Addr4(0x0a000003)); !ok || port != 23 {
		t.Errorf("port %d, %v", port, ok)
	}
	if _, ok := s.Scanned(model.Addr4(0x0a000008)); ok {
		t.Error("marked without the mark")
	}
}

// TestAddAllocatesNothing: repeated sources cost no memory once tables are warm.
func TestAddAllocatesNothing(t *testing.T) {
	for _, f := range floods {
		next := f.make()
		records := make([]model.Record, 4096)
		for i := range records {
			next(&records[i], i)
			records[i].Class = vector.Classify(&records[i])
		}
		s := NewSurvey()
		pass := func(add func(*model.Record)) {
			for i := range records {
				add(&records[i])
			}
		}
		pass(s.Add)
		if n := testing.AllocsPerRun(10, func() { pass(s.Add) }); n != 0 {
			t.Errorf("%s: survey: %g allocations", f.name, n)
		}
		p := NewProfiler(prefixes("198.51.100.7/32", "203.0.113.0/24"), s)
		for range 40 { // specimens are copied each time the count doubles
			pass(p.Add)
		}
		if n := testing.AllocsPerRun(10, func() { pass(p.Add) }); n != 0 {
			t.Errorf("%s: profiler: %g allocations", f.name, n)
		}
	}
}
