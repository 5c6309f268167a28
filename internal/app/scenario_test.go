package app

import (
	"math"
	"slices"

	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/model"
	"floodmark/internal/scenario"
)

// alsoRight holds what may be answered besides the truth, and why.
var alsoRight = map[string][]model.AttackVerdict{
	// a test of load and a small flood look alike
	"load-test": {model.AttackUndecided},
}

// stayOpen holds what of the verdicts on sources stays undecided at full size,
// and why.
var stayOpen = map[string]string{
	"dns-water-torture": "the tests of addresses need more than the 800 resolvers and their hop counts",
	"pulse-wave":        "1,200 machines are few for the tests of addresses",
	"slow-http":         "300 machines are too few for the tests of addresses",
	"stomp-flood":       "650 machines are too few for the tests of addresses",
	"udp-flood-v6":      "the tests of addresses are not calibrated for IPv6",
}

// looseEnds holds by how much longer a vector may seem to last, and why.
var looseEnds = map[string]time.Duration{
	"stomp-flood": 4 * time.Second, // visitors' connections are still open
}

// sizeOf is the part of its full size that a scenario is played at.
func sizeOf(name string) float64 {
	switch name {
	case "spoofed-50m": // fifty million packets
		return scale / 50
	case "stomp-flood": // with few machines their noise repeats itself
		return 1
	case "vpn-hub", "like-rst-flood", "dying-server", "mail-server": // ordinary traffic, of which there is much
		return scale * flashScale
	}
	return scale
}

// TestEveryScenario analyses each synthetic recording and compares the report
// with what really is in it.
func TestEveryScenario(t *testing.T) {
	for i, name := range scenario.Names() {
		if i%everyNth > 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer enter()()
			p := produce(t, name, scenario.Options{Scale: sizeOf(name)})
			a := analyzeBytes(t, AnalyzeOptions{Sampling: p.truth.Sampling}, p.file)
			if !a.Synthetic {
				t.Error("the report does not say that the recording is synthetic")
			}
			compareVerdict(t, a, &p.truth)
			compareVectors(t, a, &p.truth)
			compareWhole(t, a, &p.truth)
		})
	}
}

var running = make(chan struct{}, 2)

// enter waits for a place among the tests that hold a recording in memory.
func enter() (leave func()) {
	running <- struct{}{}
	return func() { <-running }
}

func answer(attack bool) model.AttackVerdict {
	if attack {
		return model.AttackYes
	}
	return model.AttackNo
}

func compareVerdict(t *testing.T, a *model.Analysis, truth *scenario.Truth) {
	t.Helper()
	want := answer(truth.Attack)
	if a.Attack != want && !slices.Contains(alsoRight[truth.Scenario], a.Attack) {
		t.Errorf("attack: %s, want %s%s", a.Attack, want, reasons(a))
	}
	if len(a.AttackReasons) == 0 {
		t.Error("the answer has no reason")
	}
}

// compareVectors holds each vector against the truth.
func compareVectors(t *testing.T, a *model.Analysis, truth *scenario.Truth) {
	t.Helper()
	got, want := []string{}, []string{}
	for i := range a.Vectors {
		got = append(got, a.Vectors[i].Name)
	}
	for i := range truth.Vectors {
		want = append(want, truth.Vectors[i].Name)
	}
	slices.Sort(got)
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" && a.Attack == answer(truth.Attack) {
		t.Fatalf("vectors (-want +got):\n%s", d)
	}
	for i := range truth.Vectors {
		if v := vectorNamed(a, truth.Vectors[i].Name); v != nil {
			compareVector(t, v, &truth.Vectors[i], truth)
		}
	}
}

