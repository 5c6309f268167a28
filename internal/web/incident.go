package web

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/chart"
	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// card is one incident in short.
type card struct {
	model.Incident
	Lead      *lead
	Names     []string // vectors as people call them
	Direction string   // in words
	Since     int64
	Until     int64 // 0 while it lasts
	Spark     string
	Part      *card // the service's incident that it is part of, nil for none
}

// lead is the bound that is exceeded most.
type lead struct {
	model.Excess
	Now   float64
	Times string // how many times the bound
	Bound string // what kind of bound it is
	Past  bool   // it is over: the peak is told, not the rate now
}

func newCard(in *model.Incident) card {
	c := card{Incident: *in, Direction: directionWord(in.Direction), Since: in.Started, Lead: newLead(in)}
	if c.Since == 0 {
		c.Since = in.Noticed
	}
	if in.State == model.Closed {
		c.Until = max(in.Ended, in.ClosedAt)
		if in.Ended > 0 {
			c.Until = in.Ended
		}
	}
	for i, v := range in.Vectors {
		if i == 4 {
			c.Names = append(c.Names, fmt.Sprintf("and %d more", len(in.Vectors)-i))
			break
		}
		c.Names = append(c.Names, text.Clean(wording.Vector(v.Value), 60))
	}
	return c
}

// Title is what an incident is called: the service, or the target.
func (c card) Title() string { return titleOf(&c.Incident) }

func titleOf(in *model.Incident) string {
	if in.Target.Kind == model.ServiceTarget && in.UserReports != nil && in.UserReports.Name != "" {
		return text.Clean(in.UserReports.Name, 60)
	}
	return text.Clean(in.Target.String(), 60)
}

// Joined is the vectors in a phrase.
func (c card) Joined() string {
	n := len(c.Names)
	if n < 2 || strings.HasPrefix(c.Names[n-1], "and ") {
		return strings.Join(c.Names, ", ")
	}
	return strings.Join(c.Names[:n-1], ", ") + " and " + c.Names[n-1]
}

// Lasted is how long it has gone on, in ns.
func (c card) Lasted(now time.Time) int64 {
	if c.Until > 0 {
		return max(c.Until-c.Since, 0)
	}
	return max(now.UnixNano()-c.Since, 0)
}

func newLead(in *model.Incident) *lead {
	var best *model.Excess
	weight := func(e *model.Excess) float64 {
		w := e.Peak / math.Max(e.Bound, 1e-9)
		if e.Active {
			w *= 1e6
		}
		return w
	}
	for i := range in.Excesses {
		if e := &in.Excesses[i]; e.Metric < model.Metrics && (best == nil || weight(e) > weight(best)) {
			best = e
		}
	}
	if best == nil {
		return nil
	}
	l := &lead{Excess: *best, Now: in.Rates[best.Metric]}
	value := l.Now
	if in.State == model.Closed || in.State == model.Easing {
		value, l.Past = best.Peak, true
	}
	if best.Bound > 0 && sane(best.Bound) && sane(value) {
		l.Times = times(value / best.Bound)
	}
	l.Bound = "threshold"
	if best.Kind == model.ByBaseline {
		l.Bound = "upper edge of the baseline"
	}
	return l
}

