package alert

import (
	"math"
	"time"

	"floodmark/internal/model"
)

// Crowd is what people report of a service, as messages tell of it. Counts of 15
// minutes and running totals have fields of their own and are never mixed.
type Crowd struct {
	Service   string         `json:"service"` // slug
	Name      string         `json:"name"`
	Peak      CrowdBucket    `json:"peak"`      // the 15 minutes with the most problems
	Total     uint64         `json:"total"`     // problems since it began
	Effective float64        `json:"effective"` // the same, with what looks made up discounted
	Works     uint64         `json:"works"`     // "works for me" since it began
	Refused   uint64         `json:"refused"`   // not taken: the server was full
	Networks  int            `json:"networks"`  // distinct networks of reporters
	Evidence  float64        `json:"evidence"`  // log10 of the e-value now
	Strongest float64        `json:"strongest"` // the highest so far
	Limit     float64        `json:"limit"`     // log10 of what the promise asks for
	Promise   string         `json:"promise"`
	Sustained bool           `json:"sustained"` // open for an hour or longer
	Confirmed bool           `json:"confirmed"` // another kind of signal says so too
	Parts     []CrowdPart    `json:"parts"`     // by share, at most 10
	Places    []CrowdPlace   `json:"places"`    // by excess, at most 10
	Cause     CrowdCause     `json:"cause"`
	Forgery   CrowdForgery   `json:"forgery"`
	Similar   []CrowdEarlier `json:"similar"` // earlier incidents of the service
}

// CrowdBucket is the counts of 15 minutes.
type CrowdBucket struct {
	At        string     `json:"at"`
	Problems  uint32     `json:"problems"`
	Effective float64    `json:"effective"`
	Works     uint32     `json:"works"`
	Normal    *CrowdBand `json:"normal,omitempty"` // of effective; absent while it is not known
}

// CrowdBand is what is normal in 15 minutes.
type CrowdBand struct {
	Expected float64 `json:"expected"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
}

// CrowdPart is a component's share, from 0 to 1 with its 95 % interval, of the
// reports that name one.
type CrowdPart struct {
	Slug      string  `json:"slug"`
	Name      string  `json:"name"`
	Reports   uint64  `json:"reports"`
	Share     float64 `json:"share"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	Usual     float64 `json:"usual"`
	StandsOut bool    `json:"stands_out"`
}

// CrowdPlace is a place's reports against its usual share, with the 95 %
// interval. Country is "" for the rest, merged.
type CrowdPlace struct {
	Country   string  `json:"country"`
	Region    string  `json:"region,omitempty"`
	Reports   uint64  `json:"reports"`
	Excess    float64 `json:"excess"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`
	StandsOut bool    `json:"stands_out"`
}

// CrowdCause tells whose outage the reports may be about.
type CrowdCause struct {
	Kind  model.CauseKind `json:"kind,omitempty"`
	By    string          `json:"by,omitempty"`
	Name  string          `json:"name,omitempty"`
	Share float64         `json:"share"` // of the excess, with its 95 % interval
	Low   float64         `json:"low"`
	High  float64         `json:"high"`
	Text  string          `json:"text,omitempty"`
}

// CrowdForgery tells whether reports look made up.
type CrowdForgery struct {
	Lockstep  float64 `json:"lockstep"`
	Brigade   float64 `json:"brigade"`
	Suspected bool    `json:"suspected"`
	Text      string  `json:"text,omitempty"`
}

// CrowdEarlier is an earlier incident that looked alike.
type CrowdEarlier struct {
	ID      string  `json:"id"`
	Score   float64 `json:"score"`
	Started string  `json:"started"`
	Lasted  float64 `json:"lasted"` // seconds
	Peak    float64 `json:"peak"`   // problems in its highest 15 minutes
	Text    string  `json:"text"`
}

// crowdOf writes what people report for messages; nil for traffic.
func crowdOf(c *model.Crowd) *Crowd {
	if c == nil {
		return nil
	}
	out := &Crowd{Service: c.Service, Name: c.Name, Total: c.Total, Effective: finite(c.Effective), Works: c.Works, Refused: c.Refused, Networks: c.Networks,
		Evidence: finite(c.Evidence), Strongest: finite(c.Strongest), Limit: finite(c.Limit), Promise: c.Promise, Sustained: c.Sustained, Confirmed: c.Confirmed,
		Peak:  CrowdBucket{At: stamp(c.Peak.At), Problems: c.Peak.Problems, Effective: finite(float64(c.Peak.Effective)), Works: c.Peak.Works},
		Parts: []CrowdPart{}, Places: []CrowdPlace{}, Similar: []CrowdEarlier{},
		Cause:   CrowdCause{c.Cause.Kind, c.Cause.By, c.Cause.Name, finite(c.Cause.Share), finite(c.Cause.Low), finite(c.Cause.High), c.Cause.Text},
		Forgery: CrowdForgery{finite(c.Forgery.Lockstep), finite(c.Forgery.Brigade), c.Forgery.Suspected, c.Forgery.Text}}
	if p := &c.Peak; p.Known {
		out.Peak.Normal = &CrowdBand{finite(float64(p.Expected)), finite(float64(p.Low)), finite(float64(p.High))}
	}
	for _, p := range c.Parts[:min(len(c.Parts), 10)] {
		out.Parts = append(out.Parts, CrowdPart{p.Slug, p.Name, p.Reports, finite(p.Share), finite(p.Low), finite(p.High), finite(p.Usual), p.StandsOut})
	}
	for _, p := range c.Places[:min(len(c.Places), 10)] {
		out.Places = append(out.Places, CrowdPlace{p.Country, p.Region, p.Reports, finite(p.Excess), finite(p.Low), finite(p.High), p.StandsOut})
	}
	for _, s := range c.Similar[:min(len(c.Similar), 3)] {
		out.Similar = append(out.Similar, CrowdEarlier{s.ID, finite(s.Score), stamp(s.Started), time.Duration(s.Lasted).Seconds(), finite(s.Peak), s.Text})
	}
	return out
}

// finite makes 0 of what JSON has no number for.
func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}
