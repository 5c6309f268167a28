package api

import (
	"time"

	"floodmark/internal/model"
)

// AssessmentView is what brought an incident of a service about.
type AssessmentView struct {
	Cause      string         `json:"cause" enum:"attack,own-fault,dependency,network,elsewhere,false-reports,demand,undecided" doc:"The likeliest, where it is likely enough"`
	Likelihood float64        `json:"likelihood" doc:"Of the cause, or of the likeliest one where it is undecided; 0 to 1"`
	Words      string         `json:"words" doc:"The same in words, after ICD 203"`
	Confidence string         `json:"confidence" enum:"low,moderate,high" doc:"Quality of the evidence, which is another thing than likelihood"`
	Signals    []model.Signal `json:"signals" doc:"Kinds of signal that had something to say"`
	Causes     []CauseView    `json:"causes" doc:"All, the likeliest first"`
	Reasons    []ReasonView   `json:"reasons" doc:"For and against, the heaviest first; weights are log10 of likelihood ratios"`
	Changes    []string       `json:"changes" doc:"What would change it"`
	Text       string         `json:"text" doc:"One sentence"`
}

// CauseView is how likely one cause is.
type CauseView struct {
	Cause      string  `json:"cause" doc:"As of the assessment"`
	Likelihood float64 `json:"likelihood" doc:"0 to 1; all together are 1"`
	Words      string  `json:"words" doc:"The same after ICD 203"`
}

// ReasonView is one observation that moved an assessment.
type ReasonView struct {
	Signal string  `json:"signal,omitempty" doc:"report, probe or flow; absent for history, duration and time"`
	Cause  string  `json:"cause" doc:"That it speaks of"`
	Weight float64 `json:"weight" doc:"log10 of the likelihood ratio of that cause against all others; below 0 it speaks against it"`
	Text   string  `json:"text" doc:"One sentence"`
}

// ClaimAnswer is one reading of a claim and what the data says of it.
type ClaimAnswer struct {
	Reading string   `json:"reading" doc:"How the sentence is read"`
	Verdict string   `json:"verdict" enum:"supported,contradicted,cannot-be-determined" doc:"What the data says"`
	Low     *float64 `json:"low" doc:"Lowest value that the data allow; null where none is known"`
	High    *float64 `json:"high" doc:"Highest value"`
	Unit    string   `json:"unit" doc:"Of the bounds"`
	Reasons []string `json:"reasons" doc:"Why"`
}

// PhaseView is a stretch of one kind of signal.
type PhaseView struct {
	Signal   string     `json:"signal" enum:"report,probe,flow" doc:"Kind of signal"`
	Incident string     `json:"incident,omitempty" doc:"Of traffic, whose wave it is"`
	Part     string     `json:"part,omitempty" doc:"Component that was probed"`
	Start    *time.Time `json:"start" doc:"Its beginning"`
	End      *time.Time `json:"end" doc:"Its end; null while it lasts"`
	Peak     float64    `json:"peak" doc:"At its highest"`
	Unit     string     `json:"unit,omitempty" doc:"Of the peak"`
	Text     string     `json:"text,omitempty" doc:"Of probes: what they said"`
}

// TrafficPartView is an incident of traffic as part of a service's incident.
type TrafficPartView struct {
	ID       string     `json:"id" doc:"Of the incident of traffic"`
	Target   string     `json:"target" doc:"What was hit"`
	State    string     `json:"state" doc:"suspected, open, easing or closed"`
	Presence string     `json:"presence,omitempty" doc:"Whether evidence says that it is an attack: yes, no or undecided"`
	Because  string     `json:"because,omitempty" doc:"Why, in a sentence"`
	Started  *time.Time `json:"started" doc:"Estimated start"`
	Ended    *time.Time `json:"ended" doc:"Its end; null while it lasts"`
	Waves    []Wave     `json:"waves" doc:"Its bursts"`
}

// ClaimView is what is said in public of an incident, and what the data says of it.
type ClaimView struct {
	ID     string           `json:"id" doc:"Of the claim, within the incident"`
	Text   string           `json:"text" doc:"As it was said"`
	Source string           `json:"source" doc:"Who said it and where"`
	Said   *time.Time       `json:"said" doc:"When"`
	By     string           `json:"by" doc:"Who entered it here"`
	At     *time.Time       `json:"at" doc:"When it was entered"`
	Now    []ClaimAnswer    `json:"now" doc:"Every reading of it with its verdict; empty until it has been checked"`
	Checks []ClaimCheckView `json:"checks" doc:"Whenever the verdicts changed, oldest first"`
}

// ClaimCheckView is what the data said of a claim at some time.
type ClaimCheckView struct {
	At       *time.Time    `json:"at" doc:"When"`
	Evidence uint64        `json:"evidence" doc:"Revision of the document that it was checked with"`
	Claims   []ClaimAnswer `json:"claims" doc:"Every reading of it with its verdict"`
}

func viewAssessment(a *model.Assessment) *AssessmentView {
	if a == nil {
		return nil
	}
	return &AssessmentView{string(a.Cause), finite(a.Likelihood), a.Words, string(a.Confidence), list(a.Signals), viewCauses(a.Causes), viewReasons(a.Reasons), list(a.Changes), a.Text}
}

func viewPhases(l []model.Phase) []PhaseView {
	out := make([]PhaseView, 0, len(l))
	for _, p := range l {
		out = append(out, PhaseView{string(p.Signal), p.Incident, p.Part, at(p.Start), at(p.End), finite(p.Peak), p.Unit, p.Text})
	}
	return out
}

func viewTrafficParts(l []model.TrafficPart) []TrafficPartView {
	out := make([]TrafficPartView, 0, len(l))
	for _, p := range l {
		v := TrafficPartView{p.ID, p.Target, string(p.State), string(p.Presence), p.Because, at(p.Started), at(p.Ended), make([]Wave, 0, len(p.Waves))}
		for _, w := range p.Waves {
			v.Waves = append(v.Waves, Wave{at(w.Start), at(w.End), finite(w.Peak)})
		}
		out = append(out, v)
	}
	return out
}

func viewClaims(l []model.EnteredClaim) []ClaimView {
	out := make([]ClaimView, 0, len(l))
	for i := range l {
		out = append(out, viewClaim(&l[i]))
	}
	return out
}

func viewClaim(c *model.EnteredClaim) ClaimView {
	v := ClaimView{c.ID, c.Text, c.Source, at(c.Said), c.By, at(c.At), []ClaimAnswer{}, make([]ClaimCheckView, 0, len(c.History))}
	for _, h := range c.History {
		v.Now = viewAnswers(h.Claims)
		v.Checks = append(v.Checks, ClaimCheckView{at(h.At), h.Evidence, viewAnswers(h.Claims)})
	}
	return v
}

func viewCauses(l []model.CauseWeight) []CauseView {
	out := make([]CauseView, 0, len(l))
	for _, c := range l {
		out = append(out, CauseView{string(c.Cause), finite(c.Likelihood), c.Words})
	}
	return out
}

func viewReasons(l []model.Reason) []ReasonView {
	out := make([]ReasonView, 0, len(l))
	for _, r := range l {
		out = append(out, ReasonView{string(r.Signal), string(r.Cause), finite(r.Weight), r.Text})
	}
	return out
}

func viewAnswers(l []model.Claim) []ClaimAnswer {
	out := make([]ClaimAnswer, 0, len(l))
	for _, c := range l {
		out = append(out, ClaimAnswer{c.Reading, string(c.Verdict), c.Low, c.High, c.Unit, list(c.Reasons)})
	}
	return out
}
