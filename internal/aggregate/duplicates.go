package aggregate

import (
	"math/bits"

	"floodmark/internal/model"
)

// twinWindow is how far apart two sightings of one packet may be: a mirror
// port repeats within microseconds, two taps within milliseconds.
const twinWindow = 100e6

// flowTwinWindow is the same for one flow told by two exporters, whose clocks
// and timers differ.
const flowTwinWindow = 3e9

// twinsWhole packets are all looked at for the decision, then one fingerprint
// in eight: both sightings of a packet have the same one.
const twinsWhole = 1 << 17

// twins recognizes a packet that was recorded twice. It compares everything
// that does not change on the way (so not the TTL). Each slot remembers the
// last fingerprint that fell into it.
type twins struct {
	slots []twin
	shift uint
	// what the survey learns
	identifiable, second, more uint64
	even, odd                  uint64 // runs of the same packet, by how often it came
	signs                      mirrorSigns
}

type twin struct {
	hash     uint64
	time     int64
	exporter uint32
	seen     uint32
	place    uint64 // file and interface
	ttl      uint8
}

func newTwins(bits uint) *twins { return &twins{slots: make([]twin, 1<<bits), shift: 64 - bits} }

// mirrorSigns counts what shows that second sightings come from a mirror port
// or a second tap rather than from a sender that repeats itself.
type mirrorSigns struct {
	elsewhere uint64      // on another interface, or in another file
	hops      [256]uint32 // by the change of the TTL, modulo 256
	delays    [28]uint32  // by the logarithm of the delay in microseconds
}

func (m *mirrorSigns) note(e *twin, r *model.Record) {
	if e.place != placeOf(r) {
		m.elsewhere++
	}
	m.hops[r.TTL-e.ttl]++
	delay := max(r.First-e.time, e.time-r.First) / 1000
	m.delays[min(bits.Len64(uint64(delay)), len(m.delays)-1)]++
}

// mirror reports that nearly all second sightings share a sign of a mirror: a
// place of their own, a TTL changed by the same number of hops, or one delay. A
// mirror port is done within a millisecond, so that any such delay will do;
// longer ones must lie within a factor of four.
func (m *mirrorSigns) mirror(second uint64) bool {
	nearlyAll := 0.9 * float64(second)
	if float64(m.elsewhere) >= nearlyAll {
		return true
	}
	for change, n := range m.hops {
		if change != 0 && float64(n) >= nearlyAll {
			return true
		}
	}
	var soon uint32
	for _, n := range m.delays[:bits.Len(1000)] {
		soon += n
	}
	if float64(soon) >= nearlyAll {
		return true
	}
	for i := 1; i < len(m.delays); i++ {
		if float64(m.delays[i-1])+float64(m.delays[i]) >= nearlyAll {
			return true
		}
	}
	return false
}

func placeOf(r *model.Record) uint64 { return uint64(r.Input)<<32 | uint64(r.Link) }

// fingerprint hashes what stays the same between two sightings. Each value is
// mixed in before the next one comes, so that no two can cancel out.
// identifiable is false where different packets often share all of it: UDP with
// no identification, flow records of a single kind.
func fingerprint(r *model.Record) (h uint64, identifiable bool) {
	h = r.Src.Lo*0x9e3779b97f4a7c15 ^ r.Dst.Lo*0xc2b2ae3d27d4eb4f ^ r.Src.Hi ^ r.Dst.Hi<<1
	h = mix(h ^ uint64(r.SrcPort)<<48 ^ uint64(r.DstPort)<<32 ^ uint64(r.Proto)<<24 ^ uint64(r.TCPFlags))
	if !r.IsPacket {
		return mix(mix(h^r.Packets) ^ r.Bytes), true
	}
	h = mix(h ^ uint64(r.IPID)<<32 ^ uint64(r.IPLen)<<16 ^ uint64(r.FragOffset))
	h = mix(h ^ uint64(r.Seq)<<32 ^ uint64(r.Ack))
	return mix(h ^ uint64(r.Checksum)), r.IPID != 0 || r.Proto == model.ProtoTCP
}

// content adds to a fingerprint what was recorded of the payload: checksums of
// 16 bits repeat. It is apart because most fingerprints are dropped before.
func content(h uint64, r *model.Record) uint64 {
	if len(r.Payload) == 0 {
		return h
	}
	return mix(h ^ hashBytes(r.Payload))
}

func (t *twins) near(e *twin, r *model.Record) bool {
	gap := r.First - e.time
	if gap < 0 {
		gap = -gap
	}
	if r.IsPacket {
		return gap <= twinWindow && e.exporter == r.Exporter
	}
	return gap <= flowTwinWindow && e.exporter != r.Exporter
}

// observe counts how often packets come again, for the decision.
func (t *twins) observe(r *model.Record) {
	h, ok := fingerprint(r)
	if !ok || t.identifiable > twinsWhole && h&7 != 0 {
		return
	}
	h = content(h, r)
	t.identifiable++
	e := &t.slots[h>>t.shift]
	if e.hash != h || !t.near(e, r) {
		if e.seen%2 == 1 {
			t.odd++
		} else if e.seen > 0 {
			t.even++
		}
		*e = firstSight(h, r)
		return
	}
	e.seen++
	if e.seen == 2 {
		t.second++
		t.signs.note(e, r)
	} else {
		t.more++
	}
}

// duplicated decides: packets were recorded twice when many have exactly one
// twin, or when nearly all come an even number of times. A flood of identical
// packets repeats far more often than once, and as often an odd number of times.
// A sender that repeats itself shows no sign of a mirror; two exporters of the
// same flows need none.
func (t *twins) duplicated(packets bool) bool {
	if packets && !t.signs.mirror(t.second) {
		return false
	}
	if t.even >= 20 && float64(t.even) >= 0.95*float64(t.even+t.odd) {
		return true
	}
	return t.second >= 20 && float64(t.second) >= 0.02*float64(t.identifiable) && float64(t.more) <= 0.2*float64(t.second)
}

// repeat reports whether the packet is the second sighting of one, and forgets
// the pair, so that identical packets of a flood are halved, not swallowed.
func (t *twins) repeat(r *model.Record) bool {
	h, _ := fingerprint(r)
	h = content(h, r)
	e := &t.slots[h>>t.shift]
	if e.hash == h && e.seen > 0 && t.near(e, r) {
		e.seen = 0
		return true
	}
	*e = firstSight(h, r)
	return false
}

func firstSight(h uint64, r *model.Record) twin {
	return twin{hash: h, time: r.First, exporter: r.Exporter, seen: 1, place: placeOf(r), ttl: r.TTL}
}