func compareVector(t *testing.T, v *model.Vector, want *scenario.TruthVector, whole *scenario.Truth) {
	t.Helper()
	sampling := whole.Sampling
	factor := float64(max(sampling, 1))
	if packets := factor * float64(want.Packets); !near(float64(v.Packets), packets, 0.1) {
		t.Errorf("%s: %d packets, want about %.0f", v.Name, v.Packets, packets)
	}
	if bytes := factor * float64(want.Bytes); !near(float64(v.Bytes), bytes, 0.1) {
		t.Errorf("%s: %d octets, want about %.0f", v.Name, v.Bytes, bytes)
	}
	first, last := parseTime(t, want.First), parseTime(t, want.Last)
	slack := max(time.Second, last.Sub(first)/50, looseEnds[whole.Scenario])
	if d := parseTime(t, v.First).Sub(first).Abs(); d > slack {
		t.Errorf("%s begins %s, want %s", v.Name, v.First, want.First)
	}
	if d := parseTime(t, v.Last).Sub(last).Abs(); d > slack {
		t.Errorf("%s ends %s, want %s", v.Name, v.Last, want.Last)
	}
	if sampling <= 1 && math.Abs(v.PeakPPS-float64(want.PeakPPS)) > max(10, 0.1*float64(want.PeakPPS)) {
		t.Errorf("%s peaks at %.0f packets a second, want about %d", v.Name, v.PeakPPS, want.PeakPPS)
	}
	// a class that ordinary users share brings some of them along
	if o, n := float64(v.Sources.Observed), float64(want.Sources); (o < 0.8*n || o > 1.75*n) && sampling <= 1 {
		t.Errorf("%s: %.0f sources observed, want about %d", v.Name, o, want.Sources)
	}
	verdict := v.Sources.Spoofing.Verdict
	switch truth := sourcesVerdict(want.Spoofed); {
	case verdict == truth:
	case verdict == model.SpoofUndecided && stayOpen[whole.Scenario] != "":
	case exactSources:
		t.Errorf("%s: sources are %s, want %s: %s", v.Name, verdict, truth, v.Sources.Spoofing.Reason)
	case verdict == sourcesVerdict(!want.Spoofed):
		t.Errorf("%s: sources are %s, the truth is %s: %s", v.Name, verdict, truth, v.Sources.Spoofing.Reason)
	}
}

func sourcesVerdict(spoofed bool) model.Spoofing {
	if spoofed {
		return model.SpoofSpoofed
	}
	return model.SpoofReal
}

// compareWhole checks what the report says of all vectors together.
func compareWhole(t *testing.T, a *model.Analysis, truth *scenario.Truth) {
	t.Helper()
	if (a.Target != nil) != (a.Attack == model.AttackYes) {
		t.Errorf("attack %s with target %+v", a.Attack, a.Target)
	}
	if a.Target != nil {
		if d := cmp.Diff(truth.Target, a.Target.Prefixes, cmp.Transformer("host", hosts)); d != "" {
			t.Errorf("target (-want +got):\n%s", d)
		}
	}
	var sum, shares float64
	for i := range a.Vectors {
		sum += float64(a.Vectors[i].Packets)
		shares += a.Vectors[i].SharePackets.Value
	}
	if !near(sum, a.Totals.Packets.Value, 0.001) {
		t.Errorf("vectors add up to %.0f packets, the total is %.0f", sum, a.Totals.Packets.Value)
	}
	if len(a.Vectors) > 0 && math.Abs(shares-1) > 0.01 {
		t.Errorf("shares of the vectors add up to %.3f", shares)
	}
	if got, want := float64(a.Background.Packets)+sum, float64(truth.Packets-truth.Duplicates)*float64(max(truth.Sampling, 1)); !near(got, want, 0.02) {
		t.Errorf("attack and background are %.0f packets together, the recording holds %.0f", got, want)
	}
	if truth.Duplicates > 0 != (findingNamed(a, "duplicates") != nil) {
		t.Errorf("%d duplicates, findings %+v", truth.Duplicates, a.Findings)
	}
}

// hosts writes addresses as the prefixes that hold one host.
func hosts(list []string) []string {
	out := slices.Clone(list)
	for i, s := range out {
		if p, err := parseTarget(s); err == nil && len(p) == 1 {
			out[i] = p[0].String()
		}
	}
	slices.Sort(out)
	return out
}
