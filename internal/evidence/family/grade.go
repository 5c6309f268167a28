package family

import (
	"cmp"
	"slices"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// The grades. There is no grade for proof, and none for absence: what has no
// grade is not listed.
const (
	strong   = "strong"
	moderate = "moderate"
	weak     = "weak"
)

// likelihoods in the words of ICD 203. They are judgements that go with the
// grade, not measured frequencies; docs/methods.md says so.
var likelihoods = map[string]string{strong: "very likely", moderate: "likely", weak: "roughly even chance"}

// Grade lists the families and device classes that the data is compatible
// with, the best supported first. Most attacks give an empty list.
func Grade(in Input) []Result {
	var out []Result
	for _, evaluate := range [...]func(Input) (finding, bool){mirai, recorders, booter} {
		if f, ok := evaluate(in); ok {
			out = append(out, f.result(in))
		}
	}
	rank := map[string]int{strong: 0, moderate: 1, weak: 2}
	slices.SortStableFunc(out, func(a, b Result) int {
		return cmp.Compare(rank[a.Family.Grade], rank[b.Family.Grade])
	})
	return out
}

// finding is a graded family before it is written down.
type finding struct {
	name, method, grade, confidence string

	indications, against, also []string
	change                     string
	value                      *float64
	low, high                  *float64
	n, m                       int64
}

func (f finding) result(in Input) Result {
	list := func(s []string) []string { return append([]string{}, s...) }
	return Result{
		Family: model.Family{Name: f.name, Grade: f.grade, Likelihood: likelihoods[f.grade], Confidence: f.confidence,
			Indications: list(f.indications), Against: list(f.against), AlsoProduced: list(f.also), WouldChange: f.change, Evidence: []string{}},
		Evidence: []model.Evidence{{
			Statement: "Indications compatible with: " + f.name + " (" + f.grade + "); not exclusive; would also be produced by: " + text.List(f.also) + ".",
			Kind:      "inferred", Method: f.method, Version: 1, Inputs: list(in.Inputs), Value: f.value, Unit: "share of real attack sources with the scan mark",
			N: f.n, M: f.m, Low: f.low, High: f.high, Alternatives: list(f.also), WouldChange: f.change, Subject: f.name,
		}},
	}
}
