package page

import (
	"cmp"
	"html/template"
	"slices"

	"floodmark/internal/model"
)

// incidentPage is the story of an incident.
type incidentPage struct {
	frame
	Name, Slug   string // Slug is "" where the service is not there any more
	State        word
	Headline     template.HTML
	From, To     int64
	Lasted       int64
	Trust        string
	False        bool
	Waves        string
	Cause        template.HTML
	CauseTo      string
	Fraud        template.HTML
	Course       courseOf
	Values       valuesOf
	Networks     string
	Parts        []shareRow
	Unnamed      string
	Places       placesOf
	Story        []moment
	StoryLeft    string
	Long         bool // the story fills two columns
	For, Against []template.HTML
	Evidence     template.HTML
	Budget       string
	Similar      []similarRow
	Verdict      *verdictOf
	Attacks      []attackOf
	OtherTraffic []otherTraffic
	AttacksLeft  string // how many are not shown, "" for none
	Claims       []claimOf
	Fixed        []string // what no data of this kind can answer
	Unanswered   []string // what reports cannot
	Missing      []string // what this data cannot, because something is not here
	Report       bool     // there may be an evidence report
	Revision     uint64
	ID           string
}

// moment is one line of the story.
type moment struct {
	At    int64
	What  string
	Text  string
	Class string
}

// maxMoments bounds a story: the first ones and the latest are kept.
const maxMoments = 32

func (s *Site) newIncident(l *locale, f frame, v *IncidentView) incidentPage {
	in, c := &v.Incident, userReportsOf(&v.Incident)
	f.Indexed, f.Extra = true, s.joined
	p := incidentPage{frame: f, Name: clean(60, c.Name), State: l.incidentWord(in), From: begin(in), To: end(in), Trust: l.trust(c), False: in.FalseAlarm != nil,
		Budget: clean(200, c.Budget), Revision: in.Revision, ID: clean(80, in.ID)}
	if v.Service != nil {
		p.Slug = v.Service.Service.Slug
	}
	if in.State != model.Closed {
		p.Live = c.Service
	}
	until := p.To
	if until == 0 {
		until = f.Now.UnixNano()
	}
	p.Lasted = max(until-p.From, 0)
	p.Headline = l.headed(in, p.Name)
	if n := max(in.WaveCount, len(in.Waves)); n > 1 {
		p.Waves = l.n("incident.waves", float64(n))
	}
	if in.Assessment == nil || explained(c) {
		p.Cause, p.CauseTo = l.cause(c.Cause, v.Names)
	}
	if x := c.Fraud; x.Suspected {
		p.Fraud = l.h("forgery.incident", l.pct(x.Synchronized), l.pct(x.Brigading))
	}
	p.Course = newCourse(l, in, v.Service)
	if !p.False { // of a false alarm there is no cause
		p.Verdict = newVerdict(l, in)
	}
	p.Attacks, p.OtherTraffic = newAttacks(l, in.Traffic)
	if left := len(in.Traffic) - len(p.Attacks) - len(p.OtherTraffic); left > 0 {
		p.AttacksLeft = l.count(float64(left))
	}
	p.Claims = newClaims(l, f.Now, in.Claims)
	p.Report = in.Opened != 0
	p.Values = incidentValues(l, c)
	p.Networks = l.some(uint64(max(c.Networks, 0)))
	p.Parts, p.Unnamed = partRows(l, c.Parts), l.unnamed(c.Parts)
	p.Places = placesOf{s.newMap(l, c.Places), placeRows(l, c.Places), f.Features.Geo}
	p.Story, p.StoryLeft = story(l, in, v.Changes)
	p.Long = len(p.Story) > 6
	p.For, p.Against = l.sides(in)
	p.Evidence = l.evidence(c)
	p.Similar = similarRows(l, c.Similar)
	p.unanswered(l, in, v.Service)
	return p
}

// unanswered says what cannot be known at all, what not from this data, and what
// is missing here.
func (p *incidentPage) unanswered(l *locale, in *model.Incident, n *model.ServiceNow) {
	for _, k := range []string{"ran", "ordered", "why", "state"} {
		p.Fixed = append(p.Fixed, l.t("open."+k))
	}
	c := userReportsOf(in)
	watched := n != nil && len(n.Flows) > 0 || len(in.Traffic) > 0
	if !watched {
		p.Missing = append(p.Missing, l.t("open.attack"), l.t("missing.flow"))
	}
	for _, k := range []string{"howmany", "place", "silent"} {
		p.Unanswered = append(p.Unanswered, l.t("open."+k))
	}
	if len(in.Probes) == 0 {
		p.Missing = append(p.Missing, l.t("missing.probe"))
	}
	if c.Total < fewReports {
		p.Missing = append(p.Missing, l.t("missing.few", l.count(float64(c.Total))))
	}
	if !c.Peak.Known {
		p.Missing = append(p.Missing, l.t("missing.usual"))
	}
	for i := range in.Traffic {
		if x := in.Traffic[i].AttackVerdict; x == "" || x == model.AttackUndecided {
			p.Missing = append(p.Missing, l.t("missing.evidence"))
			break
		}
	}
}

// fewReports is below what evidence/cause takes for more than a few people.
const fewReports = 20

