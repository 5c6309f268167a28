package public

import (
	"math"
	"time"

	"floodmark/internal/model"
)

// Assessment says what brought an incident about, and what that rests on.
type Assessment struct {
	Cause      string        `json:"cause" enum:"attack,own-fault,dependency,network,elsewhere,false-reports,demand,undecided" doc:"What is likely enough, else undecided"`
	Likelihood float64       `json:"likelihood" doc:"Of the cause, 0 to 1; of the likeliest one where it is undecided"`
	Words      string        `json:"words" doc:"Of the likelihood, after ICD 203"`
	Confidence string        `json:"confidence" enum:"low,moderate,high" doc:"Quality of the evidence: another thing than the likelihood"`
	Signals    []string      `json:"signals" doc:"Kinds of signal that had something to say: report, probe, flow"`
	Causes     []CauseWeight `json:"causes" doc:"All of them, the likeliest first"`
	Reasons    []Reason      `json:"reasons" doc:"For and against, the heaviest first, bounded"`
	Changes    []string      `json:"changes" doc:"What would change it"`
	Text       string        `json:"text" doc:"One sentence"`
}

// CauseWeight is how likely one cause is.
type CauseWeight struct {
	Cause      string  `json:"cause" doc:"Which one"`
	Likelihood float64 `json:"likelihood" doc:"0 to 1; all together are 1"`
	Words      string  `json:"words" doc:"Of the likelihood, after ICD 203"`
}

// Reason is one observation that moved an assessment.
type Reason struct {
	Signal string  `json:"signal" enum:"report,probe,flow,history" doc:"Kind of the observation"`
	Cause  string  `json:"cause" doc:"That it speaks of"`
	Weight float64 `json:"weight" doc:"log10 of how many times likelier it is under that cause than under the others; below 0 it speaks against the cause"`
	Text   string  `json:"text" doc:"One sentence"`
}

// Phase is a stretch of one kind of signal.
type Phase struct {
	Signal  string     `json:"signal" enum:"report,probe,flow" doc:"Which kind"`
	Traffic string     `json:"traffic,omitempty" doc:"Of traffic: id of the part that it is a wave of"`
	Part    string     `json:"part,omitempty" doc:"Of probes: component that was asked"`
	Start   *time.Time `json:"start" doc:"Its start"`
	End     *time.Time `json:"end" doc:"Its end; null while it lasts"`
	Peak    float64    `json:"peak" doc:"In its unit; 0 for probes"`
	Unit    string     `json:"unit,omitempty" doc:"Of peak: bits/s, packets/s, flows/s, reports in 15 minutes"`
	Text    string     `json:"text,omitempty" doc:"Of probes: what they said"`
}

// Traffic is unusual traffic towards a service, as the public may know it.
type Traffic struct {
	ID          string     `json:"id" doc:"Within this incident only"`
	State       string     `json:"state" enum:"suspected,open,easing,closed" doc:"Where it stands"`
	Attack      string     `json:"attack" enum:"yes,no,undecided" doc:"Whether it is an attack"`
	Start       *time.Time `json:"start" doc:"Its start"`
	End         *time.Time `json:"end" doc:"Its end; null while it lasts"`
	Waves       []Wave     `json:"waves" doc:"Its waves; peaks in unit"`
	Unit        string     `json:"unit" doc:"Of the peaks of waves: bits/s, packets/s or flows/s"`
	PeakBits    float64    `json:"peak_bits" doc:"Bits a second in the busiest second"`
	PeakPackets float64    `json:"peak_packets" doc:"Packets a second in the busiest second"`
	Vectors     []Share    `json:"vectors" doc:"How it is done, by packets"`
	Spoofing    string     `json:"spoofing" enum:"real,spoofed,undecided,not-applicable" doc:"Whether source addresses are real: from the networks that they claim"`
	Sources     uint64     `json:"sources" doc:"Addresses that were seen, a lower bound"`
	Countries   []Share    `json:"countries" doc:"Of the addresses, by packets, bounded; empty where the addresses are forged. An address does not tell who used it"`
}

// Share is a part of the packets.
type Share struct {
	Value string  `json:"value" doc:"Vector, or country of ISO 3166-1 alpha-2"`
	Share float64 `json:"share" doc:"0 to 1"`
}

// Probe is what a probe of one component says.
type Probe struct {
	Component string     `json:"component" doc:"What is asked"`
	Name      string     `json:"name" doc:"Its name"`
	State     string     `json:"state" enum:"unknown,ok,slow,failing" doc:"What several probes in a row say"`
	Failure   string     `json:"failure,omitempty" doc:"Why it is not answered as expected"`
	Since     *time.Time `json:"since" doc:"Since when it is so"`
	Last      *time.Time `json:"last" doc:"When it was asked last"`
	Text      string     `json:"text" doc:"One sentence"`
}

