package app

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/scenario"
)

// TestTransformedRecordings does to every scenario what happens to recordings
// on their way. Ordinary traffic must never become an attack, a verdict on
// sources may be lost but never turned round, and what loses nothing must not
// hide an attack.
func TestTransformedRecordings(t *testing.T) {
	for i, name := range scenario.Names() {
		if i%everyNth > 0 || name == "spoofed-50m" && scale < 1 { // as syn-flood-raw, and very large
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer enter()()
			p := produce(t, name, scenario.Options{Scale: sizeOf(name)})
			c, own := p.capture(t), prefixes(t, p.truth.Own)
			before := analyzeBytes(t, AnalyzeOptions{Sampling: p.truth.Sampling}, p.file)
			p.file = nil
			for k, x := range transforms() {
				if x.form && !exactSources && (i+k)%8 > 0 {
					continue // the long run takes every form of every recording
				}
				files := x.apply(t, c, own)
				if len(files) == 1 && len(files[0]) == pcapHead {
					continue // nothing is left
				}
				after := analyzeBytes(t, AnalyzeOptions{Sampling: x.reported(p.truth.Sampling)}, files...)
				v := verdict{t, &x, &p.truth, before, after}
				v.verdict()
				v.sources()
				v.counts()
			}
		})
	}
}

// pcapHead is the length of a classic recording without packets.
const pcapHead = 24

// reported is the sampling factor that the analyst knows of.
func (x *transform) reported(sampling uint32) uint32 {
	if x.sampling > 0 {
		return x.sampling * max(sampling, 1)
	}
	return sampling
}

func prefixes(t testing.TB, list []string) []netip.Prefix {
	t.Helper()
	var out []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

// verdict compares the report on a transformed recording with the truth and
// with the report on the recording as it was.
type verdict struct {
	t             *testing.T
	x             *transform
	truth         *scenario.Truth
	before, after *model.Analysis
}

func (v *verdict) verdict() {
	switch {
	case !v.truth.Attack && v.after.Attack == model.AttackYes:
		v.t.Errorf("%s: ordinary traffic became an attack%s", v.x.name, reasons(v.after))
	case v.x.keeps && v.before.Attack == model.AttackYes && v.after.Attack != model.AttackYes:
		v.t.Errorf("%s: the attack became %q%s", v.x.name, v.after.Attack, reasons(v.after))
	case v.x.keeps && v.truth.Attack:
		if b, a := names(v.before), names(v.after); b != a {
			v.t.Errorf("%s: vectors %s became %s", v.x.name, b, a)
		}
	}
}

func names(a *model.Analysis) string {
	var out []string
	for i := range a.Vectors {
		out = append(out, a.Vectors[i].Name)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

func (v *verdict) sources() {
	for _, want := range v.truth.Vectors {
		got := vectorNamed(v.after, want.Name)
		if got == nil {
			continue
		}
		if s := got.Sources.Spoofing; s.Verdict == sourcesVerdict(!want.Spoofed) {
			v.t.Errorf("%s: sources of %s are %s, the truth is %s: %s", v.x.name, want.Name, s.Verdict, sourcesVerdict(want.Spoofed), s.Reason)
		}
	}
}

// sampleLoses is the part of the packets by which the interval of a sample may
// miss the truth where it is more than a twentieth, and why.
var sampleLoses = map[string]float64{
	// the second part of an answer counts where the first one of the same
	// machine is in the sample too
	"reflection-dtls":   0.15,
	"subscriber-attack": 0.15,
}

// counts checks that duplicates are taken out, and that the intervals of
// samples hold what was sampled; one in twenty intervals may miss it by a little.
func (v *verdict) counts() {
	if v.before.Attack != model.AttackYes || v.after.Attack != model.AttackYes || v.truth.Duplicates > 0 {
		return
	}
	was, is := &v.before.Totals.Packets, &v.after.Totals.Packets
	switch {
	case v.x.doubled && findingNamed(v.after, "duplicates") == nil:
		v.t.Errorf("%s: doubling was not recognised", v.x.name)
	case (v.x.doubled || v.x.keeps) && !near(is.Value, was.Value, 0.02):
		v.t.Errorf("%s: %.0f packets became %.0f", v.x.name, was.Value, is.Value)
	case v.x.sampling > 0 && !v.x.oneSided && names(v.before) == names(v.after):
		if is.Low == nil || is.High == nil || !(*is.Low < *is.High) {
			v.t.Errorf("%s: a sample without an interval: %+v", v.x.name, is)
		} else if slack := max(0.05, sampleLoses[v.truth.Scenario]) * was.Value; was.Value < *is.Low-slack || was.Value > *is.High+slack {
			v.t.Errorf("%s: %.0f packets were estimated as %.0f to %.0f", v.x.name, was.Value, *is.Low, *is.High)
		}
	}
}
