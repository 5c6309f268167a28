package view

import (
	"time"

	"floodmark/internal/model"
)

// UserReports is what people reported about an incident of a service.
type UserReports struct {
	Service          string           `json:"service" doc:"Slug of the service that the reports are about"`
	Name             string           `json:"name" doc:"Display name of the service"`
	LogEValue        float64          `json:"log10_e_value" doc:"Base-10 logarithm of the current e-value: evidence that reports exceed their baseline"`
	MaxLogEValue     float64          `json:"max_log10_e_value" doc:"Base-10 logarithm of the highest e-value so far"`
	AlertThreshold   float64          `json:"alert_threshold" doc:"Base-10 logarithm of the e-value that opens an incident, derived from the false-alarm budget"`
	FalseAlarmBudget string           `json:"false_alarm_budget" doc:"Highest rate of false incidents that the detector allows, as a phrase"`
	Peak             Bucket           `json:"peak" doc:"Counts of the 15 minutes with the most problem reports"`
	Total            uint64           `json:"total" doc:"Problem reports since the incident started; a running total that must not be compared with peak"`
	Effective        float64          `json:"effective" doc:"Problem reports since the incident started, with reports that look inauthentic discounted"`
	OKReports        uint64           `json:"ok_reports" doc:"Reports since the incident started that the service works"`
	Rejected         uint64           `json:"rejected" doc:"Reports since the incident started that were not accepted because the server was full"`
	Networks         int              `json:"networks" doc:"Number of distinct autonomous systems that reports came from"`
	Sustained        bool             `json:"sustained_1h" doc:"Whether the incident has been open for one hour or longer"`
	Confirmed        bool             `json:"confirmed" doc:"Whether another kind of signal agrees; false means that only user reports support the incident"`
	Components       []ComponentShare `json:"components" doc:"Problem reports by component, the largest share first"`
	Places           []PlaceShare     `json:"places" doc:"Problem reports by place, the highest ratio to the baseline first; bounded"`
	Cause            ReportCause      `json:"cause" doc:"Origin of the outage as far as incidents of other services show"`
	Fraud            Fraud            `json:"fraud" doc:"Signs that reports are coordinated or inauthentic"`
	Similar          []Similar        `json:"similar" doc:"Earlier incidents of the same service with a similar course"`
	Series           []float32        `json:"series" doc:"Weighted problem reports per 15 minutes since the incident started; bounded"`
}

// Bucket is the counts of reports in 15 minutes.
type Bucket struct {
	At         time.Time `json:"at" doc:"Start of the 15 minutes"`
	Problems   uint32    `json:"problems" doc:"Problem reports, at most one per person"`
	Effective  float32   `json:"effective" doc:"Problem reports with those that look inauthentic discounted"`
	OKReports  uint32    `json:"ok_reports" doc:"Reports that the service works"`
	Referred   uint32    `json:"referred" doc:"Problem reports whose reporter followed a link from an alert of this server or from another site"`
	Suppressed uint32    `json:"suppressed" doc:"Reports that were stored but not counted, because a limit was exceeded"`
	Rejected   uint32    `json:"rejected" doc:"Reports that were not accepted because the server was full"`
	Baseline   *Band     `json:"baseline,omitempty" doc:"Expected range of effective; absent while there is too little history"`
	State      string    `json:"state" enum:"normal,suspected,open,easing" doc:"State of the service's incident at that time; normal without one"`
	Partial    bool      `json:"partial" doc:"Whether the 15 minutes have not ended yet"`
}

// Band is the expected range of a count or rate.
type Band struct {
	Mean float32 `json:"mean" doc:"Expected value"`
	Low  float32 `json:"low" doc:"Lower edge of the expected range"`
	High float32 `json:"high" doc:"Upper edge of the expected range"`
}

// ComponentShare is one component's share of the problem reports.
type ComponentShare struct {
	Slug          string  `json:"slug" doc:"Slug of the component; empty for reports that name none"`
	Name          string  `json:"name" doc:"Display name of the component"`
	Reports       uint64  `json:"reports" doc:"Problem reports that name the component"`
	Share         float64 `json:"share" doc:"Share of the reports that name any component, 0 to 1"`
	Low           float64 `json:"low" doc:"Lower end of the 95 % interval of share"`
	High          float64 `json:"high" doc:"Upper end of the 95 % interval of share"`
	BaselineShare float64 `json:"baseline_share" doc:"Share of this component on ordinary days, 0 to 1"`
	LogEValue     float64 `json:"log10_e_value" doc:"Base-10 logarithm of the e-value that share exceeds baseline_share"`
	Significant   bool    `json:"significant" doc:"Whether share exceeds baseline_share beyond chance"`
}

func newComponentShare(p *model.PartShare) ComponentShare {
	return ComponentShare{p.Slug, p.Name, p.Reports, Finite(p.Share), Finite(p.Low), Finite(p.High), Finite(p.Usual),
		Finite(p.Evidence), p.StandsOut}
}

