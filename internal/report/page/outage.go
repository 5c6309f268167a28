package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"floodmark/internal/geo/country"
	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// Limits of the lists that are shown of an incident of a service.
const (
	maxParts        = 12
	maxPlaces       = 16
	maxProbes       = 24
	maxPhases       = 40
	maxReasons      = 8
	maxPublicClaims = 20
	maxChecks       = 8
)

// outageView is the incident of a service as the template sees it.
type outageView struct {
	O            *model.OutageReport
	Headline     string
	When         string
	Mark, State  string // of the incident
	Outside      bool   // no traffic was seen
	Keys         []key
	Cause        string
	Likely       string // its words
	Chance       string
	Likeliest    string // where the cause is undecided
	Confidence   string
	Text         string
	Causes       []causeRow
	For, Against []reasonRow
	Other        []reasonRow // on causes that are not the likeliest
	Changes      []string
	Charts       []jointChart
	Cut          bool // the chart does not begin with the incident
	Parts        []shareRow
	Places       []excessRow
	Scale        excessScale
	Probes       []probeRow
	Phases       []phaseRow
	MorePhases   int
	PublicClaims []publicClaim
}

type causeRow struct {
	Name, Words, Share, Width string
	Lead                      bool
}

type reasonRow struct{ Signal, About, Text, Weight string }

type shareRow struct {
	Name, Value, Range, Note string
	Width, Low, High, Usual  string // positions; Usual "" where nothing is usual
	Whiskers                 bool
}

type probeRow struct {
	P    model.ReportProbe
	Word word
}

type phaseRow struct{ Signal, When, Lasted, Peak, Text string }

func newOutage(a *model.Analysis) *outageView {
	o := a.Outage
	if o == nil {
		return nil
	}
	v := &outageView{O: o, Headline: wording.OutageHeadline(o), When: wording.OutageWhen(o), Outside: wording.PublicOnly(a)}
	switch o.State {
	case model.Closed:
		v.Mark, v.State = "○", "Over"
	case model.Easing:
		v.Mark, v.State = "◔", "Easing"
	case model.Open:
		v.Mark, v.State = "■", "Going on"
	default:
		v.Mark, v.State = "◪", "Suspected"
	}
	v.assessment()
	v.keys()
	v.Charts, v.Cut = jointCharts(o)
	v.shares()
	v.Places, v.Scale = placeRows(o.Places[:min(len(o.Places), maxPlaces)])
	for _, p := range o.Probes[:min(len(o.Probes), maxProbes)] {
		v.Probes = append(v.Probes, probeRow{p, probeWord(p.State)})
	}
	v.phases()
	v.PublicClaims = publicClaims(a)
	return v
}

func (v *outageView) assessment() {
	a := v.O.Assessment
	if a == nil {
		v.Cause, v.Likely, v.Confidence = "not assessed", "", "–"
		return
	}
	lead := a.Cause
	v.Cause, v.Likely = wording.Cause(a.Cause), text.Clean(a.Words, 30)
	if a.Cause == model.NoCause && len(a.Causes) > 0 {
		lead = a.Causes[0].Cause
		v.Likeliest = wording.Cause(lead)
	}
	v.Chance = text.Chance(a.Likelihood)
	v.Confidence, v.Text = text.Clean(string(a.Confidence), 20), a.Text
	for i, c := range a.Causes[:min(len(a.Causes), 8)] {
		v.Causes = append(v.Causes, causeRow{upper(60, wording.Cause(c.Cause)), text.Clean(c.Words, 30), text.Chance(c.Likelihood), text.Width(c.Likelihood), i == 0 && a.Cause != model.NoCause})
	}
	reasons := slices.Clone(a.Reasons)
	slices.SortStableFunc(reasons, func(x, y model.Reason) int { return cmp.Compare(math.Abs(y.Weight), math.Abs(x.Weight)) })
	for _, r := range reasons {
		row := reasonRow{wording.Signal(r.Signal), wording.Cause(r.Cause), sentence(300, r.Text), wording.LikelihoodRatio(r.Weight)}
		list := &v.Other
		if r.Cause == lead {
			list = &v.For
			if r.Weight < 0 {
				list = &v.Against
			}
		}
		if len(*list) < maxReasons {
			*list = append(*list, row)
		}
	}
	for _, c := range a.Changes[:min(len(a.Changes), 6)] {
		v.Changes = append(v.Changes, sentence(300, c))
	}
}

