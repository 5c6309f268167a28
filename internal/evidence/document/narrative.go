package document

import (
	"fmt"
	"math"
	"strings"

	"floodmark/internal/evidence/spoof"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// alike is the vectors with the same answer to "are the sources real?".
type alike struct {
	verdict   model.Spoofing
	reflected bool
	names     []string
	ids       []string
	hops      [2]float64 // least and greatest agreement of hop distances
	spoofed   [2]float64 // bounds of the share of spoofed sources over the vectors
	bounded   bool       // spoofed is known for each of them
}

// realness answers in one short sentence for each group of vectors whether
// their sources are real. Figures and reasons stand with the tests.
func realness(gs []*group, vs []model.Vector) []model.Sentence {
	var sets []*alike
	spoofedRequests := map[string]bool{}
	for _, g := range gs {
		spoofedRequests[g.slug] = g.info != nil && g.info.SpoofedRequests
	}
	for i := range vs {
		v := &vs[i].Sources.Spoofing
		reflected := spoofedRequests[vs[i].Name] && v.Verdict == model.SpoofReal
		set := setOf(&sets, v.Verdict, reflected)
		set.names = append(set.names, vs[i].Name)
		set.add(v)
	}
	out := []model.Sentence{}
	for _, s := range sets {
		out = append(out, model.Sentence{Text: s.sentence(len(sets) == 1), Evidence: s.ids})
	}
	return out
}

func setOf(sets *[]*alike, v model.Spoofing, reflected bool) *alike {
	for _, s := range *sets {
		if s.verdict == v && s.reflected == reflected {
			return s
		}
	}
	s := &alike{verdict: v, reflected: reflected, ids: []string{}, bounded: true,
		hops: [2]float64{math.Inf(1), math.Inf(-1)}, spoofed: [2]float64{math.Inf(1), 0}}
	*sets = append(*sets, s)
	return s
}

// add takes what the sentence needs from the tests: those that agree with the
// verdict, or all of them where it is undecided.
func (s *alike) add(v *model.SpoofVerdict) {
	for _, t := range v.Tests {
		if t.Name == spoof.HopPrefix && t.Statistic != nil {
			s.hops[0], s.hops[1] = min(s.hops[0], *t.Statistic), max(s.hops[1], *t.Statistic)
		}
		bound := v.Fraction != nil && t.Name == spoof.HostFree
		if t.Evidence != "" && (t.Verdict == v.Verdict || bound) {
			s.ids = append(s.ids, t.Evidence)
		}
	}
	if f := v.Fraction; f != nil && f.Low != nil && f.High != nil {
		s.spoofed[0], s.spoofed[1] = min(s.spoofed[0], *f.Low), max(s.spoofed[1], *f.High)
		return
	}
	s.bounded = false
}

func (s *alike) sentence(only bool) string {
	who := "The source addresses"
	if !only {
		who += " of " + list(s.names)
	}
	hops := ""
	if s.hops[0] <= s.hops[1] {
		hops = fmt.Sprintf("%.2f", s.hops[0])
		if high := fmt.Sprintf("%.2f", s.hops[1]); high != hops {
			hops += " to " + high
		}
	}
	switch {
	case s.verdict == model.SpoofReal && s.reflected:
		return who + " are real but not the attackers': they are services that answered requests forged in the target's name."
	case s.verdict == model.SpoofReal:
		var why []string
		if hops != "" && s.hops[0] > 0 {
			why = append(why, "hop distances agree within networks ("+hops+")")
		}
		if s.bounded && s.spoofed[1] < 0.5 { // proof by handshakes needs no bound
			why = append(why, "at most "+text.RoughPercent(s.spoofed[1])+" can be forged at random")
		}
		if len(why) == 0 {
			return who + " are real."
		}
		return who + " are real: " + strings.Join(why, ", and ") + "."
	case s.verdict == model.SpoofSpoofed && s.bounded && s.spoofed[0] > 0:
		return fmt.Sprintf("%s are forged: between %s and %s of them were made up at random.", who, text.RoughPercent(s.spoofed[0]), text.RoughPercent(s.spoofed[1]))
	case s.verdict == model.SpoofSpoofed:
		return who + " are forged."
	case s.verdict == model.SpoofNotApplicable:
		return "Whether the source addresses " + strings.TrimPrefix(who, "The source addresses ") + " are real cannot be tested."
	case s.bounded && s.spoofed[1] < 0.5:
		return fmt.Sprintf("Whether %s are real is undecided; at most %s can be forged at random.", strings.Replace(who, "The", "the", 1), text.RoughPercent(s.spoofed[1]))
	}
	return "Whether " + strings.Replace(who, "The", "the", 1) + " are real is undecided."
}

// verdicts counts the answers to the claims in one sentence.
func verdicts(claims []model.Claim) (string, []string) {
	count, texts, ids := map[model.Verdict]int{}, map[string]bool{}, []string{}
	for _, c := range claims {
		count[c.Verdict]++
		texts[c.Text] = true
		ids = append(ids, c.Evidence...)
	}
	var parts []string
	for _, v := range []struct {
		verdict model.Verdict
		words   string
	}{{model.Contradicted, "contradicted"}, {model.Supported, "supported"}, {model.CannotBeDetermined, "cannot be determined"}} {
		n := count[v.verdict]
		switch {
		case n == 0:
			continue
		case v.verdict == model.CannotBeDetermined:
			parts = append(parts, fmt.Sprintf("%d %s", n, v.words))
		case n == 1:
			parts = append(parts, "1 is "+v.words)
		default:
			parts = append(parts, fmt.Sprintf("%d are %s", n, v.words))
		}
	}
	what := "public claims"
	if len(texts) == 1 {
		what = "public claim"
	}
	if len(claims) == len(texts) {
		return fmt.Sprintf("%d %s checked: %s.", len(texts), what, list(parts)), ids
	}
	return fmt.Sprintf("%d %s, read in %d ways: %s.", len(texts), what, len(claims), list(parts)), ids
}
