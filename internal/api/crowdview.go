package api

import (
	"time"

	"floodmark/internal/model"
)

// CrowdView is what reports of people tell of an incident of a service.
type CrowdView struct {
	Service   string         `json:"service" doc:"Its slug"`
	Name      string         `json:"name" doc:"Its name"`
	Evidence  float64        `json:"evidence" doc:"log10 of the e-value now"`
	Strongest float64        `json:"strongest" doc:"The highest so far"`
	Limit     float64        `json:"limit" doc:"log10 of what the promise asks for"`
	Promise   string         `json:"promise" doc:"In words"`
	Peak      CrowdBucket    `json:"peak" doc:"The 15 minutes with the most problems"`
	Total     uint64         `json:"total" doc:"Problems since it began, a running total: not to be mixed with peak"`
	Effective float64        `json:"effective" doc:"The same, with what looks made up discounted"`
	Works     uint64         `json:"works" doc:"Reports that it works"`
	Refused   uint64         `json:"refused" doc:"Reports that were not taken: the server was full"`
	Networks  int            `json:"networks" doc:"Distinct networks of its reporters"`
	Sustained bool           `json:"sustained" doc:"Open for an hour or longer"`
	Confirmed bool           `json:"confirmed" doc:"Another kind of signal says so too; false is reports only"`
	Parts     []CrowdPart    `json:"parts" doc:"By share"`
	Places    []CrowdPlace   `json:"places" doc:"By excess, bounded"`
	Cause     CrowdCause     `json:"cause" doc:"What other services' incidents say of this one"`
	Forgery   CrowdForgery   `json:"forgery" doc:"How much the reports look made by few hands"`
	Similar   []CrowdEarlier `json:"similar" doc:"Earlier incidents of the same service that looked alike"`
	Shape     []float64      `json:"shape" doc:"Effective problems in 15 minutes each, from its beginning, bounded"`
}

// CrowdBucket is the counts of 15 minutes.
type CrowdBucket struct {
	At        *time.Time `json:"at" doc:"Its beginning"`
	Problems  uint32     `json:"problems" doc:"Reports of problems, one a person"`
	Effective float64    `json:"effective" doc:"The same, with what looks made up discounted"`
	Works     uint32     `json:"works" doc:"Reports that it works"`
	Followed  uint32     `json:"followed" doc:"Of problems: came after our alert or from a link elsewhere"`
	Withheld  uint32     `json:"withheld" doc:"Taken and not counted: over a limit"`
	Refused   uint32     `json:"refused" doc:"Not taken: the server was full"`
	Normal    *CrowdBand `json:"normal,omitempty" doc:"Of effective; absent where that was not known yet"`
}

// CrowdBand is what is normal in 15 minutes.
type CrowdBand struct {
	Expected float64 `json:"expected" doc:"Mean"`
	Low      float64 `json:"low" doc:"Lower edge"`
	High     float64 `json:"high" doc:"Upper edge"`
}

// CrowdPart is a component's share of the problems.
type CrowdPart struct {
	Slug      string  `json:"slug" doc:"Of the component; empty for reports that name none"`
	Name      string  `json:"name" doc:"Its name"`
	Reports   uint64  `json:"reports" doc:"Reports that name it"`
	Share     float64 `json:"share" doc:"Of the reports that name a component"`
	Low       float64 `json:"low" doc:"Lower end of its 95 % interval"`
	High      float64 `json:"high" doc:"Upper end"`
	Usual     float64 `json:"usual" doc:"Share on ordinary days"`
	Evidence  float64 `json:"evidence" doc:"log10 of the e-value that its share is above the usual one"`
	StandsOut bool    `json:"stands_out" doc:"Its share is above the usual one for certain"`
}

// CrowdPlace is a place's reports beside what its usual share lets expect.
type CrowdPlace struct {
	Country   string  `json:"country" doc:"ISO 3166-1 alpha-2; empty for the rest, merged"`
	Region    string  `json:"region,omitempty" doc:"ISO 3166-2 subdivision without its country"`
	Reports   uint64  `json:"reports" doc:"Reports from there"`
	Effective float64 `json:"effective" doc:"The same, with what looks made up discounted"`
	Expected  float64 `json:"expected" doc:"Effective, had everybody their usual share"`
	Excess    float64 `json:"excess" doc:"Effective by expected"`
	Low       float64 `json:"low" doc:"Lower end of its 95 % interval"`
	High      float64 `json:"high" doc:"Upper end"`
	Evidence  float64 `json:"evidence" doc:"log10 of the e-value that its share is above the usual one"`
	StandsOut bool    `json:"stands_out" doc:"Its share is above the usual one for certain"`
}

