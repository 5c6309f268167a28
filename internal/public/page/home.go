package page

import (
	"cmp"
	"html/template"
	"slices"
	"strings"

	"floodmark/internal/model"
)

const (
	// maxCards keeps the page under 100 kB: of thousands of services those with
	// something to show come first, and the search finds the others.
	maxCards   = 48
	maxAttacks = 10
	maxEnded   = 12
)

// card is a service on the first page.
type card struct {
	ID                    int
	Slug, Name, Words     string // Words is what the search looks in
	State                 word
	Headline              template.HTML // "" for a calm one
	Values, Peak, Problem string
	Spark                 *spark
	Incident              string
	Cause, Traffic        string // of its incident: what brought it about, and whether traffic says so
}

type homePage struct {
	frame
	Mark, Class string
	Headline    string
	Deck        string
	Cards       []card
	Hot         int // of Cards that have something to show
	Left, Total int // services that are not shown, and all
	Query       string
	Searched    bool
	Common      string // top of the common scale
	Attacks     []attackRow
	Ended       []pastRow
	EndedMore   int
}

type attackRow struct {
	Mark, Word, Class, Severity string
	From, To                    int64
	Text                        string
}

// pastRow is an incident that is over.
type pastRow struct {
	ID, Name     string
	From, Lasted int64
	Peak         string
	False        bool
	Alike        string
	Cause        string // what brought it about, "" where that was never weighed
}

// heat orders services: what a visitor looks for first.
var heat = map[string]int{open: 0, forged: 1, elsewhere: 2, suspected: 3, easing: 4, unknown: 5, calm: 5}

func newHome(l *locale, f frame, v *HomeView) homePage {
	f.Live, f.Indexed = "*", v.Query == ""
	p := homePage{frame: f, Query: clean(60, v.Query), Total: len(v.Services)}
	p.Searched = p.Query != ""
	kinds := make(map[*model.ServiceNow]string, len(v.Services))
	var shown []*model.ServiceNow
	troubled, near := 0, 0
	for _, n := range v.Services {
		k := situation(n)
		kinds[n] = k
		switch k {
		case open, elsewhere:
			troubled++
		case suspected, easing:
			near++
		}
		if !p.Searched || matches(l, n.Service, p.Query) {
			shown = append(shown, n)
		}
	}
	slices.SortStableFunc(shown, func(a, b *model.ServiceNow) int {
		return cmp.Or(cmp.Compare(heat[kinds[a]], heat[kinds[b]]), cmp.Compare(weightOf(b), weightOf(a)))
	})
	p.setHeadline(l, troubled, near)
	p.Left = max(len(shown)-maxCards, 0)
	var sparks []*spark
	for i, n := range shown[:len(shown)-p.Left] {
		c := newCard(l, f, n, kinds[n])
		c.ID = i
		if heat[kinds[n]] < heat[calm] {
			p.Hot++
		}
		p.Cards, sparks = append(p.Cards, c), append(sparks, c.Spark)
	}
	p.Common = l.count(common(sparks))
	p.attacks(l, v.Attacks)
	p.Ended = pastRows(l, v.Ended, maxEnded)
	p.EndedMore = max(len(v.Ended)-maxEnded, 0)
	return p
}

// weightOf orders incidents among themselves, and leaves the others in the
// order of the configuration.
func weightOf(n *model.ServiceNow) float64 {
	if n.State == "" {
		return 0
	}
	return sane(float64(n.Last15m.Effective))
}

func (p *homePage) setHeadline(l *locale, troubled, near int) {
	switch {
	case p.Total == 0:
		p.Mark, p.Class, p.Headline, p.Deck = "◌", "unknown", l.t("home.empty"), l.t("home.empty.deck")
	case troubled > 0:
		p.Mark, p.Class, p.Headline = "■", "open", l.n("home.troubled", float64(troubled))
		p.Deck = l.t("trust.reports.many")
	case near > 0:
		p.Mark, p.Class, p.Headline = "◇", "suspected", l.n("home.near", float64(near))
		p.Deck = l.t("home.near.deck")
	default:
		p.Mark, p.Class, p.Headline = "○", "calm", l.t("home.calm")
		p.Deck = l.n("home.calm.deck", float64(p.Total))
	}
}

