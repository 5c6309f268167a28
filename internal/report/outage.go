package report

import (
	"fmt"
	"strings"

	"floodmark/internal/geo/country"
	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// outage is the incident of a service in a few lines: what users reported, what
// brought it about, what other signals said.
func (p *printer) outage(a *model.Analysis) {
	o := a.Outage
	mark := map[model.State]string{model.Closed: "○ OVER", model.Easing: "◔ EASING", model.Open: "■ GOING ON"}[o.State]
	if mark == "" {
		mark = "◪ SUSPECTED"
	}
	p.headline(mark+": "+wording.OutageHeadline(o), nil)
	p.para(must-1, wording.OutageWhen(o), nil)
	if x := o.Assessment; x != nil {
		p.field(must, "cause", wording.Sentence(x.Text, 300))
		p.field(must, "likelihood", text.Clean(x.Words, 30)+", "+text.Chance(x.Likelihood))
		p.field(must, "confidence", text.Clean(string(x.Confidence), 20)+": how good the evidence is, which is another thing")
		for i, r := range x.Reasons {
			if i == 3 {
				break
			}
			verb := "speaks for "
			if r.Weight < 0 {
				verb = "speaks against "
			}
			p.field(could, first(i, "reasons"), strings.TrimSuffix(wording.Sentence(r.Text, 160), ".")+": "+verb+wording.Cause(r.Cause))
		}
	}
	for _, f := range []struct {
		rank       rank
		name, text string
	}{{should, "waves", waves(o)}, {should, "parts", partsOf(o)}, {could, "places", placesOf(o)}} {
		if f.text != "" {
			p.field(f.rank, f.name, f.text)
		}
	}
	for i, b := range o.Probes {
		if i == 3 {
			p.field(could, "", fmt.Sprintf("and %d more", len(o.Probes)-i))
			break
		}
		p.field(should, first(i, "probes"), fmt.Sprintf("%s from %s: %s", text.Clean(b.Name, 30), text.Clean(b.Vantage, 30), wording.Sentence(b.Text, 160)))
	}
	for i, c := range o.Claims {
		if i == 4 {
			break
		}
		p.field(could, first(i, "said"), fmt.Sprintf("“%s”, %s, %s", text.Clean(c.Text, 80), text.Clean(c.Source, 60), text.Minute(c.Stated)))
	}
}

// first is the name of a list, at its first line alone.
func first(i int, name string) string {
	if i > 0 {
		return ""
	}
	return name
}

func waves(o *model.OutageReport) string {
	count := map[model.Signal]int{}
	peak := 0.0
	unit := ""
	for _, x := range o.Phases {
		count[x.Signal]++
		if x.Signal == model.SignalFlow && x.Peak > peak {
			peak, unit = x.Peak, x.Unit
		}
	}
	parts := []string{}
	for _, s := range []model.Signal{model.SignalReport, model.SignalFlow} {
		if n := count[s]; n > 0 {
			parts = append(parts, text.Number(float64(n), "wave")+" of "+strings.ToLower(wording.Signal(s)))
		}
	}
	if peak > 0 {
		s := text.Count(peak) + " " + text.Clean(unit, 20)
		if unit == "bits/s" {
			s = text.Bits(peak)
		}
		parts[len(parts)-1] += ", up to " + s
	}
	if n := count[model.SignalProbe]; n > 0 {
		parts = append(parts, "probes failed "+text.Number(float64(n), "time"))
	}
	return strings.Join(parts, "; ")
}

func partsOf(o *model.OutageReport) string {
	out := []string{}
	for _, x := range o.Parts {
		if x.Slug != "" && len(out) < 3 {
			s := text.Clean(x.Name, 30) + " " + text.Percent(x.Share) + in(wording.Range(model.Estimate{Low: &x.Low, High: &x.High}))
			if x.Usual > 0 {
				s += ", usually " + text.Percent(x.Usual)
			}
			out = append(out, s)
		}
	}
	return strings.Join(out, "; ")
}

// placesOf names the places that stand out.
func placesOf(o *model.OutageReport) string {
	out := []string{}
	for _, x := range o.Places {
		if x.StandsOut && len(out) < 3 && country.Known(x.Country) {
			out = append(out, fmt.Sprintf("%s %s times its usual share (%s–%s)", country.Name(x.Country), text.Ratio(x.Excess), text.Ratio(x.Low), text.Ratio(x.High)))
		}
	}
	return strings.Join(out, "; ")
}
