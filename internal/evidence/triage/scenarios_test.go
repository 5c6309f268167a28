package triage

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/scenario"
	"floodmark/internal/source/recording"
)

// busy is what is seen of a target in its busiest seconds.
type busy struct {
	records  []model.Record
	in, back model.Rates
}

const window = 3 // seconds that are looked at, the busiest one last

// busiest plays a scenario and finds its busiest target and second.
func busiest(t *testing.T, name string, scale float64) (busy, scenario.Truth) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pcapng")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	truth, err := scenario.Write(f, name, scenario.Options{Scale: scale})
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	rec, err := recording.Open(context.Background(), []string{path}, recording.Options{Sampling: truth.Sampling})
	if err != nil {
		t.Fatal(err)
	}
	defer rec.Close()
	targetOf := chooser(t, &truth)
	counts := make(map[int64]map[model.Addr]int)
	read(t, rec, func(r *model.Record) {
		if a, ok := targetOf(r.Dst); ok {
			s := r.First / 1e9
			if counts[s] == nil {
				counts[s] = make(map[model.Addr]int)
			}
			counts[s][a]++
		}
	})
	var at int64
	var who model.Addr
	for s, m := range counts {
		for a, n := range m {
			if most := counts[at][who]; n > most || n == most && (s < at || s == at && a.Compare(who) < 0) {
				at, who = s, a
			}
		}
	}
	var b busy
	read(t, rec, func(r *model.Record) {
		if s := r.First / 1e9; s <= at-window || s > at {
			return
		}
		if a, ok := targetOf(r.Dst); ok && a == who {
			c := *r
			c.Payload, c.Options, c.TunnelData = slices.Clone(r.Payload), slices.Clone(r.Options), slices.Clone(r.TunnelData)
			b.records = append(b.records, c)
			rate(&b.in, r)
		} else if a, ok := targetOf(r.Src); ok && a == who {
			rate(&b.back, r)
		}
	})
	return b, truth
}

// chooser states which target an address belongs to: the attacked ones, or,
// where nothing is attacked, each of the own ones.
func chooser(t *testing.T, truth *scenario.Truth) func(model.Addr) (model.Addr, bool) {
	var attacked, own []netip.Prefix
	for _, s := range truth.Target {
		v, err := model.ParseTarget(s)
		if err != nil {
			t.Fatal(err)
		}
		attacked = append(attacked, v.Prefix())
	}
	for _, s := range truth.Own {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			t.Fatal(err)
		}
		own = append(own, p)
	}
	return func(a model.Addr) (model.Addr, bool) {
		for _, p := range attacked {
			if p.Contains(a.Netip()) {
				return model.AddrFromNetip(p.Addr()), true
			}
		}
		if len(attacked) > 0 {
			return a, false
		}
		return a, slices.ContainsFunc(own, func(p netip.Prefix) bool { return p.Contains(a.Netip()) })
	}
}

func read(t *testing.T, rec *recording.Recording, emit func(*model.Record)) {
	t.Helper()
	if err := rec.Read(context.Background(), "test", emit); err != nil {
		t.Fatal(err)
	}
}

func rate(to *model.Rates, r *model.Record) {
	p := float64(r.Packets*r.Sample()) / window
	to[model.Packets] += p
	to[model.Bits] += float64(8*r.Bytes*r.Sample()) / window
	switch r.Proto {
	case model.ProtoTCP:
		to[model.TCPPackets] += p
	case model.ProtoUDP:
		to[model.UDPPackets] += p
	case model.ProtoICMP, model.ProtoICMPv6:
		to[model.ICMPPackets] += p
	}
}

// look takes n records of what was seen and assesses it, several times; it
// returns how many records there were in the middle, and how often it was held.
func (b *busy) look(n int, oneWay bool) (records int, held float64, why string) {
	const runs = 20
	for seed := range uint64(runs) {
		rng := rand.New(rand.NewPCG(seed, 7))
		l := Look{Anomaly: model.Anomaly{Metric: model.Packets, Rate: b.in[model.Packets], Bound: b.in[model.Packets] / 1.5, Rates: b.in}, Back: b.back}
		if oneWay {
			l.Back = model.Rates{}
		}
		for _, i := range rng.Perm(len(b.records))[:min(n, len(b.records))] {
			l.Records = append(l.Records, b.records[i])
		}
		f := Assess(&l)
		records, why = len(l.Records), f.Because
		if f.Hold {
			held += 1. / runs
		}
	}
	return records, held, why
}

// heldAttacks are attacks that look like something ordinary at first.
var heldAttacks = map[string]string{
	"http-flood":  "requests over real connections, answered with pages, look like visitors",
	"stomp-flood": "segments over real connections",
	"slow-http":   "connections that hardly send anything",
}

// TestScenariosAtFirstSight looks at every synthetic recording in its busiest
// second: no attack may be held but those of the list above.
func TestScenariosAtFirstSight(t *testing.T) {
	for i, name := range scenario.Names() {
		if i%everyNth > 0 || name == "spoofed-50m" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			b, truth := busiest(t, name, scale)
			var held [3]float64
			var n [3]int
			var why string
			for k, want := range []int{10, 20, 100} {
				n[k], held[k], why = b.look(want, false)
			}
			_, oneWay, _ := b.look(100, true)
			t.Logf("%-30s attack %-5v %6.0f packets/s; held at 10 %3.0f %%, 20 %3.0f %%, 100 %3.0f %%, one way %3.0f %% (%d records: %s)",
				name, truth.Attack, b.in[model.Packets], 100*held[0], 100*held[1], 100*held[2], 100*oneWay, n[2], why)
			if truth.Attack && n[1] >= 15 && held[1] > 0.1 && heldAttacks[name] == "" {
				t.Errorf("an attack is held in %.0f of 100 cases: %s", 100*held[1], why)
			}
		})
	}
}
