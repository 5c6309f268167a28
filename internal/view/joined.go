package view

import (
	"time"

	"floodmark/internal/model"
)

// PublicTraffic is abnormal traffic towards a service as the public may see it.
type PublicTraffic struct {
	ID            string     `json:"id" doc:"ID of the entry; timeline entries refer to it"`
	State         string     `json:"state" enum:"suspected,open,easing,closed" doc:"State of the traffic incident"`
	AttackVerdict string     `json:"attack_verdict" enum:"yes,no,undecided" doc:"Whether the evidence shows an attack"`
	StartedAt     *time.Time `json:"started_at" doc:"Estimated start of the abnormal traffic"`
	ResolvedAt    *time.Time `json:"resolved_at" doc:"End of the abnormal traffic; null while it lasts"`
	Bursts        []Burst    `json:"bursts" doc:"Bursts of traffic, with peaks in unit; bounded"`
	Unit          string     `json:"unit" doc:"Unit of the peaks of bursts, per second"`
	PeakBits      float64    `json:"peak_bits" doc:"Bits per second in the busiest second"`
	PeakPackets   float64    `json:"peak_packets" doc:"Packets per second in the busiest second"`
	Vectors       []Share    `json:"vectors" doc:"Attack vectors by share of packets; bounded"`
	Spoofing      string     `json:"spoofing" enum:"real,spoofed,undecided,not-applicable" doc:"Whether packets come from the networks that their source addresses belong to"`
	Sources       uint64     `json:"sources" doc:"Lower bound of the number of distinct source addresses"`
	Countries     []Share    `json:"countries" doc:"Countries of the source addresses by share of packets, bounded; empty where addresses are spoofed. An address does not identify its user"`
}

// Traffic is a traffic incident as part of a service's incident.
type Traffic struct {
	PublicTraffic
	Target string `json:"target" doc:"Address, prefix or customer that received the traffic"`
	Reason string `json:"reason,omitempty" doc:"One-sentence reason for the attack verdict"`
}

func newPublicTraffic(p *model.TrafficPart) PublicTraffic {
	v := PublicTraffic{ID: p.ID, State: string(p.State), AttackVerdict: string(p.AttackVerdict),
		StartedAt: Time(p.Started), ResolvedAt: Time(p.Ended), Bursts: each(p.Waves, newBurst), Unit: p.Unit,
		PeakBits: Finite(p.Peak[model.Bits]), PeakPackets: Finite(p.Peak[model.Packets]),
		Vectors: each(p.Vectors, newShare), Spoofing: string(p.Spoofing), Sources: p.Sources, Countries: each(p.Countries, newShare)}
	if v.AttackVerdict == "" {
		v.AttackVerdict = string(model.AttackUndecided)
	}
	if v.Spoofing == "" {
		v.Spoofing = string(model.SpoofUndecided)
	}
	return v
}

func newTraffic(p *model.TrafficPart) Traffic {
	return Traffic{newPublicTraffic(p), p.Target, p.Because}
}

// Probe is the state of one probed component of a service.
type Probe struct {
	Component string     `json:"component" doc:"Slug of the probed component"`
	Name      string     `json:"name" doc:"Display name of the probed component"`
	State     string     `json:"state" enum:"unknown,ok,slow,failing" doc:"Result of several consecutive probes"`
	Failure   string     `json:"failure,omitempty" enum:"vantage-unreachable,dns,refused,connect-timeout,connect,tls,response-timeout,response,server-error,client-error,unexpected,rate-limited" doc:"Reason why the component fails or its state is unknown; absent where it answers"`
	Since     *time.Time `json:"since" doc:"Start of the current state; null before the first probe"`
	LastAt    *time.Time `json:"last_at" doc:"Time of the last probe; null before the first"`
	Text      string     `json:"text" doc:"One-sentence summary of the state"`
}

// ProbeFailure returns the word for a failure that API and pages use.
func ProbeFailure(f model.ProbeFailure) string {
	if f == model.OwnLink {
		return "vantage-unreachable"
	}
	return string(f)
}

func newProbe(p *model.ProbeNow) Probe {
	return Probe{p.Component, p.Name, string(p.State), ProbeFailure(p.Failure), Time(p.Since), Time(p.Last), p.Text}
}

// PublicClaim is a public statement about an incident and how it was checked.
type PublicClaim struct {
	ID        string             `json:"id" doc:"ID of the claim within the incident"`
	Text      string             `json:"text" doc:"Wording of the claim"`
	Source    string             `json:"source" doc:"Person or medium that made the claim, and where"`
	StatedAt  *time.Time         `json:"stated_at" doc:"Time at which the claim was made"`
	EnteredAt *time.Time         `json:"entered_at" doc:"Time at which the claim was entered on this server"`
	Checks    []PublicClaimCheck `json:"checks" doc:"Checks of the claim in which a verdict changed, oldest first; the last one is current"`
}

// PublicClaimCheck is the result of checking a claim at some time.
type PublicClaimCheck struct {
	At              *time.Time       `json:"at" doc:"Time of the check"`
	Interpretations []Interpretation `json:"interpretations" doc:"Every way to understand the claim, with its verdict"`
}

// Interpretation is one exact way to understand a claim.
type Interpretation struct {
	Text    string   `json:"text" doc:"The claim made exact"`
	Verdict string   `json:"verdict" enum:"supported,contradicted,cannot-be-determined" doc:"Result of comparing the interpretation with the data"`
	Low     *float64 `json:"low" doc:"Lowest value that the data allow, in unit; null where there is none"`
	High    *float64 `json:"high" doc:"Highest value that the data allow, in unit; null where there is none"`
	Unit    string   `json:"unit" doc:"Unit of low and high"`
	Reasons []string `json:"reasons" doc:"Reasons for the verdict, one sentence each"`
}

// Claim is a claim as operators see it.
type Claim struct {
	PublicClaim
	EnteredBy string       `json:"entered_by" doc:"Name of the token that entered the claim"`
	Checks    []ClaimCheck `json:"checks" doc:"Checks of the claim in which a verdict changed, oldest first; the last one is current"`
}

// ClaimCheck is a check with the document that it used.
type ClaimCheck struct {
	PublicClaimCheck
	Evidence uint64 `json:"evidence" doc:"Revision of the evidence document that the claim was checked against; 0 for none"`
}

func newPublicClaim(c *model.EnteredClaim) PublicClaim {
	return PublicClaim{c.ID, c.Text, c.Source, Time(c.Stated), Time(c.At), each(c.History, newPublicClaimCheck)}
}

func newPublicClaimCheck(h *model.ClaimCheck) PublicClaimCheck {
	return PublicClaimCheck{Time(h.At), each(h.Claims, func(r *model.Claim) Interpretation {
		return Interpretation{r.Reading, string(r.Verdict), bound(r.Low), bound(r.High), r.Unit, List(r.Reasons)}
	})}
}

// NewClaim returns the operator's view of a claim.
func NewClaim(c *model.EnteredClaim) Claim {
	return Claim{newPublicClaim(c), c.By, each(c.History, func(h *model.ClaimCheck) ClaimCheck {
		return ClaimCheck{newPublicClaimCheck(h), h.Evidence}
	})}
}
