package page

import (
	"math"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// publicClaim is one public claim about an incident: its source and when it was stated, what the
// data says of each reading now, and how that changed.
type publicClaim struct {
	Text, Source, StatedAt string
	Readings               []claimView
	Checks                 []checkRow
	MoreChecks             int
}

// checkRow is the verdict on the claim at an earlier time.
type checkRow struct {
	At      string
	Answers []answerRow
}

type answerRow struct {
	Reading string // "" where the claim has one reading
	Verdict word
}

func publicClaims(a *model.Analysis) []publicClaim {
	out := []publicClaim{}
	for _, c := range a.Outage.Claims[:min(len(a.Outage.Claims), maxPublicClaims)] {
		v := publicClaim{Text: c.Text, Source: text.Clean(c.Source, 200), StatedAt: text.Minute(c.Stated)}
		for _, x := range a.Claims {
			if x.Text == c.Text && len(v.Readings) < maxPublicClaims {
				v.Readings = append(v.Readings, newClaimView(x))
			}
		}
		v.MoreChecks = max(len(c.Checks)-maxChecks, 0)
		for _, k := range c.Checks[v.MoreChecks:] {
			row := checkRow{At: text.HourMinute(k.At)}
			for _, x := range k.Verdicts[:min(len(k.Verdicts), maxPublicClaims)] {
				r := answerRow{text.Clean(x.Reading, 200), claimWord(x.Verdict)}
				if len(k.Verdicts) == 1 {
					r.Reading = ""
				}
				row.Answers = append(row.Answers, r)
			}
			v.Checks = append(v.Checks, row)
		}
		out = append(out, v)
	}
	return out
}

// unsaid are the claims that are not among those of the incident.
func unsaid(a *model.Analysis) []model.Claim {
	if a.Outage == nil {
		return a.Claims
	}
	stated := map[string]bool{}
	for _, c := range a.Outage.Claims {
		stated[c.Text] = true
	}
	out := []model.Claim{}
	for _, c := range a.Claims {
		if !stated[c.Text] {
			out = append(out, c)
		}
	}
	return out
}

// excessRow is one place's reports beside its usual share, with its interval.
type excessRow struct {
	Name, Reports, Value, Range string
	At, Low, High               string // positions
	StandsOut                   bool
}

// excessScale is the axis of all places: from 0 to Top times the usual share.
type excessScale struct{ One, Top string }

func placeRows(places []model.PlaceShare) ([]excessRow, excessScale) {
	top := 2.0
	for _, p := range places {
		top = math.Max(top, math.Min(p.High, 20))
	}
	top = math.Ceil(top)
	pos := func(v float64) string { return text.Width(v / top) }
	out := []excessRow{}
	for _, p := range places {
		lo, hi := p.Low, p.High
		out = append(out, excessRow{placeName(p), text.Count(float64(p.Reports)), text.Ratio(p.Excess) + " ×", text.Ratio(lo) + "–" + text.Ratio(hi),
			pos(p.Excess), pos(lo), pos(hi), p.StandsOut})
	}
	return out, excessScale{pos(1), text.Count(top) + " ×"}
}