func (v *outageView) keys() {
	o := v.O
	v.Keys = []key{{"reports at the peak", text.Count(float64(o.Peak.Problems)), "in 15 min", "from " + text.HourMinute(o.Peak.At) + " UTC"}}
	if o.Peak.Known {
		usual := text.Rough(o.Peak.Expected)
		if o.Peak.Expected < 1 {
			usual = "<1"
		}
		v.Keys = append(v.Keys, key{"usual at that time", usual, "in 15 min", "up to " + text.Rough(o.Peak.High) + " is normal"})
	} else {
		v.Keys = append(v.Keys, key{"usual at that time", "not known", "", "too little history of this service"})
	}
	lasted, detail := text.Duration(math.Round(text.SecondsBetween(o.Started, o.Ended)/60)*60), text.Times(o.Started, o.Ended)+" UTC"
	if o.Ended == "" {
		lasted = "goes on"
	}
	total := key{"reports in all", text.Count(float64(o.Total)), "", text.Count(float64(o.Works)) + " “works for me”"}
	if o.Networks > 0 { // not known without address data
		total.Detail = "from " + text.Number(float64(o.Networks), "network") + "; " + total.Detail
	}
	if o.Refused > 0 {
		total.Detail += fmt.Sprintf("; %s not taken, the server was full", text.Count(float64(o.Refused)))
	}
	v.Keys = append(v.Keys, key{"lasted", lasted, "", detail}, total)
}

func (v *outageView) shares() {
	for _, p := range v.O.Parts[:min(len(v.O.Parts), maxParts)] {
		if p.Slug == "" {
			v.Parts = append(v.Parts, shareRow{Name: "no part named", Value: text.Number(float64(p.Reports), "report")})
			continue
		}
		r := shareRow{Name: text.Clean(p.Name, 40), Value: text.Percent(p.Share), Range: wording.Range(model.Estimate{Low: &p.Low, High: &p.High}),
			Width: text.Width(p.Share), Low: text.Width(p.Low), High: text.Width(p.High), Whiskers: true}
		if p.Usual > 0 {
			r.Usual, r.Note = text.Width(p.Usual), "usually "+text.Percent(p.Usual)
		}
		if p.StandsOut {
			r.Note = strings.TrimPrefix(r.Note+" · more than usual", " · ")
		}
		v.Parts = append(v.Parts, r)
	}
}

func (v *outageView) phases() {
	list := v.O.Phases
	v.MorePhases = max(len(list)-maxPhases, 0)
	wave := 0
	for _, p := range list[:min(len(list), maxPhases)] {
		r := phaseRow{Signal: wording.Signal(p.Signal), When: text.Times(p.Start, p.End), Text: sentence(200, p.Text)}
		if s := text.SecondsBetween(p.Start, p.End); s > 0 {
			r.Lasted = text.Duration(math.Round(s/60) * 60)
		}
		if p.Part != "" {
			r.Signal += ": " + text.Clean(p.Part, 40)
		}
		if p.Signal == model.SignalFlow {
			wave++
			r.Signal = fmt.Sprintf("Traffic, wave %d", wave)
		}
		if p.Unit != "" {
			r.Peak = inUnit(p.Peak, p.Unit)
			if p.Unit == "reports in 15 minutes" {
				r.Peak = text.Count(p.Peak) + " reports in 15 min"
			}
		}
		v.Phases = append(v.Phases, r)
	}
}

func probeWord(s model.ProbeState) word {
	switch s {
	case model.ProbeOK:
		return word{"✓", "answers", "holds"}
	case model.ProbeSlow:
		return word{"◔", "slow", "caution"}
	case model.ProbeFailing:
		return word{"✗", "fails", "contradicted"}
	}
	return word{"?", "not known", "noted"}
}

// placeName is a place of reporters for people.
func placeName(p model.PlaceShare) string {
	switch {
	case p.Country == "":
		return "elsewhere, together"
	case !country.Known(p.Country):
		return text.Clean(p.Country, 10)
	case p.Region != "":
		return country.Name(p.Country) + ", " + text.Clean(p.Region, 8)
	}
	return country.Name(p.Country)
}
