package view

import (
	"time"

	"floodmark/internal/model"
)

// Assessment is the likely cause of an incident and the evidence for it.
type Assessment struct {
	Cause          string            `json:"cause" enum:"attack,own-fault,dependency,network,elsewhere,false-reports,demand,undecided" doc:"Most likely cause if it is likely enough, otherwise undecided"`
	Likelihood     float64           `json:"likelihood" doc:"Probability of the cause, or of the most likely cause where cause is undecided; 0 to 1"`
	LikelihoodTerm string            `json:"likelihood_term" doc:"Likelihood in words, after ICD 203"`
	Confidence     string            `json:"confidence" enum:"low,moderate,high" doc:"Quality of the evidence, independent of the likelihood"`
	Signals        []string          `json:"signals" enum:"report,probe,flow" doc:"Kinds of signal that contributed"`
	Causes         []CauseLikelihood `json:"causes" doc:"All possible causes, the most likely first"`
	Reasons        []Reason          `json:"reasons" doc:"Observations for and against, the heaviest first; bounded"`
	WouldChange    []string          `json:"would_change" doc:"Observations that would change the assessment, one sentence each"`
	Text           string            `json:"text" doc:"One-sentence summary of the assessment"`
}

// CauseLikelihood is how likely one cause is.
type CauseLikelihood struct {
	Cause          string  `json:"cause" enum:"attack,own-fault,dependency,network,elsewhere,false-reports,demand" doc:"Possible cause of the incident"`
	Likelihood     float64 `json:"likelihood" doc:"Probability of this cause, 0 to 1; all causes add up to 1"`
	LikelihoodTerm string  `json:"likelihood_term" doc:"Likelihood in words, after ICD 203"`
}

// Reason is one observation that moved an assessment.
type Reason struct {
	Signal string  `json:"signal" enum:"report,probe,flow,history" doc:"Kind of the observation; history covers earlier incidents, duration and time of day"`
	Cause  string  `json:"cause" enum:"attack,own-fault,dependency,network,elsewhere,false-reports,demand" doc:"Cause that the observation supports or contradicts"`
	Weight float64 `json:"weight" doc:"Base-10 logarithm of the likelihood ratio of the cause against all others; negative values contradict it"`
	Text   string  `json:"text" doc:"One-sentence description of the observation"`
}

// TimelineEntry is a period in which one kind of signal was abnormal.
type TimelineEntry struct {
	Signal    string     `json:"signal" enum:"report,probe,flow" doc:"Kind of signal that was abnormal"`
	Traffic   string     `json:"traffic,omitempty" doc:"ID of the entry of traffic that a flow signal belongs to"`
	Component string     `json:"component,omitempty" doc:"Component that was probed"`
	Start     *time.Time `json:"start" doc:"Start of the period"`
	End       *time.Time `json:"end" doc:"End of the period; null while it lasts"`
	Peak      float64    `json:"peak" doc:"Highest value in the period, in unit; 0 for probes"`
	Unit      string     `json:"unit,omitempty" enum:"bits/s,packets/s,flows/s,reports in 15 minutes" doc:"Unit of peak; absent for probes"`
	Text      string     `json:"text,omitempty" doc:"One-sentence result of a probe"`
}

func newTimelineEntry(p *model.Phase) TimelineEntry {
	return TimelineEntry{string(p.Signal), p.Incident, p.Part, Time(p.Start), Time(p.End), Finite(p.Peak), p.Unit, p.Text}
}

func newAssessment(a *model.Assessment) *Assessment {
	if a == nil {
		return nil
	}
	return &Assessment{Cause: string(a.Cause), Likelihood: Finite(a.Likelihood), LikelihoodTerm: a.Words, Confidence: string(a.Confidence),
		Signals: each(a.Signals, func(s *model.Signal) string { return string(*s) }),
		Causes: each(a.Causes, func(c *model.CauseWeight) CauseLikelihood {
			return CauseLikelihood{string(c.Cause), Finite(c.Likelihood), c.Words}
		}),
		Reasons: each(a.Reasons, newReason), WouldChange: List(a.Changes), Text: a.Text}
}

func newReason(r *model.Reason) Reason {
	signal := string(r.Signal)
	if signal == "" {
		signal = "history"
	}
	return Reason{signal, string(r.Cause), Finite(r.Weight), r.Text}
}
