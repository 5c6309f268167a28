package web

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// trafficView is the page of what goes on now, for one target.
type trafficView struct {
	base
	Target    model.TargetID
	Name      string
	Known     bool // it has traffic or is watched
	T         api.TargetNow
	Sampled   bool // figures are estimates from samples
	Keys      []keyRow
	Chart     drawing
	Choice    choice
	Metrics   []choiceLink
	Others    []choiceLink // metrics that are parts
	Rare      bool         // one of them is chosen
	Spans     []choiceLink
	Ways      []choiceLink
	Kinds     []choiceLink
	Top       []topRow
	TopTotal  int
	Inside    bool // of the target alone
	TopTitle  string
	Parts     []breakdown
	NoParts   string
	Exporters []exporterRow
	Hint      hint
}

// choice is what the reader chose, as the address says it.
type choice struct {
	target    model.TargetID
	Metric    model.Metric
	direction model.Direction
	kind      string
	span      string
}

type choiceLink struct {
	Name, To string
	On       bool
}

// hint is what to do where no exporter has been heard.
type hint struct {
	Collectors []string
	Silent     bool
}

var spans = map[string]int64{"15m": 15 * 60, "24h": 24 * 3600}

var kindList = []struct {
	name, title string
	kind        model.TargetKind
}{{"host", "Hosts", model.HostTarget}, {"prefix", "Prefixes", model.PrefixTarget}, {"customer", "Customers", model.CustomerTarget}}

const maxTop = 20

func readChoice(q url.Values) (choice, error) {
	c := choice{target: model.NetworkID(), Metric: model.Bits, kind: "host", span: "15m"}
	if s := q.Get("target"); s != "" {
		t, err := model.ParseTarget(s)
		if err != nil {
			return c, err
		}
		c.target = t
	}
	if s := q.Get("metric"); s != "" {
		m, ok := model.ParseMetric(s)
		if !ok {
			return c, fmt.Errorf("there is no metric %q", text.Clean(s, 40))
		}
		c.Metric = m
	}
	switch q.Get("direction") {
	case "", "in":
	case "out":
		c.direction = model.Out
	default:
		return c, fmt.Errorf("the direction is in or out")
	}
	for _, k := range kindList {
		if q.Get("kind") == k.name {
			c.kind = k.name
		}
	}
	if s := q.Get("span"); spans[s] != 0 {
		c.span = s
	}
	return c, nil
}

// link is the address of the page with one thing chosen differently.
func (c choice) link(change func(*choice)) string {
	change(&c)
	q := url.Values{"target": {c.target.String()}, "metric": {c.Metric.String()}, "direction": {c.direction.String()}, "kind": {c.kind}, "span": {c.span}}
	return "/traffic?" + q.Encode()
}

// Word is the metric in words.
func (c choice) Word() string { return metricWord(c.Metric) }

// Way is the direction in words.
func (c choice) Way() string { return directionWord(c.direction) }

func targetLink(t model.TargetID) string { return "/traffic?target=" + url.QueryEscape(t.String()) }

func (p *pages) traffic(w http.ResponseWriter, r *http.Request) {
	c, err := readChoice(r.URL.Query())
	if err != nil {
		p.message(w, r, http.StatusUnprocessableEntity, notice{"Invalid request", wording.Sentence(err.Error(), 300), "Choose a target under Traffic."})
		return
	}
	name := targetName(c.target)
	v := trafficView{base: p.base(r, "Traffic of "+name, "traffic"), Target: c.target, Name: name, Choice: c}
	v.Refresh = 5
	if c.span == "24h" {
		v.Refresh = 60
	}
	v.T, v.Known = p.back.Target(c.target)
	exporters := p.back.Exporters()
	v.Exporters = exporterRows(exporters, v.Now)
	v.Sampled = sampled(exporters)
	v.Hint = p.hint(exporters)
	v.links(c)
	v.keys()
	var all sync.WaitGroup // what is stored is asked for while the rest is looked up
	all.Go(func() { v.Chart = p.trafficChart(r, c, &v.T, v.Now.Unix()) })
	all.Go(func() { v.Parts, v.NoParts = p.breakdowns(r, c) })
	v.top(p, c)
	all.Wait()
	p.show(w, http.StatusOK, "traffic", v)
}

func targetName(t model.TargetID) string {
	switch t.Kind {
	case model.NetworkTarget:
		return "all monitored networks"
	case model.CustomerTarget:
		return text.Clean(t.Name, 60)
	}
	return t.String()
}

// sampled reports that figures are estimates: an exporter tells of one packet
// in so many.
func sampled(list []model.ExporterStatus) bool {
	for i := range list {
		for _, s := range list[i].Rates {
			if s.Rate > 1 {
				return true
			}
		}
	}
	return false
}

func (p *pages) hint(list []model.ExporterStatus) hint {
	h := hint{Collectors: p.collectors, Silent: true}
	for i := range list {
		if list[i].LastSeen > 0 {
			h.Silent = false
		}
	}
	return h
}

func (v *trafficView) links(c choice) {
	add := func(list *[]choiceLink, m model.Metric) {
		*list = append(*list, choiceLink{upperFirst(metricWord(m)), c.link(func(x *choice) { x.Metric = m }), c.Metric == m})
	}
	for _, m := range []model.Metric{model.Bits, model.Packets, model.Flows} {
		add(&v.Metrics, m)
	}
	for m := model.Flows + 1; m < model.Metrics; m++ {
		add(&v.Others, m)
		v.Rare = v.Rare || c.Metric == m
	}
	v.Spans = []choiceLink{{"15 min", c.link(func(x *choice) { x.span = "15m" }), c.span == "15m"}, {"24 h", c.link(func(x *choice) { x.span = "24h" }), c.span == "24h"}}
	v.Ways = []choiceLink{{"Inbound", c.link(func(x *choice) { x.direction = model.In }), c.direction == model.In},
		{"Outbound", c.link(func(x *choice) { x.direction = model.Out }), c.direction == model.Out}}
	for _, k := range kindList {
		v.Kinds = append(v.Kinds, choiceLink{k.title, c.link(func(x *choice) { x.kind = k.name }) + "#top", c.kind == k.name})
	}
}