// explained tells whether other services' incidents explain the reports.
func explained(c *model.UserReports) bool {
	return c.Cause.Kind == model.CauseElsewhere || c.Cause.Kind == model.CauseShared
}

func stateKey(in *model.Incident) string {
	switch in.State {
	case model.Suspected, model.Open, model.Easing:
		return string(in.State)
	}
	if in.Opened == 0 {
		return "dismissed"
	}
	return "closed"
}

func (l *locale) incidentWord(in *model.Incident) word {
	switch in.State {
	case model.Suspected, model.Open, model.Easing:
		return l.word(string(in.State))
	}
	return l.word("closed")
}

// shapeOf is the course of an incident: the buckets of the day where it lies
// in them, else what the incident remembers itself.
func shapeOf(in *model.Incident, n *model.ServiceNow) []model.Bucket {
	from, to := begin(in)-8*last15m, end(in)
	if n != nil && len(n.Day) > 0 && n.Day[0].At <= begin(in) {
		var out []model.Bucket
		for i := range n.Day {
			if b := &n.Day[i]; b.At >= from && (to == 0 || b.At < to+4*last15m) {
				out = append(out, *b)
			}
		}
		return out
	}
	shape := userReportsOf(in).Shape
	first := begin(in) - begin(in)%last15m
	out := make([]model.Bucket, 0, len(shape))
	peak := userReportsOf(in).Peak
	for i, v := range shape {
		b := model.Bucket{At: first + int64(i)*last15m, Problems: uint32(sane(float64(min(v, 4e9)))), Effective: v, State: model.Open,
			Expected: peak.Expected, Low: peak.Low, High: peak.High, Known: peak.Known}
		if b.At == peak.At {
			b.Problems, b.Effective = peak.Problems, peak.Effective
		}
		out = append(out, b)
	}
	return out
}

func incidentValues(l *locale, c *model.UserReports) valuesOf {
	return valuesOf{Peak: l.count(float64(c.Peak.Problems)), PeakAt: c.Peak.At, Usual: l.usual(&c.Peak), Total: l.count(float64(c.Total)), Effective: l.count(c.Effective),
		Works: l.some(c.Works), Refused: l.some(c.Refused), Followed: l.some(uint64(c.Peak.Followed)), Suppressed: l.some(uint64(c.Peak.Suppressed))}
}

// story is what happened, oldest first; changes of figures alone are left out.
func story(l *locale, in *model.Incident, changes []model.Change) (out []moment, left string) {
	if b := begin(in); b > 0 && b < in.Noticed {
		out = append(out, moment{b, l.t("story.began"), l.t("story.began.text"), "estimate"})
	}
	for i := range changes {
		c := &changes[i]
		what, ok := l.strings["story."+string(c.Type)]
		if !ok {
			continue // figures only, or of the operator alone
		}
		m := moment{At: c.At, What: what, Class: string(c.Type)}
		userReports := userReportsOf(&c.Incident)
		switch c.Type {
		case model.Opened, model.Escalated, model.Resumed, model.Ended:
			m.Text = l.n("story.peak", float64(userReports.Peak.Problems))
			if t := l.timesOf(&userReports.Peak); t != "" {
				m.Text += l.t("story.times", t)
			}
		case model.Changed:
			text, _ := l.cause(userReports.Cause, nil)
			m.Text = l.clearer(userReports)
			if m.Text == "" && text != "" {
				m.Text = l.plainCause(userReports.Cause)
			}
		}
		out = append(out, m)
	}
	out = append(out, signalMoments(l, in)...)
	slices.SortStableFunc(out, func(a, b moment) int { return cmp.Compare(a.At, b.At) })
	if n := len(out); n > maxMoments {
		left = l.t("story.left", l.count(float64(n-maxMoments)))
		out = append(out[:maxMoments/2:maxMoments/2], out[n-maxMoments/2:]...)
	}
	return out, left
}

// signalMoments are the waves of traffic and the failures of probes.
func signalMoments(l *locale, in *model.Incident) (out []moment) {
	for i, p := range flowPhases(in) {
		if i < maxWaves {
			out = append(out, moment{p.Start, l.t("story.flow"), l.t("story.flow.text", itoa(i+1), l.rate(p.Peak, p.Unit)), "flow"})
		}
	}
	for i := range in.Phases {
		if p := &in.Phases[i]; p.Signal == model.SignalProbe && i < 2*maxWaves {
			out = append(out, moment{p.Start, l.t("story.probe"), l.part(p.Part, nameOfPart(in, p.Part)), "probe"})
		}
	}
	return out
}

// clearer names the parts that stand out.
func (l *locale) clearer(c *model.UserReports) string {
	var names []string
	for i := range c.Parts {
		if p := &c.Parts[i]; p.StandsOut && p.Slug != "" && len(names) < 4 {
			names = append(names, l.part(p.Slug, p.Name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return l.t("story.parts", l.list(names))
}

// plainCause is cause as text, for a line of the story.
func (l *locale) plainCause(c model.Cause) string {
	name := clean(60, c.Name)
	switch c.Kind {
	case model.CauseElsewhere:
		return l.t("cause.elsewhere", name, l.pct(c.Share), l.pcts(c.Low, c.High))
	case model.CauseOwn:
		return l.t("cause.own")
	case model.CauseUndecided:
		return l.t("cause.undecided")
	}
	return ""
}
