package cause

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"floodmark/internal/model"
)

const (
	minWeight  = 0.1 // of a reason that is told
	maxReasons = 4   // for each cause
	maxChanges = 5
)

// assessment puts a result into words. Figures are rounded here and nowhere
// before.
func (v *view) assessment(post odds, j evaluated) model.Assessment {
	first := lead(post)
	var a model.Assessment
	rest := 1.0
	for c := range post {
		post[c] = math.Round(1e4*post[c]) / 1e4
		rest -= post[c]
	}
	second := next(post, first) // takes what rounding leaves, so that no limit is crossed
	post[second] = math.Round(1e4*(post[second]+rest)) / 1e4
	for c, p := range post {
		a.Causes = append(a.Causes, model.CauseWeight{Cause: causes[c], Likelihood: p, Words: words(p)})
	}
	slices.SortStableFunc(a.Causes, func(x, y model.CauseWeight) int { return cmp.Compare(y.Likelihood, x.Likelihood) })
	top := a.Causes[0]
	a.Cause, a.Likelihood, a.Words = top.Cause, top.Likelihood, top.Words
	if top.Likelihood <= decided {
		a.Cause = model.NoCause
	}
	first = slices.Index(causes[:], top.Cause)
	a.Signals = reported(j)
	a.Reasons = reasons(j)
	a.Confidence = v.confidence(first, a.Signals, j.speaks)
	a.Changes = v.changes(first, a.Cause)
	a.Text = v.sentence(&a, first, j)
	return a
}

// reported lists the kinds of signal that had something to say.
func reported(j evaluated) []model.Signal {
	var out []model.Signal
	for _, s := range signals[:3] {
		w := j.speaks[s]
		if slices.Max(w[:]) >= minWeight || slices.Min(w[:]) <= -minWeight {
			out = append(out, s)
		}
	}
	return out
}

// reasons lists for each cause what speaks for and against it.
func reasons(j evaluated) []model.Reason {
	by := make([][]model.Reason, len(causes))
	for _, s := range j.seen {
		for c, w := range against(s.w, j.base) {
			if w = math.Round(100*w) / 100; math.Abs(w) >= minWeight {
				by[c] = append(by[c], model.Reason{Signal: s.signal, Cause: causes[c], Weight: w, Text: capital(s.text) + "."})
			}
		}
	}
	var out []model.Reason
	heavy := func(a, b model.Reason) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) }
	for _, of := range by {
		slices.SortStableFunc(of, heavy)
		out = append(out, of[:min(len(of), maxReasons)]...)
	}
	slices.SortStableFunc(out, heavy)
	return out
}

// confidence grades the evidence: how many kinds of it there are, and whether
// they agree. It is not how likely the cause is.
func (v *view) confidence(first int, reported []model.Signal, speaks map[model.Signal]odds) model.Confidence {
	grade := len(reported)
	for _, s := range reported {
		switch w := speaks[s][first]; {
		case w < -0.3:
			grade -= 2 // they contradict each other
		case w < speaksFrom:
			grade--
		}
	}
	if v.reported() && v.UserReports.Total < 20 {
		grade-- // a few people
	}
	switch {
	case grade >= 3 || grade == 2 && len(reported) == 2 && v.Watched && len(v.probes) > 0:
		return model.HighConfidence
	case grade == 2:
		return model.ModerateConfidence
	}
	return model.LowConfidence
}

// sentence says it in one.
func (v *view) sentence(a *model.Assessment, first int, j evaluated) string {
	what := names[causes[first]]
	if causes[first] == model.Elsewhere && v.UserReports != nil && v.UserReports.Cause.Name != "" {
		what += ", of " + v.UserReports.Cause.Name
	}
	if a.Cause == model.NoCause {
		text := fmt.Sprintf("Undecided between %s (%.0f %%) and %s (%.0f %%): ", what, 100*a.Likelihood, names[a.Causes[1].Cause], 100*a.Causes[1].Likelihood)
		if missing := v.missing(); len(missing) > 0 {
			return text + "nothing is known of " + strings.Join(missing, ", nor of ") + "."
		}
		return text + "what is known speaks for neither clearly enough."
	}
	text := capital(a.Words) + " " + what
	if why := strongest(j, first); len(why) > 0 {
		text += ": " + strings.Join(why, ", and ")
	}
	return text + "."
}

// strongest returns the two heaviest clauses for a cause, of two kinds of
// signal where there are.
func strongest(j evaluated, c int) []string {
	type clause struct {
		seen
		weight float64
	}
	var all []clause
	for _, s := range j.seen {
		if w := against(s.w, j.base)[c]; w >= minWeight && s.signal != "" {
			all = append(all, clause{s, w})
		}
	}
	slices.SortStableFunc(all, func(a, b clause) int { return cmp.Compare(b.weight, a.weight) })
	var out []string
	for i, s := range all {
		if i == 0 || s.signal != all[0].signal {
			out = append(out, s.text)
		}
		if len(out) == 2 {
			return out
		}
	}
	for _, s := range all[min(1, len(all)):] {
		if len(out) == 1 {
			out = append(out, s.text)
		}
	}
	return out
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
