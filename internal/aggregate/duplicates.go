package aggregate

import "floodmark/internal/model"

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
}

type twin struct {
	hash     uint64
	time     int64
	exporter uint32
	seen     uint32
}

func newTwins(bits uint) *twins { return &twins{slots: make([]twin, 1<<bits), shift: 64 - bits} }

// fingerprint hashes what stays the same between two sightings. identifiable
// is false where different packets often share all of it: UDP with no
// identification, flow records of a single kind.
func fingerprint(r *model.Record) (h uint64, identifiable bool) {
	h = r.Src.Lo*0x9e3779b97f4a7c15 ^ r.Dst.Lo*0xc2b2ae3d27d4eb4f ^ r.Src.Hi ^ r.Dst.Hi<<1
	h = mix(h ^ uint64(r.SrcPort)<<48 ^ uint64(r.DstPort)<<32 ^ uint64(r.Proto)<<24 ^ uint64(r.TCPFlags))
	if !r.IsPacket {
		return mix(h ^ r.Packets<<32 ^ r.Bytes), true
	}
	h ^= uint64(r.IPID)<<32 ^ uint64(r.FragOffset)<<16 ^ uint64(r.IPLen)
	h = mix(h ^ uint64(r.Seq)<<32 ^ uint64(r.Ack) ^ uint64(r.Checksum)<<13)
	if n := min(len(r.Payload), 16); n > 0 && r.Proto != model.ProtoTCP {
		h ^= hashBytes(r.Payload[:n])
	}
	return h, r.IPID != 0 || r.Proto == model.ProtoTCP
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
	t.identifiable++
	e := &t.slots[h>>t.shift]
	if e.hash != h || !t.near(e, r) {
		if e.seen%2 == 1 {
			t.odd++
		} else if e.seen > 0 {
			t.even++
		}
		*e = twin{h, r.First, r.Exporter, 1}
		return
	}
	e.seen++
	if e.seen == 2 {
		t.second++
	} else {
		t.more++
	}
}

// duplicated decides: packets were recorded twice when many have exactly one
// twin, or when nearly all come an even number of times. A flood of identical
// packets repeats far more often than once, and as often an odd number of times.
func (t *twins) duplicated() bool {
	if t.even >= 20 && float64(t.even) >= 0.95*float64(t.even+t.odd) {
		return true
	}
	return t.second >= 20 && float64(t.second) >= 0.02*float64(t.identifiable) && float64(t.more) <= 0.2*float64(t.second)
}

// repeat reports whether the packet is the second sighting of one, and forgets
// the pair, so that identical packets of a flood are halved, not swallowed.
func (t *twins) repeat(r *model.Record) bool {
	h, _ := fingerprint(r)
	e := &t.slots[h>>t.shift]
	if e.hash == h && e.seen > 0 && t.near(e, r) {
		e.seen = 0
		return true
	}
	*e = twin{h, r.First, r.Exporter, 1}
	return false
}
