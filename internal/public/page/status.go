package page

import (
	"html/template"
	"regexp"
	"time"

	"floodmark/internal/model"
)

// word is a state with the mark and the class that it is shown with, so that
// colour alone never tells it.
type word struct{ Mark, Word, Class string }

// The kinds of situation that a page tells apart.
const (
	calm      = "calm"
	unknown   = "unknown"
	suspected = "suspected"
	open      = "open"
	elsewhere = "elsewhere" // open, and mostly explained by another service
	easing    = "easing"
	forged    = "forged" // no incident: the reports look made up
)

var marks = map[string]string{calm: "○", unknown: "?", suspected: "◇", open: "■", elsewhere: "◩", easing: "◪", forged: "▨", "closed": "○"}

// situation tells what is the matter with a service.
func situation(n *model.ServiceNow) string {
	userReports := userReportsOf(n.Incident)
	switch {
	case n.Fraud.Suspected && (n.State == "" || n.State == model.Suspected || n.State == model.Closed):
		return forged
	case n.State == model.Open && userReports.Cause.Kind == model.CauseElsewhere:
		return elsewhere
	case n.State == model.Open:
		return open
	case n.State == model.Easing:
		return easing
	case n.State == model.Suspected:
		return suspected
	case n.Why != "" || !n.Last15m.Known:
		return unknown
	}
	return calm
}

// userReportsOf never gives nil: an incident may be missing, and its crowd.
func userReportsOf(in *model.Incident) *model.UserReports {
	if in == nil || in.UserReports == nil {
		return &model.UserReports{}
	}
	return in.UserReports
}

func (l *locale) word(kind string) word { return word{marks[kind], l.t("state." + kind), kind} }

// headline is the one sentence that a visitor came for, and what stands under it.
type headline struct {
	word
	Text template.HTML
	Deck []template.HTML
}

// timesOf is how many times the usual the reports of the last 15 minutes are,
// "" where that says nothing: the usual is too small, or there are few more.
func (l *locale) timesOf(b *model.Bucket) string {
	if !b.Known || b.Expected < 1 || b.Effective < 1.5*b.Expected {
		return ""
	}
	return l.few(float64(b.Effective / b.Expected))
}

// usual says what is normal in 15 minutes.
func (l *locale) usual(b *model.Bucket) string {
	if !b.Known {
		return ""
	}
	if b.Low < 0.5 {
		return l.t("usual.atmost", l.count(float64(b.High)))
	}
	return l.t("usual.between", l.count(float64(b.Low)), l.count(float64(b.High)))
}

func (l *locale) headline(n *model.ServiceNow, now time.Time) headline {
	kind, q := situation(n), &n.Last15m
	name := clean(60, n.Service.Name)
	h := headline{word: l.word(kind)}
	since := template.HTML("")
	if n.Incident != nil {
		since = l.when(now, begin(n.Incident))
	}
	switch kind {
	case open, elsewhere:
		h.Text = l.openText(n, name, since)
	case easing:
		h.Text = l.h("head.easing", name)
		if n.Incident.Ended != 0 {
			h.Text = l.h("head.easing.since", name, l.when(now, n.Incident.Ended))
		}
	default:
		h.Text = l.h("head."+kind, name)
	}
	reports := l.n("deck.quarter", float64(q.Problems))
	if u := l.usual(q); u != "" {
		reports += l.t("deck.usual", u)
	}
	h.Deck = append(h.Deck, esc(reports+"."))
	if kind == unknown {
		h.Deck = append(h.Deck, esc(l.why(n.Why)))
	}
	if n.Top.Slug != "" && kind != calm && n.Top.Reports > 0 {
		h.Deck = append(h.Deck, l.h("deck.top", l.part(n.Top.Slug, n.Top.Name), l.pct(n.Top.Share)))
	}
	return h
}

// openText is the sentence of an incident that is open.
func (l *locale) openText(n *model.ServiceNow, name string, since template.HTML) template.HTML {
	times := l.timesOf(&n.Last15m)
	by := ""
	if c := userReportsOf(n.Incident).Cause; c.Kind == model.CauseElsewhere {
		by = clean(60, c.Name)
		if by == "" {
			by = clean(60, c.By)
		}
	}
	switch {
	case by != "":
		return l.h("head.elsewhere", name, by)
	case since == "":
		return l.h("head.open.plain", name)
	case times == "":
		return l.h("head.open.since", name, since)
	}
	return l.h("head.open.times", name, times, since)
}

// trust says how far reports alone can say so.
func (l *locale) trust(c *model.UserReports) string {
	if c.Confirmed {
		return l.t("trust.confirmed")
	}
	return l.t("trust.reports")
}

// begin is when an incident began, as well as it is known.
func begin(in *model.Incident) int64 {
	for _, t := range []int64{in.Started, in.Noticed, in.Opened} {
		if t > 0 {
			return t
		}
	}
	return 0
}

// end is when it ended, 0 while it lasts.
func end(in *model.Incident) int64 {
	if in.State != model.Closed && in.State != model.Easing {
		return 0
	}
	if in.Ended > 0 {
		return in.Ended
	}
	return in.ClosedAt
}

func esc(s string) template.HTML { return template.HTML(template.HTMLEscapeString(s)) }

// history finds the days in the reason why nothing is known of what is normal.
var history = regexp.MustCompile(`\b(\d{1,4}) of (\d{1,4}) days\b`)

// why says in the reader's language why nothing is known of what is normal.
// What it cannot translate is left out: the sentence before it says enough.
func (l *locale) why(reason string) string {
	if m := history.FindStringSubmatch(reason); m != nil {
		return l.t("why.days", m[1], m[2])
	}
	return l.t("why.other")
}