func newCard(l *locale, f frame, n *model.ServiceNow, kind string) card {
	s := n.Service
	c := card{Slug: s.Slug, Name: clean(60, s.Name), State: l.word(kind), Spark: newSpark(n.Day), Words: searchWords(l, s)}
	c.Values = l.n("card.now", float64(n.Last15m.Problems))
	if u := l.usual(&n.Last15m); u != "" {
		c.Values += l.t("deck.usual", u)
	}
	if c.Spark != nil {
		c.Peak = l.t("card.peak", l.count(c.Spark.Peak))
	}
	if heat[kind] < heat[calm] {
		c.Headline = l.headline(n, f.Now).Text
		if n.Incident != nil {
			c.Incident = n.Incident.ID
			c.Cause, c.Traffic = l.cardCause(n)
		}
	}
	if n.Top.Slug != "" && n.Top.Reports > 0 && kind != calm {
		c.Problem = l.t("card.top", l.part(n.Top.Slug, n.Top.Name), l.pct(n.Top.Share))
	}
	return c
}

// cardCause says what brought an incident about, and whether its traffic
// confirms it; nothing of a mere suspicion.
func (l *locale) cardCause(n *model.ServiceNow) (what, traffic string) {
	in := n.Incident
	if in.Opened == 0 || in.Assessment == nil || len(in.Assessment.Causes) == 0 {
		return "", ""
	}
	what = upper(l.sure(in)) + "."
	if decided(in.Assessment) {
		what = l.t("card.cause", upper(l.sure(in)), l.closed("confidence.", string(in.Assessment.Confidence)))
	}
	traffic = "none"
	if n.Flows != nil {
		traffic = "no"
	}
	for i := range in.Traffic {
		if p := in.Traffic[i].AttackVerdict; p == model.AttackYes {
			return what, l.t("card.traffic.yes")
		} else if p != model.AttackNo {
			traffic = "undecided"
		} else if traffic == "none" {
			traffic = "no"
		}
	}
	return what, l.t("card.traffic." + traffic)
}

// searchWords is what a search looks in, bounded.
func searchWords(l *locale, s *model.Service) string {
	words := []string{s.Name, s.Slug, s.Category}
	for i, w := range s.Aliases {
		if i < 6 {
			words = append(words, w)
		}
	}
	return clean(160, strings.ToLower(strings.Join(words, " ")))
}

func matches(l *locale, s *model.Service, query string) bool {
	in := searchWords(l, s)
	for _, w := range strings.Fields(strings.ToLower(query)) {
		if !strings.Contains(in, w) {
			return false
		}
	}
	return true
}

func (p *homePage) attacks(l *locale, all []model.PublicAttack) {
	for i := range all {
		a := &all[i]
		if len(p.Attacks) == maxAttacks {
			break
		}
		r := attackRow{Text: clean(200, a.Text), From: a.Started.UnixNano(), Class: "calm", Mark: "○"}
		if !a.Ended.IsZero() {
			r.To = a.Ended.UnixNano()
		}
		if a.Started.IsZero() {
			r.From = 0
		}
		switch a.State {
		case "ongoing":
			r.Mark, r.Class = "■", "warn"
		case "easing":
			r.Mark = "◪"
		}
		r.Word = l.closed("attack.", a.State)
		r.Severity = l.closed("severity.", a.Severity)
		p.Attacks = append(p.Attacks, r)
	}
}

// closed is a word of a closed set, cleaned where it is none of it.
func (l *locale) closed(prefix, s string) string {
	if w, ok := l.strings[prefix+s]; ok {
		return w
	}
	return clean(20, s)
}

func pastRows(l *locale, all []model.Incident, largest int) (out []pastRow) {
	for i := range all {
		in := &all[i]
		if len(out) == largest {
			break
		}
		c := userReportsOf(in)
		r := pastRow{ID: in.ID, Name: clean(60, c.Name), From: begin(in), False: in.FalseAlarm != nil, Peak: l.t("past.peak", l.count(float64(c.Peak.Problems)))}
		if in.Assessment != nil && len(in.Assessment.Causes) > 0 && !r.False {
			r.Cause = l.sure(in)
		}
		if e := end(in); e > 0 && r.From > 0 {
			r.Lasted = e - r.From
		}
		out = append(out, r)
	}
	return out
}