// times writes how many times the bound, with one digit where it matters.
func times(v float64) string {
	if v >= 10 {
		return text.Count(math.Round(v))
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

func round2(v float64) float64 {
	if v >= 10 {
		return math.Round(v)
	}
	return math.Round(v*10) / 10
}

func directionWord(d model.Direction) string {
	switch d {
	case model.In:
		return "inbound"
	case model.Out:
		return "outbound"
	}
	return "passing through"
}

// moment is one line of an incident's story.
type moment struct {
	At         int64
	What, Text string
	Class      string
	Values     string
}

var changeWords = map[model.ChangeType]string{
	model.Noticed: "Detected", model.Opened: "Opened", model.Escalated: "Escalated", model.Changed: "Updated", model.Eased: "Eased",
	model.Resumed: "Further burst", model.Ended: "Closed", model.Dismissed: "Dismissed", model.MergedAway: "Merged",
	model.AcknowledgedNow: "Acknowledged", model.SilencedNow: "Silenced", model.MarkedFalse: "False alarm",
}

// maxMoments bounds a story: the first ones and the latest are kept.
const maxMoments = 60

// story is what happened, oldest first; changes of figures alone are left out.
func story(in *model.Incident, changes []model.NumberedChange) (out []moment, left int) {
	if in.Started > 0 && in.Started < in.Noticed {
		out = append(out, moment{At: in.Started, What: "Started", Text: "Estimated start of the anomaly.", Class: "estimate"})
	}
	for i := range changes {
		c := &changes[i].Change
		what := changeWords[c.Type]
		if what == "" {
			continue // figures only
		}
		m := moment{At: c.At, What: what, Text: wording.Sentence(c.Text, 400), Class: string(c.Type)}
		if l := newLead(&c.Incident); l != nil && l.Now > 0 && (c.Type == model.Opened || c.Type == model.Escalated || c.Type == model.Resumed) {
			m.Values = rate(l.Metric, l.Now) + " then"
		}
		out = append(out, m)
	}
	if n := len(out); n > maxMoments {
		left = n - maxMoments
		out = append(out[:maxMoments/2:maxMoments/2], out[n-maxMoments/2:]...)
	}
	return out, left
}

// incidentChart draws the metric that stands out from before the start to the
// end, or until now.
func (p *pages) incidentChart(ctx context.Context, in *model.Incident, now time.Time) drawing {
	c := newCard(in)
	from, to := c.Since/1e9-120, now.Unix()
	if c.Until > 0 {
		to = min(to, c.Until/1e9+120)
	}
	direction := in.Direction
	if direction == model.Through {
		direction = model.In
	}
	metric, bound := model.Bits, 0.0
	if c.Lead != nil {
		metric = c.Lead.Metric
		if c.Lead.Kind == model.ByThreshold {
			bound = c.Lead.Excess.Bound
		}
	}
	pl := plot{Title: upperFirst(metricWord(metric)) + " per second, " + directionWord(direction), Metric: metric, Bound: bound, Height: 240, From: from, To: to,
		Shades: waveShades(in, now)}
	return p.series(ctx, pl, in.Target, direction)
}

// waveShades are the waves of an incident as parts of a chart.
func waveShades(in *model.Incident, now time.Time) []stretch {
	var out []stretch
	for i, w := range in.Waves {
		end := w.End / 1e9
		if w.End == 0 {
			end = now.Unix()
			if in.Ended > 0 {
				end = in.Ended / 1e9
			}
		}
		label := ""
		if len(in.Waves) > 1 && len(in.Waves) <= 8 {
			label = fmt.Sprintf("burst %d", i+1)
		}
		out = append(out, stretch{w.Start / 1e9, end, label})
	}
	if len(out) == 0 && in.Started > 0 {
		end := now.Unix()
		if in.Ended > 0 {
			end = in.Ended / 1e9
		}
		out = append(out, stretch{in.Started / 1e9, end, ""})
	}
	return out
}

// series fetches the points of a plot, between its From and To with the shortest step that gives at
// most 1,500, and draws it. An error is shown in place of the chart.
func (p *pages) series(ctx context.Context, pl plot, target model.TargetID, d model.Direction) drawing {
	from, to := pl.From, pl.To
	pl.Step = chart.TimeStep(to-from, 1500)
	from = max(from, 0)
	from -= from % pl.Step
	if to <= from {
		to = from + pl.Step
	}
	pl.From, pl.To = from, to
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	points, err := p.back.Series(ctx, api.SeriesQuery{Target: target, Direction: d, From: from, To: to, Step: pl.Step})
	if err != nil {
		c := drawing{Title: pl.Title, Height: 120, Empty: "The stored series cannot be read: " + p.words(err)}
		return c
	}
	pl.Points = points
	return pl.draw()
}

// words are those of an error that are meant for readers.
func (p *pages) words(err error) string {
	if e := asError(err); e != nil {
		return strings.TrimSpace(wording.Sentence(e.Text, 300) + " " + text.Clean(e.Hint, 300))
	}
	p.log.Warn("failed to load data for a page", "error", err)
	return "see the server's log for the reason."
}
