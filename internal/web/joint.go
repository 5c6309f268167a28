package web

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"floodmark/internal/chart"
	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// Limits of the lists about an incident of a service; the report and the JSON
// have all of them.
const (
	maxReasons = 8
	maxPhases  = 40
	maxParts   = 24
	maxProbes  = 24
	maxClaims  = 20
	maxChecks  = 8
)

// judgedView is what brought an incident about, and what that rests on.
type assessmentView struct {
	Cause, Words, Chance, Confidence string
	Likeliest                        string // where the cause is undecided
	Text                             string
	Causes                           []share
	For, Against, Other              []reasonRow
	Changes                          []string
}

type reasonRow struct{ Signal, About, Text, Weight string }

func newAssessment(a *model.Assessment) *assessmentView {
	if a == nil {
		return nil
	}
	v := &assessmentView{Cause: wording.Cause(a.Cause), Words: text.Clean(a.Words, 30), Chance: text.Chance(chart.Clamp(a.Likelihood)), Confidence: text.Clean(string(a.Confidence), 20),
		Text: wording.Sentence(a.Text, 400)}
	lead := a.Cause
	if a.Cause == model.NoCause && len(a.Causes) > 0 {
		lead = a.Causes[0].Cause
		v.Likeliest = wording.Cause(lead)
	}
	for _, c := range a.Causes[:min(len(a.Causes), 8)] {
		v.Causes = append(v.Causes, share{Name: upperFirst(wording.Cause(c.Cause)), Value: text.Chance(chart.Clamp(c.Likelihood)), Range: text.Clean(c.Words, 30), Width: c.Likelihood})
	}
	reasons := slices.Clone(a.Reasons)
	slices.SortStableFunc(reasons, func(x, y model.Reason) int { return cmp.Compare(math.Abs(y.Weight), math.Abs(x.Weight)) })
	for _, r := range reasons {
		row := reasonRow{wording.Signal(r.Signal), wording.Cause(r.Cause), wording.Sentence(r.Text, 300), ""}
		if !math.IsNaN(r.Weight) {
			row.Weight = wording.LikelihoodRatio(r.Weight)
		}
		list := &v.Other
		switch {
		case r.Cause == lead && r.Weight < 0:
			list = &v.Against
		case r.Cause == lead:
			list = &v.For
		}
		if len(*list) < maxReasons {
			*list = append(*list, row)
		}
	}
	for _, c := range a.Changes[:min(len(a.Changes), 6)] {
		v.Changes = append(v.Changes, wording.Sentence(c, 300))
	}
	return v
}

// phaseRow is a stretch of one kind of signal.
type phaseRow struct {
	Signal, Peak, Text, To string // To is where more of it is, "" for nowhere
	Start, End             int64
}

func phaseRows(in *model.Incident) (rows []phaseRow, more int) {
	wave := 0
	for _, p := range in.Phases[:min(len(in.Phases), maxPhases)] {
		r := phaseRow{Signal: wording.Signal(p.Signal), Text: wording.Sentence(p.Text, 200), Start: p.Start, End: p.End}
		if p.Part != "" {
			r.Signal += ": " + text.Clean(p.Part, 40)
		}
		if p.Signal == model.SignalFlow {
			wave++
			r.Signal = fmt.Sprintf("Traffic, burst %d", wave)
		}
		if p.Incident != "" && slices.ContainsFunc(in.Traffic, func(x model.TrafficPart) bool { return x.ID == p.Incident }) {
			r.To = p.Incident
		}
		if sane(p.Peak) && p.Unit != "" {
			r.Peak = amountOf(p.Peak, p.Unit)
		}
		rows = append(rows, r)
	}
	return rows, max(len(in.Phases)-maxPhases, 0)
}

func amountOf(v float64, unit string) string {
	if unit == "bits/s" {
		return text.Bits(v)
	}
	return text.Count(tidy(v)) + " " + text.Clean(unit, 30)
}

// partRow is an incident of traffic that is part of a service's.
type partRow struct {
	P       model.TrafficPart
	Target  string
	Verdict word
	Vectors string
	Peak    string
}

func partRows(in *model.Incident) (rows []partRow, more int) {
	for _, p := range in.Traffic[:min(len(in.Traffic), maxParts)] {
		r := partRow{P: p, Target: text.Clean(p.Target, 60), Verdict: verdictWord(p.AttackVerdict)}
		for i, x := range p.Vectors[:min(len(p.Vectors), 3)] {
			if i > 0 {
				r.Vectors += ", "
			}
			r.Vectors += text.Clean(wording.Vector(x.Value), 60)
		}
		if b := p.Peak[model.Bits]; sane(b) && b > 0 {
			r.Peak = text.Bits(b)
		}
		rows = append(rows, r)
	}
	return rows, max(len(in.Traffic)-maxParts, 0)
}

// claimRow is a public claim with what the data says of it now, and how that
// changed.
type claimRow struct {
	C      model.EnteredClaim
	Now    []answerRow
	Checks []checkRow
}

type answerRow struct {
	Reading string
	Verdict word
	Bounds  string
	Reasons []string
}

type checkRow struct {
	At      int64
	Answers []answerRow
}

func claimRows(list []model.EnteredClaim) []claimRow {
	var out []claimRow
	for _, c := range list[:min(len(list), maxClaims)] {
		r := claimRow{C: c}
		for i := range c.History {
			r.Now = answerRows(c.History[i].Claims)
			if i >= len(c.History)-maxChecks {
				r.Checks = append(r.Checks, checkRow{c.History[i].At, r.Now})
			}
		}
		out = append(out, r)
	}
	return out
}

func answerRows(list []model.Claim) []answerRow {
	var out []answerRow
	for _, c := range list[:min(len(list), maxClaims)] {
		a := answerRow{Reading: text.Clean(c.Reading, 300), Verdict: claimWord(c.Verdict), Bounds: text.Bounds(c.Low, c.High, c.Unit)}
		for _, s := range c.Reasons[:min(len(c.Reasons), 6)] {
			a.Reasons = append(a.Reasons, wording.Sentence(s, 300))
		}
		out = append(out, a)
	}
	return out
}

func claimWord(v model.Verdict) word {
	switch v {
	case model.Supported:
		return word{"✓", "supported", "good"}
	case model.Contradicted:
		return word{"✗", "contradicted", "bad"}
	}
	return word{"?", "cannot be determined", "warn"}
}

func probeWord(s model.ProbeState) word {
	switch s {
	case model.ProbeOK:
		return word{"✓", "answers", "good"}
	case model.ProbeSlow:
		return word{"◔", "slow", "warn"}
	case model.ProbeFailing:
		return word{"✗", "fails", "bad"}
	}
	return word{"?", "not known", "info"}
}