// Claim is a public statement about an incident and what the data says of it.
type Claim struct {
	ID      string       `json:"id" doc:"Its name"`
	Text    string       `json:"text" doc:"What was said"`
	Source  string       `json:"source" doc:"Who said it and where"`
	Said    *time.Time   `json:"said" doc:"When it was said"`
	Entered *time.Time   `json:"entered" doc:"When it was entered here"`
	History []ClaimCheck `json:"history" doc:"What the data said of it, oldest first; the last one holds now"`
}

// ClaimCheck is what the data said of a claim at some time.
type ClaimCheck struct {
	At       *time.Time     `json:"at" doc:"From when on"`
	Readings []ClaimReading `json:"readings" doc:"Every reading of the sentence with its verdict"`
}

// ClaimReading is one exact reading of a claim.
type ClaimReading struct {
	Reading string   `json:"reading" doc:"The sentence made exact"`
	Verdict string   `json:"verdict" enum:"supported,contradicted,cannot-be-determined" doc:"What the data says of it"`
	Low     *float64 `json:"low" doc:"Lower end of what the data allows, in unit; null where it is open"`
	High    *float64 `json:"high" doc:"Upper end of it"`
	Unit    string   `json:"unit" doc:"Of low and high"`
	Reasons []string `json:"reasons" doc:"Why"`
}

// addJoined puts what other signals tell into a view.
func (v *Incident) addJoined(in *model.Incident) {
	v.Phases, v.Traffic, v.Probes, v.Claims = []Phase{}, []Traffic{}, []Probe{}, []Claim{}
	if in.Assessment != nil {
		v.Assessment = viewAssessment(in.Assessment)
	}
	if in.Outside != nil {
		v.Outside = viewAssessment(in.Outside)
	}
	for _, p := range in.Phases {
		v.Phases = append(v.Phases, Phase{string(p.Signal), p.Incident, p.Part, moment(p.Start), moment(p.End), finite(p.Peak), p.Unit, p.Text})
	}
	for i := range in.Traffic {
		v.Traffic = append(v.Traffic, viewTraffic(&in.Traffic[i]))
	}
	for _, p := range in.Probes {
		v.Probes = append(v.Probes, Probe{p.Component, p.Name, string(p.State), string(p.Failure), moment(p.Since), moment(p.Last), p.Text})
	}
	for i := range in.Claims {
		v.Claims = append(v.Claims, viewClaim(&in.Claims[i]))
	}
}

func viewAssessment(a *model.Assessment) *Assessment {
	v := &Assessment{Cause: string(a.Cause), Likelihood: finite(a.Likelihood), Words: a.Words, Confidence: string(a.Confidence),
		Signals: []string{}, Causes: []CauseWeight{}, Reasons: []Reason{}, Changes: append([]string{}, a.Changes...), Text: a.Text}
	for _, s := range a.Signals {
		v.Signals = append(v.Signals, string(s))
	}
	for _, c := range a.Causes {
		v.Causes = append(v.Causes, CauseWeight{string(c.Cause), finite(c.Likelihood), c.Words})
	}
	for _, r := range a.Reasons {
		signal := string(r.Signal)
		if signal == "" {
			signal = "history"
		}
		v.Reasons = append(v.Reasons, Reason{signal, string(r.Cause), finite(r.Weight), r.Text})
	}
	return v
}

func viewTraffic(p *model.TrafficPart) Traffic {
	v := Traffic{ID: p.ID, State: string(p.State), Attack: string(p.Presence), Start: moment(p.Started), End: moment(p.Ended), Waves: []Wave{}, Unit: p.Unit,
		PeakBits: finite(p.Peak[model.Bits]), PeakPackets: finite(p.Peak[model.Packets]), Vectors: viewShares(p.Vectors), Spoofing: string(p.Spoofing),
		Sources: p.Sources, Countries: viewShares(p.Countries)}
	if v.Attack == "" {
		v.Attack = string(model.AttackUndecided)
	}
	if v.Spoofing == "" {
		v.Spoofing = string(model.SpoofUndecided)
	}
	for _, w := range p.Waves {
		v.Waves = append(v.Waves, Wave{moment(w.Start), moment(w.End), finite(w.Peak)})
	}
	return v
}

func viewShares(all []model.Weight) []Share {
	out := make([]Share, 0, len(all))
	for _, w := range all {
		out = append(out, Share{w.Value, finite(w.Share)})
	}
	return out
}

func viewClaim(c *model.EnteredClaim) Claim {
	v := Claim{ID: c.ID, Text: c.Text, Source: c.Source, Said: moment(c.Said), Entered: moment(c.At), History: []ClaimCheck{}}
	for _, h := range c.History {
		check := ClaimCheck{At: moment(h.At), Readings: []ClaimReading{}}
		for _, r := range h.Claims {
			check.Readings = append(check.Readings, ClaimReading{r.Reading, string(r.Verdict), bound(r.Low), bound(r.High), r.Unit, append([]string{}, r.Reasons...)})
		}
		v.History = append(v.History, check)
	}
	return v
}

// bound is one that JSON has a number for, else open.
func bound(v *float64) *float64 {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return nil
	}
	return v
}