// CrowdCause tells whose outage the reports may be about.
type CrowdCause struct {
	Kind  string  `json:"kind,omitempty" doc:"own, elsewhere, shared or undecided; absent until it was looked for"`
	By    string  `json:"by,omitempty" doc:"Slug of the explaining service or supplier, or the owner's name"`
	Name  string  `json:"name,omitempty" doc:"Of by, for people"`
	Owner bool    `json:"owner,omitempty" doc:"by is an owner"`
	Share float64 `json:"share" doc:"Of the excess that it explains"`
	Low   float64 `json:"low" doc:"Lower end of its 95 % interval"`
	High  float64 `json:"high" doc:"Upper end"`
	Text  string  `json:"text,omitempty" doc:"One sentence"`
}

// CrowdForgery is how much reports look made up.
type CrowdForgery struct {
	Lockstep  float64 `json:"lockstep" doc:"0 to 1: how alike and how evenly spaced they are"`
	Brigade   float64 `json:"brigade" doc:"0 to 1: how much they follow one link, or come from networks that never report"`
	Suspected bool    `json:"suspected" doc:"It looks so"`
	Text      string  `json:"text,omitempty" doc:"One sentence"`
}

// CrowdEarlier is an earlier incident that looked alike.
type CrowdEarlier struct {
	ID      string     `json:"id" doc:"Its name"`
	Score   float64    `json:"score" doc:"0 to 1"`
	Started *time.Time `json:"started" doc:"When it began"`
	Lasted  float64    `json:"lasted_seconds" doc:"How long"`
	Peak    float64    `json:"peak" doc:"Problems in its highest 15 minutes"`
	Text    string     `json:"text" doc:"What is alike"`
}

// viewCrowd is the API's form of what reports tell; nil for traffic.
func viewCrowd(c *model.Crowd) *CrowdView {
	if c == nil {
		return nil
	}
	out := &CrowdView{Service: c.Service, Name: c.Name, Evidence: finite(c.Evidence), Strongest: finite(c.Strongest), Limit: finite(c.Limit), Promise: c.Promise,
		Peak: viewBucket(&c.Peak), Total: c.Total, Effective: finite(c.Effective), Works: c.Works, Refused: c.Refused, Networks: c.Networks,
		Sustained: c.Sustained, Confirmed: c.Confirmed, Parts: make([]CrowdPart, 0, len(c.Parts)), Places: make([]CrowdPlace, 0, len(c.Places)),
		Cause:   CrowdCause{string(c.Cause.Kind), c.Cause.By, c.Cause.Name, c.Cause.Owner, finite(c.Cause.Share), finite(c.Cause.Low), finite(c.Cause.High), c.Cause.Text},
		Forgery: CrowdForgery{finite(c.Forgery.Lockstep), finite(c.Forgery.Brigade), c.Forgery.Suspected, c.Forgery.Text},
		Similar: make([]CrowdEarlier, 0, len(c.Similar)), Shape: make([]float64, 0, len(c.Shape))}
	for _, p := range c.Parts {
		out.Parts = append(out.Parts, CrowdPart{p.Slug, p.Name, p.Reports, finite(p.Share), finite(p.Low), finite(p.High), finite(p.Usual), finite(p.Evidence), p.StandsOut})
	}
	for _, p := range c.Places {
		out.Places = append(out.Places, CrowdPlace{p.Country, p.Region, p.Reports, finite(p.Effective), finite(p.Expected), finite(p.Excess), finite(p.Low), finite(p.High), finite(p.Evidence), p.StandsOut})
	}
	for _, s := range c.Similar {
		out.Similar = append(out.Similar, CrowdEarlier{s.ID, finite(s.Score), at(s.Started), time.Duration(s.Lasted).Seconds(), finite(s.Peak), s.Text})
	}
	for _, v := range c.Shape {
		out.Shape = append(out.Shape, finite(float64(v)))
	}
	return out
}

func viewBucket(b *model.Bucket) CrowdBucket {
	out := CrowdBucket{At: at(b.At), Problems: b.Problems, Effective: finite(float64(b.Effective)), Works: b.Works, Followed: b.Followed, Withheld: b.Withheld, Refused: b.Refused}
	if b.Known {
		out.Normal = &CrowdBand{finite(float64(b.Expected)), finite(float64(b.Low)), finite(float64(b.High))}
	}
	return out
}
