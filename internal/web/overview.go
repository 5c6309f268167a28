package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// overviewView is the first page: what is going on now.
type overviewView struct {
	base
	Headline  string
	Normal    bool
	Cards     []card
	More      int
	Infos     []model.Condition
	Network   api.TargetNow
	Seen      bool // the network has had traffic
	Charts    []drawing
	Heavy     []heavy
	Past      []card
	Hint      hint
	Reporting int // exporters
}

// heavy is one of the heaviest targets.
type heavy struct{ Name, To, Value, Packets string }

const (
	maxCards = 12
	maxPast  = 6
	maxHeavy = 6
)

func (p *pages) overview(w http.ResponseWriter, r *http.Request) {
	v := overviewView{base: p.base(r, "Overview", "overview")}
	v.Refresh = 5
	states := []model.State{model.Suspected, model.Open, model.Easing}
	since := v.Now.Add(-24 * time.Hour).UnixNano()
	services, of := p.wholes(since)
	found := gather(live(services), p.back.Incidents(api.IncidentFilter{States: states, Traffic: true, Limit: api.MaxPage}), of)
	v.headline(apart(found, of))
	for i := range found[:min(len(found), maxCards)] {
		c := newCard(&found[i])
		c.Part = of[c.ID]
		c.Spark = p.spark(r.Context(), &found[i], v.Now)
		v.Cards = append(v.Cards, c)
	}
	v.More = max(len(found)-maxCards, 0)
	for _, c := range p.back.Conditions() {
		if c.Severity == model.Info {
			v.Infos = append(v.Infos, c)
		}
	}
	past := p.back.Incidents(api.IncidentFilter{States: []model.State{model.Closed}, Since: since, OpenedOnly: true, Limit: maxPast})
	for i := range past {
		c := newCard(&past[i])
		c.Part = of[c.ID]
		v.Past = append(v.Past, c)
	}
	exporters := p.back.Exporters()
	v.Hint, v.Reporting = p.hint(exporters), len(exporters)
	if v.Normal && v.Hint.Silent {
		v.Headline = "No data yet"
	}
	v.Network, v.Seen = p.back.Target(model.NetworkID())
	now := v.Now.Unix()
	for _, d := range []model.Direction{model.In, model.Out} {
		way := direction(&v.Network, d)
		pl := plot{Title: "Bits per second, " + directionWord(d), Metric: model.Bits, Height: 160, Bound: bound(way, model.Bits), Now: way, From: now - 3600, To: now}
		v.Charts = append(v.Charts, p.series(r.Context(), pl, model.NetworkID(), d))
	}
	hosts, _ := p.back.Targets(api.TargetQuery{Metric: model.Bits, Direction: model.In, Kinds: []model.TargetKind{model.HostTarget}, Limit: maxHeavy})
	for i := range hosts {
		t := &hosts[i]
		v.Heavy = append(v.Heavy, heavy{targetName(t.Target), targetLink(t.Target), text.Bits(t.In.Rates[model.Bits]), brief(model.Packets, t.In.Rates[model.Packets])})
	}
	p.show(w, http.StatusOK, "overview", v)
}

// headline is the state of everything in a sentence.
func (v *overviewView) headline(found []model.Incident) {
	open, suspected, critical := 0, 0, 0
	for i := range found {
		switch found[i].State {
		case model.Suspected:
			suspected++
		default:
			open++
			if found[i].Severity == model.Critical {
				critical++
			}
		}
	}
	switch {
	case open == 0 && suspected == 0:
		v.Headline, v.Normal = "No threshold is exceeded", true
	case open == 0 && suspected == 1:
		v.Headline = "One suspected incident"
	case open == 0:
		v.Headline = fmt.Sprintf("%d suspected incidents", suspected)
	case open == 1:
		v.Headline = "One open incident"
	default:
		v.Headline = fmt.Sprintf("%d open incidents", open)
	}
	switch {
	case critical > 0 && critical == open && open == 1:
		v.Headline += ", critical"
	case critical > 0:
		v.Headline += fmt.Sprintf(", %d of them critical", critical)
	}
}

// order puts the worst first: opened before suspected, then by severity.
func order(list []model.Incident) {
	weight := func(in *model.Incident) int {
		w := map[model.Severity]int{model.Critical: 3, model.Warning: 2, model.Info: 1}[in.Severity]
		return w + map[model.State]int{model.Open: 20, model.Easing: 10}[in.State]
	}
	sortStable(list, func(a, b *model.Incident) int { return weight(b) - weight(a) })
}

// spark is the line of an incident's metric over the last 15 minutes.
func (p *pages) spark(ctx context.Context, in *model.Incident, now time.Time) string {
	l := newLead(in)
	if l == nil {
		return ""
	}
	d := in.Direction
	if d == model.Through {
		d = model.In
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	pl := plot{Metric: l.Metric, From: now.Unix() - 900, To: now.Unix(), Step: 5}
	pl.From -= pl.From % pl.Step
	points, err := p.back.Series(ctx, api.SeriesQuery{Target: in.Target, Direction: d, From: pl.From, To: pl.To, Step: pl.Step})
	if err != nil {
		return ""
	}
	pl.Points = points
	return pl.draw().Line
}
