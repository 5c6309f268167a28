package page

import (
	"html/template"

	"floodmark/internal/model"
)

// servicePage is a service's page as its template sees it.
type servicePage struct {
	frame
	Name, Slug, Zone string
	Headline         headline
	Trust            string        // how far reports alone can say so, "" where there is nothing to trust
	Cause            template.HTML // whose outage it may be, "" where nothing is said
	CauseTo          string        // path of the service that explains it
	Sure             string        // what brought its incident about, "" where that has not been weighed
	Fraud            template.HTML
	Incident         string // path of the incident, "" for none
	Sustained        bool
	Form             form
	Chart            dayChart
	Values           valuesOf
	Parts            []shareRow
	Unnamed          string
	Places           placesOf
	Probes           probesOf
	Earlier          []pastRow
	Similar          []similarRow
	Notes, Comments  []saying
	Base             string // of addresses to be copied, "" where it is not known
	DependsOn        []choice
}

// valuesOf are the two figures that are never to be mixed.
type valuesOf struct {
	Last15m, Usual, Peak, Total, Effective, Works, Followed, Suppressed, Refused string
	PeakAt, TotalSince                                                           int64
}

// placesOf is where reports come from.
type placesOf struct {
	Map  *worldMap
	Rows []placeRow
	Geo  model.GeoInfo
}

// similarRow is an earlier incident that was like this one.
type similarRow struct {
	ID           string
	From, Lasted int64
	Peak, Score  string
}

// saying is what somebody wrote.
type saying struct {
	By, Text string
	At       int64
}

func (s *Site) newService(l *locale, f frame, v *ServiceView) servicePage {
	n := v.Service
	f.Live, f.Indexed = n.Service.Slug, true
	p := servicePage{frame: f, Name: clean(60, n.Service.Name), Slug: n.Service.Slug, Headline: l.headline(n, f.Now), Base: f.Features.BaseURL}
	c := userReportsOf(n.Incident)
	if in := n.Incident; in != nil {
		p.Incident, p.Sustained = "/i/"+in.ID, c.Sustained
		p.Trust = l.trust(c)
		p.Sure, _ = l.cardCause(n)
		if p.Sure == "" || explained(c) {
			p.Cause, p.CauseTo = l.cause(c.Cause, v.Names)
		}
		p.Similar = similarRows(l, c.Similar)
	}
	if f := n.Fraud; f.Suspected {
		p.Fraud = l.h("forgery.service", l.pct(f.Synchronized), l.pct(f.Brigading))
	}
	p.Form = newForm(l, ReportView{Service: n})
	p.Chart = newChart(l, n.Day, v.Threshold, n.Incident)
	p.Values = dayValues(l, n)
	p.Parts = partRows(l, n.Parts)
	p.Unnamed = l.unnamed(n.Parts)
	p.Places = placesOf{s.newMap(l, n.Places), placeRows(l, n.Places), f.Features.Geo}
	p.Probes = newProbes(l, n.Probes)
	p.Earlier = pastRows(l, v.Earlier, maxEnded)
	for i := range v.Notes {
		if i < maxNotes {
			p.Notes = append(p.Notes, saying{clean(80, v.Notes[i].By), clean(1000, v.Notes[i].Text), v.Notes[i].At})
		}
	}
	for i := range v.Comments {
		if c := &v.Comments[i]; i < 3*maxNotes {
			p.Comments = append(p.Comments, saying{l.land(c.Country), clean(280, c.Text), c.At})
		}
	}
	for i, slug := range n.Service.DependsOn {
		if name := v.Names[slug]; i < maxNotes && name != "" {
			p.DependsOn = append(p.DependsOn, choice{To: "/s/" + slug, Name: clean(60, name)})
		}
	}
	return p
}

// dayValues adds up the day, and of an incident what came since it began.
func dayValues(l *locale, n *model.ServiceNow) valuesOf {
	f := valuesOf{Last15m: l.count(float64(n.Last15m.Problems)), Usual: l.usual(&n.Last15m)}
	var total, works, followed, suppressed, refused uint64
	peak := model.Bucket{}
	for i := range n.Day {
		b := &n.Day[i]
		total, works, followed = total+uint64(b.Problems), works+uint64(b.Works), followed+uint64(b.Followed)
		suppressed, refused = suppressed+uint64(b.Suppressed), refused+uint64(b.Refused)
		if b.Problems > peak.Problems {
			peak = *b
		}
	}
	f.Peak, f.PeakAt, f.Total = l.count(float64(peak.Problems)), peak.At, l.count(float64(total))
	if c := userReportsOf(n.Incident); c.Total > 0 {
		f.Total, f.TotalSince = l.count(float64(c.Total)), begin(n.Incident)
		f.Effective = l.count(c.Effective)
		if c.Peak.Problems > 0 {
			f.Peak, f.PeakAt = l.count(float64(c.Peak.Problems)), c.Peak.At
		}
	}
	f.Works, f.Followed = l.some(works), l.some(followed)
	f.Suppressed, f.Refused = l.some(suppressed), l.some(refused)
	return f
}

// some is "" for none.
func (l *locale) some(n uint64) string {
	if n == 0 {
		return ""
	}
	return l.count(float64(n))
}

func (l *locale) unnamed(parts []model.PartShare) string {
	if named, without := unnamed(parts); without > 0 {
		return l.t("parts.unnamed", l.count(float64(without)), l.count(float64(named+without)))
	}
	return ""
}

// cause says whose outage the reports are about, in the reader's language.
func (l *locale) cause(c model.Cause, names map[string]string) (text template.HTML, to string) {
	name := clean(60, c.Name)
	if name == "" {
		name = clean(60, c.By)
	}
	if names[c.By] != "" && !c.Owner {
		to = "/s/" + c.By
	}
	switch c.Kind {
	case model.CauseOwn:
		return l.h("cause.own"), ""
	case model.CauseElsewhere:
		return l.h("cause.elsewhere", name, l.pct(c.Share), l.pcts(c.Low, c.High)), to
	case model.CauseShared:
		key := "cause.supplier"
		switch {
		case name == "":
			key = "cause.shared"
		case c.Owner:
			key = "cause.owner"
		}
		if name == "" {
			return l.h(key), ""
		}
		return l.h(key, name), to
	case model.CauseUndecided:
		return l.h("cause.undecided"), ""
	}
	return "", ""
}

func similarRows(l *locale, all []model.Similar) (out []similarRow) {
	for i := range all {
		x := &all[i]
		if i == 5 {
			break
		}
		out = append(out, similarRow{x.ID, x.Started, x.Lasted, l.t("past.peak", l.count(x.Peak)), l.pct(x.Score)})
	}
	return out
}