// PlaceShare is one place's reports compared with its usual share.
type PlaceShare struct {
	Country     string  `json:"country" doc:"Country code (ISO 3166-1 alpha-2); empty for all remaining places together"`
	Region      string  `json:"region,omitempty" doc:"Subdivision code (ISO 3166-2) without the country; absent for a whole country"`
	Reports     uint64  `json:"reports" doc:"Problem reports from this place"`
	Effective   float64 `json:"effective" doc:"Problem reports from this place with those that look inauthentic discounted"`
	Baseline    float64 `json:"baseline" doc:"Effective reports expected from this place if every place had its usual share"`
	Ratio       float64 `json:"ratio" doc:"Effective reports divided by the baseline"`
	Low         float64 `json:"low" doc:"Lower end of the 95 % interval of ratio"`
	High        float64 `json:"high" doc:"Upper end of the 95 % interval of ratio"`
	LogEValue   float64 `json:"log10_e_value" doc:"Base-10 logarithm of the e-value that this place reports more than usual"`
	Significant bool    `json:"significant" doc:"Whether this place reports more than usual beyond chance"`
}

func newPlaceShare(p *model.PlaceShare) PlaceShare {
	return PlaceShare{p.Country, p.Region, p.Reports, Finite(p.Effective), Finite(p.Expected), Finite(p.Excess),
		Finite(p.Low), Finite(p.High), Finite(p.Evidence), p.StandsOut}
}

// ReportCause is the origin of an outage as other services' incidents show it.
type ReportCause struct {
	Kind           string  `json:"kind" enum:"self,upstream,shared_dependency,undecided" doc:"Origin of the outage: the service itself, another service that it depends on, or a supplier or organization that several services share"`
	By             string  `json:"by,omitempty" doc:"Slug of the service or supplier that explains the reports, or name of the organization"`
	Name           string  `json:"name,omitempty" doc:"Display name of by"`
	ByOrganization bool    `json:"by_organization" doc:"Whether by names an organization rather than a service"`
	Share          float64 `json:"share" doc:"Share of the reports above the baseline that this origin explains, 0 to 1"`
	Low            float64 `json:"low" doc:"Lower end of the 95 % interval of share"`
	High           float64 `json:"high" doc:"Upper end of the 95 % interval of share"`
	Text           string  `json:"text" doc:"One-sentence summary of the origin; empty until it has been analyzed"`
}

// causeKinds are the field's words for the kinds as they are stored.
var causeKinds = map[model.CauseKind]string{
	model.CauseOwn: "self", model.CauseElsewhere: "upstream", model.CauseShared: "shared_dependency",
}

// causeKind returns the word for an origin that API and pages use.
func causeKind(k model.CauseKind) string {
	if s, ok := causeKinds[k]; ok {
		return s
	}
	return "undecided"
}

// Fraud holds signs that reports are not genuine.
type Fraud struct {
	Synchronized float64 `json:"synchronized" doc:"Degree to which reports are alike and evenly spaced, as from scripts; 0 to 1"`
	Brigading    float64 `json:"brigading" doc:"Degree to which reports follow one link or come from networks that never report; 0 to 1"`
	Suspected    bool    `json:"suspected" doc:"Whether reports look inauthentic"`
	Text         string  `json:"text" doc:"One-sentence summary of the signs; empty where there are none"`
}

func newFraud(f *model.Fraud) Fraud {
	return Fraud{Finite(f.Synchronized), Finite(f.Brigading), f.Suspected, f.Text}
}

// Similar is an earlier incident of the same service.
type Similar struct {
	ID        string     `json:"id" doc:"ID of the earlier incident"`
	Score     float64    `json:"score" doc:"Similarity of the two incidents, 0 to 1"`
	StartedAt *time.Time `json:"started_at" doc:"Start of the earlier incident"`
	Duration  float64    `json:"duration_seconds" doc:"Duration of the earlier incident in seconds"`
	Peak      float64    `json:"peak" doc:"Problem reports in the busiest 15 minutes of the earlier incident"`
	Text      string     `json:"text" doc:"One-sentence summary of what the incidents have in common"`
}

func newSimilar(s *model.Similar) Similar {
	return Similar{s.ID, Finite(s.Score), Time(s.Started), time.Duration(s.Lasted).Seconds(), Finite(s.Peak), s.Text}
}

// newBucket returns the view of a bucket.
func newBucket(b *model.Bucket) Bucket {
	v := Bucket{At: time.Unix(0, b.At).UTC(), Problems: b.Problems, Effective: Finite(b.Effective), OKReports: b.Works,
		Referred: b.Followed, Suppressed: b.Suppressed, Rejected: b.Refused, State: serviceState(b.State), Partial: b.Partial}
	if b.Known {
		v.Baseline = &Band{Finite(b.Expected), Finite(b.Low), Finite(b.High)}
	}
	return v
}

// newUserReports returns nil for an incident that no report belongs to.
func newUserReports(c *model.UserReports) *UserReports {
	if c == nil {
		return nil
	}
	k := &c.Cause
	return &UserReports{Service: c.Service, Name: c.Name,
		LogEValue: Finite(c.Evidence), MaxLogEValue: Finite(c.Strongest), AlertThreshold: Finite(c.Limit), FalseAlarmBudget: c.Budget,
		Peak: newBucket(&c.Peak), Total: c.Total, Effective: Finite(c.Effective), OKReports: c.Works, Rejected: c.Refused,
		Networks: c.Networks, Sustained: c.Sustained, Confirmed: c.Confirmed,
		Components: each(c.Parts, newComponentShare), Places: each(c.Places, newPlaceShare),
		Cause: ReportCause{causeKind(k.Kind), k.By, k.Name, k.Owner, Finite(k.Share), Finite(k.Low), Finite(k.High), k.Text},
		Fraud: newFraud(&c.Fraud), Similar: each(c.Similar, newSimilar),
		Series: each(c.Shape, func(n *float32) float32 { return Finite(*n) })}
}
