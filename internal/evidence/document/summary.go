package document

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"floodmark/internal/evidence/attackverdict"
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

func sortWeights(list []model.Weight) {
	slices.SortFunc(list, func(a, b model.Weight) int {
		return cmp.Or(cmp.Compare(b.Packets, a.Packets), cmp.Compare(a.Value, b.Value))
	})
}

// big prints a count with separators, and from a million on with three digits.
func big(x float64) string { return text.Count(math.Round(x)) }

// four rounds to the four digits that the document gives of a rate.
func four(x float64) float64 {
	if x == 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(x)))-3)
	return math.Round(x/unit) * unit
}

// attackReasons says why the answer is what it is.
func attackReasons(in *Input, b *book, a *model.Analysis) []model.Sentence {
	out := []model.Sentence{}
	if a.Attack == model.AttackYes {
		for _, v := range a.Vectors {
			for _, id := range v.Evidence {
				out = append(out, model.Sentence{Text: v.Name + ": " + b.statement(id), Evidence: []string{id}})
				break
			}
		}
		return out
	}
	if in.NoTraffic {
		text := "No traffic towards the service was recorded here, so whether it was attacked is not known."
		id := b.add(model.Evidence{Statement: text, Method: "presence/none"})
		return append(out, model.Sentence{Text: text, Evidence: []string{id}})
	}
	parts := slices.Clone(in.Assessment.Parts)
	slices.SortFunc(parts, func(x, y attackverdict.Part) int {
		return cmp.Or(cmp.Compare(in.Profile.Buckets[y.Bucket].Samples, in.Profile.Buckets[x.Bucket].Samples), cmp.Compare(x.Bucket, y.Bucket))
	})
	for _, p := range parts {
		for _, r := range p.Reasons {
			if r.For != (p.Verdict == model.AttackUndecided) {
				continue
			}
			name := "other"
			if info := vector.Lookup(in.Profile.Buckets[p.Bucket].Class); info != nil {
				name = info.Name
			}
			where := single(in.Profile.Targets[p.Target].Prefix.String())
			text := fmt.Sprintf("%s to %s: %s.", name, where, r.Text)
			id := b.add(model.Evidence{Statement: text, Method: "presence/" + name, Value: ptr(r.Value), Unit: r.Unit, N: int64(r.N), M: int64(r.M)})
			out = append(out, model.Sentence{Text: text, Evidence: []string{id}})
		}
		if len(out) >= 6 {
			break
		}
	}
	if len(out) == 0 {
		text := "No class of traffic towards any target shows what ordinary traffic cannot do."
		id := b.add(model.Evidence{Statement: text, Method: "presence/none", N: int64(in.Profile.Samples)})
		out = append(out, model.Sentence{Text: text, Evidence: []string{id}})
	}
	return out
}

func (b *book) statement(id string) string {
	for i := range b.list {
		if b.list[i].ID == id {
			return b.list[i].Statement
		}
	}
	return ""
}

// summary is the story in a few sentences, one fact each.
func summary(in *Input, b *book, gs []*group, a *model.Analysis) []model.Sentence {
	if in.NoTraffic {
		return slices.Clone(a.AttackReasons)
	}
	seconds := float64(in.Profile.Last-in.Profile.First) / 1e9
	whole := b.add(model.Evidence{Statement: fmt.Sprintf("The recording holds %s records: %s packets and %s octets in %s.", big(float64(in.Audit.Records)),
		big(in.Profile.Packets), big(in.Profile.Bytes), text.Duration(seconds)),
		Method: "recording/totals", Value: ptr(in.Profile.Packets), Unit: "packets", N: int64(in.Profile.Samples)})
	if a.Attack != model.AttackYes || a.Target == nil {
		return calm(a, whole, fmt.Sprintf("%s of traffic (%s packets)", text.Duration(seconds), big(in.Profile.Packets)))
	}
	out := []model.Sentence{headline(b, gs, a, whole)}
	out = append(out, a.Spoofing.Text[:min(3, len(a.Spoofing.Text))]...)
	if a.Spoofing.Verdict != model.SpoofSpoofed {
		out = append(out, whereFrom(in, b, a)...)
	}
	if len(a.Claims) > 0 {
		text, ids := verdicts(a.Claims)
		out = append(out, model.Sentence{Text: text, Evidence: ids})
	}
	return out
}

