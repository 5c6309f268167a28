package cause

import (
	"fmt"

	"floodmark/internal/model"
)

// missing names what is not seen at all.
func (v *view) missing() []string {
	var out []string
	if !v.reported() {
		out = append(out, "reports of people")
	}
	if !v.sees() {
		out = append(out, "the traffic of its networks")
	}
	if len(v.probes) == 0 {
		out = append(out, "how it answers when asked")
	}
	return out
}

// sees tells that traffic towards it is seen.
func (v *view) sees() bool { return v.Watched || len(v.Traffic) > 0 }

// doubts say of each cause what would speak against it.
var doubts = map[model.CauseName]string{
	model.Attack:       "Trouble that goes on when the traffic is ordinary again would speak against an attack.",
	model.OwnFault:     "An attack in the traffic of the same minutes, or the same trouble at services that share a supplier, would speak against a fault of its own.",
	model.Dependency:   "A supplier that works for all others would speak against it.",
	model.NetworkFault: "Reports from all countries and networks alike would speak against a fault of the network.",
	model.Elsewhere:    "Reports that go on when the other incident is over would speak against it.",
	model.FalseReports: "A probe that fails would speak against made-up reports.",
	model.Demand:       "Clients that came only after the first failure would speak against demand.",
}

// changes says what would change the assessment.
func (v *view) changes(first int, named model.CauseName) []string {
	var out []string
	if !v.sees() {
		out = append(out, fmt.Sprintf("Traffic records of the networks of %s would show whether there is an attack.", or(v.Name, "the service")))
	}
	if len(v.probes) == 0 {
		out = append(out, fmt.Sprintf("A probe of %s would show whether and how it fails.", or(v.Name, "the service")))
	}
	if _, unclear := v.others(); unclear {
		out = append(out, "Records with the time to live of packets, or the packets themselves, would tell whether the traffic is an attack.")
	}
	if !v.reported() {
		out = append(out, "Reports of people would show whether anybody feels it.")
	} else if v.UserReports.Total < minNamed {
		out = append(out, "More reports would show which parts and places are touched.")
	}
	out = append(out, doubts[causes[first]])
	if named == model.NoCause {
		out = append(out, "A statement of the service's operator on what failed, once it is over, would settle it.")
	}
	return out[:min(len(out), maxChanges)]
}
