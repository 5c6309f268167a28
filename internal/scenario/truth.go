package scenario

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"floodmark/internal/model"
)

// truthSchema names the form of a truth file.
const truthSchema = "floodmark.truth/1"

// Truth is what really is in a recording. Octets are of IP packets, header
// included. Counts are of packets in the file.
type Truth struct {
	Schema      string        `json:"schema"`
	Scenario    string        `json:"scenario"`
	Title       string        `json:"title"`
	Synthetic   bool          `json:"synthetic"` // always true
	Seed        uint64        `json:"seed"`
	Scale       float64       `json:"scale"`
	Attack      bool          `json:"attack"`
	Vector      string        `json:"vector,omitempty"`     // slug that the recording is the fixture of
	LooksLike   string        `json:"looks_like,omitempty"` // slug that it resembles but is not
	First       string        `json:"first"`
	Last        string        `json:"last"`
	Packets     uint64        `json:"packets"`
	Bytes       uint64        `json:"bytes"`
	Sampling    uint32        `json:"sampling,omitempty"`   // one packet in so many is in the file; 0 for all
	Target      []string      `json:"target"`               // attacked addresses or prefixes
	Own         []string      `json:"own"`                  // watched networks
	Duplicates  uint64        `json:"duplicates,omitempty"` // second copies of packets; counted in Packets, but in no part
	Vectors     []TruthVector `json:"vectors"`
	Background  TruthTraffic  `json:"background"` // all that is not attack
	Responses   TruthTraffic  `json:"responses"`  // part of the background: what the attack drew from the target and from third parties
	Countries   []TruthShare  `json:"countries"`  // of attack packets from unforged sources
	AddressData string        `json:"address_data"`
	Family      string        `json:"family,omitempty"` // botnet family imitated; in attack packets alone it need not show
	ScanSources int           `json:"scan_sources,omitempty"`
	Claims      []TruthClaim  `json:"claims"`
	Notes       []string      `json:"notes"`

	// Of scenarios of whole networks, and of runs:
	Attacks   []TruthAttack   `json:"attacks,omitempty"`
	Events    []TruthEvent    `json:"events,omitempty"`    // large and ordinary
	Customers []TruthCustomer `json:"customers,omitempty"` // of the watched networks
	Exporters []TruthExporter `json:"exporters,omitempty"`
}

// TruthTraffic is an amount.
type TruthTraffic struct {
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
}

// TruthVector is one vector of the attack.
type TruthVector struct {
	Name    string `json:"name"`
	Packets uint64 `json:"packets"`
	Bytes   uint64 `json:"bytes"`
	First   string `json:"first"`
	Last    string `json:"last"`
	PeakPPS uint64 `json:"peak_pps"` // packets in the fullest second of the clock
	Sources uint64 `json:"sources"`  // distinct source addresses in the file
	Spoofed bool   `json:"spoofed"`
}

// TruthShare is a country's part.
type TruthShare struct {
	Code    string  `json:"code"`
	Packets uint64  `json:"packets"`
	Share   float64 `json:"share"`
}

// TruthClaim is a public claim and the verdict that the truth bears out.
type TruthClaim struct {
	Text    string        `json:"text"`
	Verdict model.Verdict `json:"verdict"`
}

// JSON returns the truth as an indented document with a final newline.
func (t Truth) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(t, "", "  ")
	return append(b, '\n'), err
}

// counter counts what one part of the traffic sent.
type counter struct {
	name           string
	attack         bool
	spoofed, fresh bool // fresh: every packet has a source of its own
	packets, bytes uint64
	first, last    int64
	second         int64
	inSecond, peak uint64
	sources        addrSet
}

func (t *counter) count(at int64, bytes int, src model.Addr) {
	if t.packets == 0 {
		t.first = at
	}
	t.packets++
	t.bytes += uint64(bytes)
	t.last = at
	if !t.attack {
		return
	}
	if sec := at / 1e9; sec != t.second {
		t.second, t.inSecond = sec, 0
	}
	t.inSecond++
	t.peak = max(t.peak, t.inSecond)
	if !t.fresh {
		t.sources.add(src)
	}
}

func (t *counter) truth() TruthVector {
	n := uint64(t.sources.n)
	if t.fresh {
		n = t.packets
	}
	return TruthVector{
		Name: t.name, Packets: t.packets, Bytes: t.bytes, First: stamp(t.first), Last: stamp(t.last),
		PeakPPS: t.peak, Sources: n, Spoofed: t.spoofed,
	}
}

func stamp(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339Nano) }

func shares(counts map[string]uint64) []TruthShare {
	out := []TruthShare{}
	total := uint64(0)
	for _, n := range counts {
		total += n
	}
	for c, n := range counts {
		if c == "" {
			c = "unknown"
		}
		out = append(out, TruthShare{c, n, float64(n) / float64(total)})
	}
	slices.SortFunc(out, func(a, b TruthShare) int {
		if a.Packets != b.Packets {
			return int(int64(b.Packets) - int64(a.Packets))
		}
		return strings.Compare(a.Code, b.Code)
	})
	return out
}

// addrSet is a set of addresses by their 64-bit hash.
type addrSet struct {
	slots []uint64
	n     int
}

func (s *addrSet) add(a model.Addr) {
	if 2*s.n >= len(s.slots) {
		s.grow()
	}
	h := a.Hash() | 1
	mask := uint64(len(s.slots) - 1)
	for i := h >> 20 & mask; ; i = (i + 1) & mask {
		switch s.slots[i] {
		case h:
			return
		case 0:
			s.slots[i] = h
			s.n++
			return
		}
	}
}

func (s *addrSet) grow() {
	old := s.slots
	s.slots = make([]uint64, max(256, 2*len(old)))
	mask := uint64(len(s.slots) - 1)
	for _, h := range old {
		if h == 0 {
			continue
		}
		i := h >> 20 & mask
		for s.slots[i] != 0 {
			i = (i + 1) & mask
		}
		s.slots[i] = h
	}
}
