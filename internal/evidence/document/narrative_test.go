package document

import (
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// assessed is a vector with a verdict, the agreement of its hop distances and the
// bounds of the spoofed share; a negative bound is none.
func assessed(slug string, v model.Spoofing, hops, low, high float64) (*group, model.Vector) {
	m := model.Vector{Name: slug}
	m.Sources.Spoofing.Verdict = v
	m.Sources.Spoofing.Tests = []model.SpoofTest{
		{Name: "hop-prefix", Statistic: &hops, Verdict: v, Evidence: "E1-" + slug},
		{Name: "octet", Verdict: model.SpoofNotApplicable, Evidence: "E2-" + slug},
		{Name: "host-free", Verdict: model.SpoofUndecided, Evidence: "E3-" + slug},
	}
	if high >= 0 {
		m.Sources.Spoofing.Fraction = &model.Estimate{Low: &low, High: &high}
	}
	return &group{slug: slug, info: vector.BySlug(slug)}, m
}

func TestRealnessIsOneSentenceForEachAnswer(t *testing.T) {
	ug, udp := assessed("udp-flood", model.SpoofReal, 0.9501, 0, 0.024)
	ag, ack := assessed("ack-flood", model.SpoofReal, 0.944, 0, 0.01)
	dg, dns := assessed("reflection-dns", model.SpoofReal, 0.97, 0, 0.07)
	sg, syn := assessed("syn-flood", model.SpoofSpoofed, -0.002, 0.81, 1)
	hg, half := assessed("udp-flood", model.SpoofUndecided, 0.2, 0, 0.1)
	ng, none := assessed("udp-flood", model.SpoofUndecided, 0.2, 0, -1)
	for _, c := range []struct {
		gs   []*group
		vs   []model.Vector
		want []string
		ids  int
	}{
		{[]*group{ug, ag}, []model.Vector{udp, ack}, []string{"The source addresses are real: hop distances agree within networks (0.94 to 0.95), and at most 2.4 % can be forged at random."}, 4},
		{[]*group{ag, ug}, []model.Vector{udp}, []string{"The source addresses are real: hop distances agree within networks (0.95), and at most 2.4 % can be forged at random."}, 2},
		{[]*group{dg}, []model.Vector{dns}, []string{"The source addresses are real but not the attackers': they are services that answered requests forged in the target's name."}, 2},
		{[]*group{sg, ug}, []model.Vector{syn, udp}, []string{
			"The source addresses of syn-flood are forged: between 81 % and 100 % of them were made up at random.",
			"The source addresses of udp-flood are real: hop distances agree within networks (0.95), and at most 2.4 % can be forged at random."}, 4},
		{[]*group{hg}, []model.Vector{half}, []string{"Whether the source addresses are real is undecided; at most 10 % can be forged at random."}, 2},
		{[]*group{ng}, []model.Vector{none}, []string{"Whether the source addresses are real is undecided."}, 2},
		{nil, nil, nil, 0},
	} {
		got, ids := realness(c.gs, c.vs), 0
		if len(got) != len(c.want) {
			t.Errorf("%d sentences, want %d: %v", len(got), len(c.want), got)
			continue
		}
		for i, s := range got {
			ids += len(s.Evidence)
			if s.Text != c.want[i] {
				t.Errorf("got  %q\nwant %q", s.Text, c.want[i])
			}
		}
		if c.ids > 0 && ids != c.ids {
			t.Errorf("%q cites %d items, want %d", c.want[0], ids, c.ids)
		}
	}
}

func TestVerdictsAreCounted(t *testing.T) {
	claim := func(text string, v model.Verdict) model.Claim {
		return model.Claim{Text: text, Verdict: v, Evidence: []string{"E1"}}
	}
	for _, c := range []struct {
		claims []model.Claim
		want   string
	}{
		{[]model.Claim{claim("a", model.Contradicted)}, "1 public claim checked: 1 is contradicted."},
		{[]model.Claim{claim("a", model.Supported), claim("a", model.Contradicted), claim("b", model.CannotBeDetermined)},
			"2 public claims, read in 3 ways: 1 is contradicted, 1 is supported and 1 cannot be determined."},
	} {
		if got, ids := verdicts(c.claims); got != c.want || len(ids) != len(c.claims) {
			t.Errorf("got %q with %d items, want %q", got, len(ids), c.want)
		}
	}
}

func TestHeadlineCountsBursts(t *testing.T) {
	pulses := &group{peakPPS: 100}
	for _, s := range []int64{100, 101, 130, 131, 160} {
		pulses.seconds = append(pulses.seconds, model.SecondCount{Second: s, Packets: 100})
	}
	a := &model.Analysis{Attack: model.AttackYes, Target: &model.Target{Prefixes: []string{"192.0.2.1/32", "192.0.2.2/32"}},
		Vectors: []model.Vector{{Name: "udp-flood", Evidence: []string{"E1"}}}}
	a.Totals.Seconds, a.Totals.PeakPPS, a.Totals.PeakBPS = 61, 12012, 18049999
	got := headline(newBook(nil), []*group{pulses}, a, "E9")
	want := "192.0.2.1 and 192.0.2.2 were attacked in 3 bursts over 61 s: udp-flood, up to 12,010 packets and 18.1 Mbit a second."
	if got.Text != want || len(got.Evidence) != 3 {
		t.Errorf("got %q with %v, want %q", got.Text, got.Evidence, want)
	}
	pulses.seconds = pulses.seconds[:2]
	if got := headline(newBook(nil), []*group{pulses}, a, "E9"); len(got.Evidence) != 2 {
		t.Errorf("one burst is cited: %v", got)
	}
}

func TestValuesOfSentences(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{big(752603), "752,603"}, {big(386200000), "386 million"}, {big(12), "12"}, {big(-1200), "-1,200"}, {unit(18.05e6), "18.1 M"}, {unit(12), "12 "}, {unit(999960), "1 M"},
		{text.Duration(0.25), "0.25 s"}, {text.Duration(35), "35 s"}, {text.Duration(254), "4 min 14 s"}, {text.Duration(480), "8 min"}, {text.Duration(7300), "2 h 1 min"},
		{single("192.0.2.1/32"), "192.0.2.1"}, {single("2001:db8::1/128"), "2001:db8::1"}, {single("2001:db8::/32"), "2001:db8::/32"}, {single("192.0.2.0/24"), "192.0.2.0/24"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