// calm is the story of a recording that shows no attack, or none for certain.
func calm(a *model.Analysis, whole, recorded string) []model.Sentence {
	var ids []string
	for _, r := range a.AttackReasons {
		ids = append(ids, r.Evidence...)
	}
	if a.Attack == model.AttackUndecided {
		return []model.Sentence{
			{Text: "Whether there is an attack in " + recorded + " cannot be decided.", Evidence: []string{whole}},
			{Text: "What speaks for one is not enough.", Evidence: append([]string{}, ids...)},
		}
	}
	return []model.Sentence{
		{Text: "No attack was found in " + recorded + ".", Evidence: []string{whole}},
		{Text: "Nothing in it goes beyond what ordinary traffic does.", Evidence: append([]string{}, ids...)},
	}
}

// headline says what was hit, how, for how long and how hard.
func headline(b *book, gs []*group, a *model.Analysis, whole string) model.Sentence {
	ids, names, targets := []string{whole}, []string{}, []string{}
	for _, v := range a.Vectors {
		names = append(names, v.Name)
		ids = append(ids, v.Evidence...)
	}
	if n := len(names); n > 4 {
		names = append(names[:3], fmt.Sprintf("%d more vectors", n-3))
	}
	for i, p := range a.Target.Prefixes {
		if n := len(a.Target.Prefixes); i == 2 && n > 3 {
			targets = append(targets, fmt.Sprintf("%d more targets", n-2))
			break
		}
		targets = append(targets, single(p))
	}
	was := "was"
	if len(a.Target.Prefixes) > 1 {
		was = "were"
	}
	span := "for " + text.Duration(a.Totals.Seconds)
	all := together(gs)
	if n := all.bursts(); n > 1 {
		span = fmt.Sprintf("in %d bursts over %s", n, text.Duration(a.Totals.Seconds))
		ids = append(ids, b.add(model.Evidence{Statement: fmt.Sprintf("The attack came in %d bursts, at least ten quiet seconds apart.", n),
			Method: "share/totals", Value: ptr(float64(n)), Unit: "bursts", N: int64(all.samples)}))
	}
	text := fmt.Sprintf("%s %s attacked %s: %s, up to %s packets and %sbit a second.",
		list(targets), was, span, list(names), big(four(a.Totals.PeakPPS)), unit(four(a.Totals.PeakBPS)))
	return model.Sentence{Text: text, Evidence: ids}
}

// together is all vectors as one, second by second.
func together(gs []*group) *group {
	all := &group{}
	for _, g := range gs {
		all.seconds = addSeconds(all.seconds, g.seconds, 1, 1)
		all.samples += g.samples
	}
	for _, s := range all.seconds {
		all.peakPPS = max(all.peakPPS, s.Packets)
	}
	return all
}

// single writes the prefix of one host as its address.
func single(prefix string) string {
	if strings.Contains(prefix, ":") {
		return strings.TrimSuffix(prefix, "/128")
	}
	return strings.TrimSuffix(prefix, "/32")
}

// whereFrom names the countries that the source addresses are in.
func whereFrom(in *Input, b *book, a *model.Analysis) []model.Sentence {
	known := 0
	var parts []string
	for _, c := range a.Countries {
		if c.Code == unknownPlace {
			continue
		}
		if known++; known <= 3 {
			parts = append(parts, c.Name+" "+text.RoughPercent(c.Share.Value))
		}
	}
	if known == 0 {
		return nil
	}
	text := fmt.Sprintf("The source addresses are in %d countries: %s of the packets", known, list(parts))
	switch {
	case known == 1:
		text = "The source addresses are in one country: " + parts[0] + " of the packets"
	case known > 3:
		text = fmt.Sprintf("The source addresses are in %d countries, led by %s of the packets", known, list(parts))
	}
	if a.Spoofing.Verdict == model.SpoofUndecided {
		text = strings.Replace(text, "The source addresses are in", "If the source addresses are real, which is undecided, they are in", 1)
	}
	id := b.add(model.Evidence{Statement: text + ".", Kind: "looked-up", Method: "share/places", N: int64(in.Profile.Samples), M: int64(a.Totals.Sources.Observed),
		Alternatives: []string{"address data is wrong for a part of addresses, most of all for mobile networks", "an address is where a device or a proxy is, not where its user is"}})
	return []model.Sentence{{Text: text + ".", Evidence: []string{id}}}
}

func list(parts []string) string {
	if len(parts) <= 1 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// unit prints a rate with a decimal prefix, ready for its unit: "50.6 M".
func unit(x float64) string {
	for _, u := range []struct {
		f float64
		s string
	}{{1e12, " T"}, {1e9, " G"}, {1e6, " M"}, {1e3, " k"}} {
		if x >= 0.9995*u.f {
			return text.Digits(x/u.f) + u.s
		}
	}
	return fmt.Sprintf("%.0f ", x)
}
