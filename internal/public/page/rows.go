package page

import (
	"floodmark/internal/chart"
	"floodmark/internal/model"
)

// shareRow is a part's share of the problems, drawn beside its usual one.
type shareRow struct {
	Name, Share, Range, Usual string
	Width, Low, High, UsualAt string // of the drawing, in per cent
	Out                       bool   // stands out
	Reports                   string
}

const (
	maxParts  = 24 // components of a form or a list
	maxPlaces = 8
	maxNotes  = 10
)

func partRows(l *locale, parts []model.PartShare) (out []shareRow) {
	for i := range parts {
		p := &parts[i]
		if p.Slug == "" || len(out) == maxParts || p.Reports == 0 && p.Share == 0 {
			continue
		}
		out = append(out, shareRow{Name: l.part(p.Slug, p.Name), Share: l.pct(p.Share), Range: l.pcts(p.Low, p.High), Usual: l.pct(p.Usual),
			Width: chart.Percent(p.Share), Low: chart.Percent(p.Low), High: chart.Percent(p.High), UsualAt: chart.Percent(p.Usual), Out: p.StandsOut, Reports: l.count(float64(p.Reports))})
	}
	return out
}

// placeRow is a place's excess over its usual share.
type placeRow struct {
	Name, Excess, Range, Reports string
	At, Low, High, Mid           string // on a scale of doublings from 1/4 to 16
	Class                        string // more, less or unsure
}

func placeRows(l *locale, places []model.PlaceShare) (out []placeRow) {
	for i := range places {
		p := &places[i]
		if len(out) == maxPlaces {
			break
		}
		r := placeRow{Name: l.place(p.Country, p.Region), Excess: l.few(p.Excess) + "×", Range: l.between(p.Low, p.High), Reports: l.n("reports", float64(p.Reports)),
			At: doublings(p.Excess), Low: doublings(p.Low), High: doublings(p.High), Mid: doublings(1), Class: "unsure"}
		switch {
		case p.Low > 1:
			r.Class = "more"
		case p.High < 1:
			r.Class = "less"
		}
		out = append(out, r)
	}
	return out
}

// unnamed is the share of reports that name no part, for the note beneath.
func unnamed(parts []model.PartShare) (named, without uint64) {
	for i := range parts {
		if parts[i].Slug == "" {
			without += parts[i].Reports
		} else {
			named += parts[i].Reports
		}
	}
	return named, without
}
