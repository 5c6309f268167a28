package dossier

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"floodmark/internal/evidence/presence"
	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

func sortWeights(list []model.Weight) {
	slices.SortFunc(list, func(a, b model.Weight) int {
		return cmp.Or(cmp.Compare(b.Packets, a.Packets), cmp.Compare(a.Value, b.Value))
	})
}

// big prints a figure to four digits with separators.
func big(x float64) string {
	if x != 0 && math.Abs(x) >= 1e4 {
		e := math.Pow(10, math.Floor(math.Log10(math.Abs(x)))-3)
		x = math.Round(x/e) * e
	}
	s := fmt.Sprintf("%.0f", x)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func duration(s float64) string {
	switch {
	case s < 1:
		return fmt.Sprintf("%.0f ms", s*1000)
	case s < 120:
		return fmt.Sprintf("%.1f s", s)
	case s < 7200:
		return fmt.Sprintf("%.0f min", s/60)
	}
	return fmt.Sprintf("%.1f h", s/3600)
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
	parts := slices.Clone(in.Judgement.Parts)
	slices.SortFunc(parts, func(x, y presence.Part) int {
		return cmp.Or(cmp.Compare(in.Profile.Cells[y.Cell].Draws, in.Profile.Cells[x.Cell].Draws), cmp.Compare(x.Cell, y.Cell))
	})
	for _, p := range parts {
		for _, r := range p.Reasons {
			if r.For != (p.Presence == model.AttackUndecided) {
				continue
			}
			name := "other"
			if info := vector.Lookup(in.Profile.Cells[p.Cell].Class); info != nil {
				name = info.Name
			}
			where := in.Profile.Targets[p.Target].Prefix.String()
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
		id := b.add(model.Evidence{Statement: text, Method: "presence/none", N: int64(in.Profile.Draws)})
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

// summary is the story in a few sentences.
func summary(in *Input, b *book, gs []*group, a *model.Analysis) []model.Sentence {
	say := func(text string, ids ...string) model.Sentence {
		if ids == nil {
			ids = []string{}
		}
		return model.Sentence{Text: text, Evidence: ids}
	}
	whole := b.add(model.Evidence{Statement: fmt.Sprintf("The recording holds %s records: %s packets and %s octets in %s.", big(float64(in.Audit.Records)),
		big(in.Profile.Packets), big(in.Profile.Bytes), duration(float64(in.Profile.Last-in.Profile.First)/1e9)),
		Method: "recording/totals", Value: ptr(in.Profile.Packets), Unit: "packets", N: int64(in.Profile.Draws)})
	switch a.Attack {
	case model.AttackNo:
		return []model.Sentence{say("No attack is in this recording: "+a.AttackReasons[0].Text, append([]string{whole}, a.AttackReasons[0].Evidence...)...)}
	case model.AttackUndecided:
		return []model.Sentence{say("Whether this is an attack cannot be decided from this recording: "+a.AttackReasons[0].Text, append([]string{whole}, a.AttackReasons[0].Evidence...)...)}
	}
	var names, ids []string
	for _, v := range a.Vectors {
		names = append(names, v.Name)
		ids = append(ids, v.Evidence...)
	}
	out := []model.Sentence{say(fmt.Sprintf("%s was attacked with %s for %s, at up to %s packets and %s bits a second.",
		strings.Join(a.Target.Prefixes[:min(3, len(a.Target.Prefixes))], ", "), list(names), duration(a.Totals.Seconds), big(a.Totals.PeakPPS), unit(a.Totals.PeakBPS)), append([]string{whole}, ids...)...)}
	for i, s := range a.Spoofing.Text {
		if i < 2 {
			out = append(out, s)
		}
	}
	if len(a.Countries) > 0 && a.Spoofing.Verdict != model.SpoofSpoofed {
		var parts []string
		for _, c := range a.Countries[:min(5, len(a.Countries))] {
			if c.Code != unknownPlace {
				parts = append(parts, c.Name+" "+percent(c.Share.Value))
			}
		}
		if len(parts) > 0 {
			text := fmt.Sprintf("The source addresses are registered in %d countries, led by %s of the packets.", len(a.Countries), list(parts))
			id := b.add(model.Evidence{Statement: text, Kind: "looked-up", Method: "share/places", N: int64(in.Profile.Draws), M: int64(a.Totals.Sources.Observed),
				Alternatives: []string{"address data is wrong for a part of addresses, most of all for mobile networks", "an address is where a device or a proxy is, not where its user is"}})
			out = append(out, say(text, id))
		}
	}
	return out
}

func list(parts []string) string {
	if len(parts) <= 1 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

// unit prints a rate with a decimal prefix.
func unit(x float64) string {
	for _, u := range []struct {
		f float64
		s string
	}{{1e12, " T"}, {1e9, " G"}, {1e6, " M"}, {1e3, " k"}} {
		if x >= u.f {
			return fmt.Sprintf("%.3g%s", x/u.f, u.s)
		}
	}
	return fmt.Sprintf("%.0f ", x)
}
