package claim

import (
	"math"
	"strings"

	"floodmark/internal/model"
)

// level is the error allowed to each two-sided interval.
const level = 0.05

// Check assesses every reading of a claim. The results are in the order of the
// readings. names is used for country names in the text and may be empty.
func Check(c Claim, d *Data, names Names) []Result {
	out := make([]Result, 0, len(c.Readings))
	for _, r := range c.Readings {
		a := answer{claim: c, reading: r, data: d, names: names, verdict: model.CannotBeDetermined}
		a.assess()
		out = append(out, a.result())
	}
	return out
}

// answer collects the verdict on one reading and the sentences for it, which
// are printed in the order of the fields.
type answer struct {
	claim   Claim
	reading Reading
	data    *Data
	names   Names

	verdict   model.Verdict
	low, high *float64
	value     *float64
	n, m      int64

	measured []string
	bounds   []string
	gates    []string
	base     []string
	closing  []string

	method  string
	blocked bool
}

// block adds a reason for which nothing can be determined.
func (a *answer) block(text string) {
	a.blocked = true
	a.gates = append(a.gates, text)
}

func (a *answer) note(text string) { a.gates = append(a.gates, text) }

func (a *answer) assess() {
	a.method = "claim/" + string(a.reading.Kind)
	if a.reading.Kind == kindActor {
		a.actor()
		return
	}
	a.attackVerdict()
	if a.data.NoTraffic {
		return // there is no value to give
	}
	switch a.reading.Kind {
	case kindShare:
		a.share()
	case kindWorldwide, kindCountries, kindNetworks:
		a.spread()
	case kindSize:
		a.size()
	case kindMagnitude:
		a.magnitude()
	case kindSources, kindDevices:
		a.count()
	case kindDuration:
		a.duration()
	}
}

// attackVerdict blocks where there is no attack to make claims about.
func (a *answer) attackVerdict() {
	switch {
	case a.data.NoTraffic:
		a.block("No traffic towards the service was recorded here: where an attack came from, how large it was, and whether there was one, cannot be told from outside.")
	case a.data.Attack == model.AttackNo:
		a.block("No attack was found in this recording, so there is nothing the claim could be about.")
	case a.data.Attack == model.AttackUndecided:
		a.block("Whether this recording holds an attack is undecided, so a claim about the attack is too.")
	case len(a.data.Vectors) == 0:
		a.block("No vector of an attack was recognised in this recording.")
	case a.reading.Vector != "" && a.vector() == nil:
		a.block("The vector " + a.reading.Vector + " is not in this recording.")
	}
}

// vector returns the vector that the reading names, nil if none.
func (a *answer) vector() *Vector {
	for i := range a.data.Vectors {
		if a.data.Vectors[i].Name == a.reading.Vector {
			return &a.data.Vectors[i]
		}
	}
	return nil
}

func (a *answer) limits(lo, hi float64) {
	if !math.IsInf(lo, 0) {
		a.low = &lo
	}
	if !math.IsInf(hi, 0) {
		a.high = &hi
	}
}

// decide compares bounds with a number.
func decide(rel Relation, lo, hi, x float64) model.Verdict {
	switch rel {
	case quantOver, quantMajority:
		return pick(lo > x, hi <= x)
	case quantNoLessThan:
		return pick(lo >= x, hi < x)
	case quantNoMoreThan:
		return pick(hi <= x, lo > x)
	case quantUnder:
		return pick(hi < x, lo >= x)
	}
	return model.CannotBeDetermined
}

func pick(supported, contradicted bool) model.Verdict {
	switch {
	case supported:
		return model.Supported
	case contradicted:
		return model.Contradicted
	}
	return model.CannotBeDetermined
}

func (a *answer) actor() {
	a.measured = append(a.measured, "Nothing: traffic carries no sign of who ordered it, who operated it or why.")
	a.block("Who ran an attack is not answerable from packets or flows, whatever their addresses.")
	a.addDisclaimer()
}

const disclaimer = "Addresses located in %s do not show that people or a government in %s ran the attack."

// result assembles the sentences: what was measured, bounds, gates, base rate,
// and the standing sentence.
func (a *answer) result() Result {
	r := a.reading
	if r.Kind != kindMagnitude && r.Note != "" {
		a.gates = append(a.gates, r.Note)
	}
	if a.blocked {
		a.verdict = model.CannotBeDetermined
	}
	var reasons []string
	for _, s := range [][]string{a.measured, a.bounds, a.gates, a.base, a.closing} {
		reasons = append(reasons, s...)
	}
	text := a.text()
	return Result{
		Claim: model.Claim{Text: a.claim.Text, Reading: text, Verdict: a.verdict, Low: a.low, High: a.high,
			Unit: r.Unit, Reasons: reasons, Evidence: []string{}},
		Evidence: []model.Evidence{{
			Statement: strings.TrimSpace("Claim read as: " + text + ". " + verdictText(a.verdict) + " " + first(a.measured)),
			Kind:      "inferred", Method: a.method, Version: 1, Inputs: append([]string{}, a.data.Inputs...),
			Value: a.value, Unit: r.Unit, N: a.n, M: a.m, Low: a.low, High: a.high,
			Alternatives: a.alternatives(), WouldChange: a.wouldChange(), Subject: a.claim.Text,
		}},
	}
}

func first(s []string) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

func verdictText(v model.Verdict) string {
	switch v {
	case model.Supported:
		return "The data supports it."
	case model.Contradicted:
		return "The data contradicts it."
	}
	return "The data cannot determine it."
}
