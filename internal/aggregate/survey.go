package aggregate

import (
	"math"

	"floodmark/internal/model"
)

// Survey is the first reading of a recording. The zero value is not usable;
// see NewSurvey.
type Survey struct {
	// Tunnels is what the survey learnt of encapsulations.
	Tunnels *Tunnels

	buckets    *buckets
	twins      *twins
	flowTwins  *twins
	multiplied multiplied
	scanners   scanners

	audit Audit
	times map[uint64]*int64 // last time by input and link
	time  *int64            // of the last record's, and its key
	link  uint64
	rates map[uint32]*uint64 // records by sampling factor
	count *uint64            // of the last record's, and its key
	rate  uint32
}

// Audit is what the survey found out about the recording itself.
type Audit struct {
	Records, Packets, Bytes uint64 // as read; Packets and Bytes are estimates
	FlowRecords             uint64
	First, Last             int64  // Unix ns
	Backwards               uint64 // records more than a second older than the one before on the same link
	Oversized               uint64 // packets longer than 1,500 bytes
	Cut                     uint64 // packets recorded without all of their content
	TCPOversized            uint64
	FlagRecords             uint64 // TCP flow records
	ZeroFlags               uint64 // of those, with no flag at all
	Duplicated              bool
	Repeats                 uint64 // second sightings
	Identifiable            uint64 // records that can be recognized
	Rates                   map[uint32]uint64
	Multiplied              uint32 // factor that an exporter had already applied, 0 or 1: none
	Forgotten               uint64 // counters forgotten when the table was full
}

const maxBuckets = 1 << 20

// NewSurvey returns an empty survey.
func NewSurvey() *Survey {
	return &Survey{
		Tunnels: newTunnels(), buckets: newBuckets(maxBuckets), twins: newTwins(16), flowTwins: newTwins(16),
		times: make(map[uint64]*int64), rates: make(map[uint32]*uint64),
		audit: Audit{First: 1<<63 - 1, Last: -1 << 63},
	}
}

// Key hides where addresses land in the tables of both readings from those who
// choose the addresses, so that a recording made for it cannot turn their
// searches into walks. It changes no value. Call it before the first Add.
func (s *Survey) Key(key uint64) { s.buckets.key = key }

// Add counts one classified record.
func (s *Survey) Add(r *model.Record) {
	n := r.Sample()
	packets, bytes := r.Packets*n, r.Bytes*n
	s.look(r, packets, bytes)
	c := s.buckets.get(r.Dst, r.Class)
	c.samples += r.Packets
	c.packets += packets
	c.bytes += bytes
	c.first = min(c.first, r.First)
	c.last = max(c.last, r.Last)
	c.sources |= 1 << (r.Src.Hash() >> 58)
	rate := packets
	sec := floorSecond(r.First)
	if d := r.Last - r.First; d > 1e9 {
		rate = uint64(float64(packets) * 1e9 / float64(d))
	}
	if sec != c.second {
		c.second, c.current = sec, 0
	}
	c.current += rate
	c.peak = max(c.peak, c.current)
}

// look keeps the audit.
func (s *Survey) look(r *model.Record, packets, bytes uint64) {
	a := &s.audit
	a.Records++
	a.Packets += packets
	a.Bytes += bytes
	a.First = min(a.First, r.First)
	a.Last = max(a.Last, r.Last)
	if r.IsPacket {
		s.twins.observe(r)
		if uint32(len(r.Payload)) < r.PayloadLen {
			a.Cut++
		}
		if r.IPLen > 1500 {
			a.Oversized++
			if r.Proto == model.ProtoTCP {
				a.TCPOversized++
			}
		}
		if r.Has&model.HasTCP != 0 && r.TCPFlags&(model.SYN|model.ACK) == model.SYN {
			s.scanners.observe(r)
		}
	} else {
		a.FlowRecords++
		s.flowTwins.observe(r)
		s.multiplied.observe(r)
		if r.Proto == model.ProtoTCP {
			a.FlagRecords++
			if r.TCPFlags == 0 {
				a.ZeroFlags++
			}
		}
	}
	if last := s.lastTime(r); last != nil {
		if r.IsPacket && *last != math.MinInt64 && r.First < *last-1e9 {
			a.Backwards++
		}
		*last = r.First
	}
	if n := s.rateCount(r.Sampling); n != nil {
		*n++
	}
}

// lastTime gives the place for the time of the last record of the same link,
// nil where there are too many links.
func (s *Survey) lastTime(r *model.Record) *int64 {
	key := uint64(r.Input)<<32 | uint64(r.Link)
	if s.time != nil && key == s.link {
		return s.time
	}
	t := s.times[key]
	if t == nil {
		if len(s.times) >= 4096 {
			return nil
		}
		t = new(int64)
		*t = math.MinInt64
		s.times[key] = t
	}
	s.time, s.link = t, key
	return t
}

// rateCount gives the counter of a sampling factor, nil where there are too
// many factors.
func (s *Survey) rateCount(rate uint32) *uint64 {
	if s.count != nil && rate == s.rate {
		return s.count
	}
	n := s.rates[rate]
	if n == nil {
		if len(s.rates) >= 1024 {
			return nil
		}
		n = new(uint64)
		s.rates[rate] = n
	}
	s.count, s.rate = n, rate
	return n
}

// Audit gives what was found out about the recording.
func (s *Survey) Audit() Audit {
	a := s.audit
	a.Duplicated = s.twins.duplicated(true) || s.flowTwins.duplicated(false)
	a.Repeats = s.twins.second + s.flowTwins.second
	a.Identifiable = s.twins.identifiable + s.flowTwins.identifiable
	a.Forgotten = s.buckets.forgotten
	a.Rates = make(map[uint32]uint64, len(s.rates))
	for rate, n := range s.rates {
		a.Rates[rate] = *n
	}
	for k := range s.multiplied.samplers {
		r := model.Record{Exporter: k.exporter, Domain: k.domain, Sampling: k.rate}
		a.Multiplied = max(a.Multiplied, s.multiplied.factor(&r))
	}
	return a
}

// FlagsSent reports whether the flow exporter sends TCP flags at all: zero
// flags in nearly every record mean that it does not.
func (a *Audit) FlagsSent() bool {
	return a.FlagRecords < 20 || float64(a.ZeroFlags) < 0.9*float64(a.FlagRecords)
}

// Scanned reports whether the source emitted the Mirai scan mark anywhere in the
// recording, and to which port.
func (s *Survey) Scanned(a model.Addr) (port uint16, ok bool) { return s.scanners.of(a) }

// ScanSYNs gives the number of TCP SYNs tested for the scan mark, how many
// carried it, and the sources that sent those.
func (s *Survey) ScanSYNs() (tested, marked uint64, sources int) {
	return s.scanners.tested, s.scanners.marked, len(s.scanners.ports)
}

// scanners remembers who sent SYNs whose sequence number is the destination
// address (Antonakakis et al., USENIX Security 2017, section 3.2).
type scanners struct {
	tested, marked uint64
	ports          map[model.Addr]uint16
}

const maxScanners = 1 << 20

func (s *scanners) observe(r *model.Record) {
	if !r.Dst.Is4() {
		return
	}
	s.tested++
	if r.Seq != r.Dst.V4() {
		return
	}
	s.marked++
	if s.ports == nil {
		s.ports = make(map[model.Addr]uint16)
	}
	if _, ok := s.ports[r.Src]; !ok && len(s.ports) < maxScanners {
		s.ports[r.Src] = r.DstPort
	}
}

func (s *scanners) of(a model.Addr) (uint16, bool) {
	p, ok := s.ports[a]
	return p, ok
}