// keyRow is one metric now, both ways.
type keyRow struct {
	Name    string
	In, Out keyValue
}

type keyValue struct {
	Value, Detail string
	Over          bool
}

func (v *trafficView) keys() {
	for _, m := range []model.Metric{model.Bits, model.Packets, model.Flows} {
		v.Keys = append(v.Keys, keyRow{upperFirst(metricWord(m)), v.key(m, &v.T.In), v.key(m, &v.T.Out)})
	}
}

func (v *trafficView) key(m model.Metric, t *api.TrafficNow) keyValue {
	k := keyValue{Value: brief(m, t.Rates[m]), Over: bound(t, m) > 0 && t.Rates[m] > bound(t, m)}
	var d []string
	switch {
	case m == model.Bits && t.Known:
		d = append(d, "baseline "+text.Bits(t.Low)+" to "+text.Bits(t.High))
	case m == model.Bits:
		d = append(d, "no baseline yet")
	}
	if bound(t, m) > 0 {
		word := "threshold "
		if k.Over {
			word = "above the threshold of "
		}
		d = append(d, word+brief(m, t.Bounds[m]))
	}
	if m == model.Packets && v.Sampled {
		d = append(d, sampleError(t.Samples))
	}
	k.Detail = strings.Join(d, " · ")
	return k
}

// sampleError tells how far a rate from so many independent samples may be off
// in 95 of 100 cases: 1.96 over their root (normal form of a Poisson count).
func sampleError(n float64) string {
	switch {
	case !(n > 0):
		return "estimated from samples"
	case n < 10:
		return fmt.Sprintf("from only %s samples", text.Count(round2(n)))
	}
	return fmt.Sprintf("± %s, from %s samples", text.Percent(1.96/math.Sqrt(n)), text.Count(tidy(n)))
}

func (p *pages) trafficChart(r *http.Request, c choice, t *api.TargetNow, now int64) drawing {
	way := &t.In
	if c.direction == model.Out {
		way = &t.Out
	}
	title := upperFirst(metricWord(c.Metric)) + " per second, " + directionWord(c.direction)
	pl := plot{Title: title, Metric: c.Metric, Bound: bound(way, c.Metric), Now: way, Height: 264, From: now - spans[c.span], To: now}
	for _, in := range p.back.Incidents(api.IncidentFilter{Target: &c.target, Direction: &c.direction, Since: (now - spans[c.span]) * 1e9, Limit: 8}) {
		if in.Target == c.target || c.target.Kind != model.NetworkTarget {
			pl.Shades = append(pl.Shades, waveShades(&in, time.Unix(now, 0))...)
		}
	}
	return p.series(r.Context(), pl, c.target, c.direction)
}

// topRow is one target of the ranking.
type topRow struct {
	Name, To, Customer    string
	Value, Bound, Of      string
	Share, ShareAt        float64
	Over, Untrusted       bool
	Bits, Packets, Normal string
	Incidents             []string
}

func (v *trafficView) top(p *pages, c choice) {
	q := api.TargetQuery{Metric: c.Metric, Direction: c.direction, Limit: maxTop}
	for _, k := range kindList {
		if k.name == c.kind {
			q.Kinds = []model.TargetKind{k.kind}
			v.TopTitle = k.title
		}
	}
	if c.target.Kind == model.PrefixTarget || c.target.Kind == model.CustomerTarget {
		q.Within, v.Inside = &c.target, true
	}
	found, total := p.back.Targets(q)
	v.TopTotal = total
	top := 0.0
	for i := range found {
		top = max(top, direction(&found[i], c.direction).Rates[c.Metric])
	}
	for i := range found {
		t := &found[i]
		way := direction(t, c.direction)
		now, limit := way.Rates[c.Metric], bound(way, c.Metric)
		row := topRow{Name: targetName(t.Target), To: c.link(func(x *choice) { x.target = t.Target }), Customer: text.Clean(t.Customer, 60),
			Value: brief(c.Metric, now), Untrusted: t.Untrusted, Incidents: t.Incidents}
		if c.Metric != model.Bits { // what the first column does not say already
			row.Bits = text.Bits(way.Rates[model.Bits])
		}
		if c.Metric != model.Packets {
			row.Packets = brief(model.Packets, way.Rates[model.Packets])
		}
		scale := top
		if limit > 0 {
			row.Bound, row.Over = brief(c.Metric, limit), now > limit
			row.Of = strconv.FormatFloat(round2(100*now/limit), 'f', -1, 64) + " %"
			if limit < 4*top {
				row.ShareAt = limit
				scale = max(top, limit)
			}
		}
		if scale > 0 {
			row.Share, row.ShareAt = now/scale/1.02, row.ShareAt/scale/1.02
		}
		if way.Known {
			row.Normal = text.Bits(way.Low) + " – " + text.Bits(way.High)
		}
		v.Top = append(v.Top, row)
	}
}

func direction(t *api.TargetNow, d model.Direction) *api.TrafficNow {
	if d == model.Out {
		return &t.Out
	}
	return &t.In
}

// bound is the threshold of a metric, 0 for none: one that is infinite is none.
func bound(t *api.TrafficNow, m model.Metric) float64 {
	if b := t.Bounds[m]; sane(b) {
		return b
	}
	return 0
}
