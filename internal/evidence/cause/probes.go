package cause

import (
	"fmt"

	"floodmark/internal/model"
)

// manner is what failures have in common.
type manner struct {
	row  string
	text string // of what the service does, after "from here"
}

// manners are the failures of probes, in the order in which one is preferred
// where as many fail in two ways.
var manners = []struct {
	manner
	of []model.ProbeFailure
}{
	{manner{"fails-server", "it answers with an error of its own"}, []model.ProbeFailure{model.ResponseServer}},
	{manner{"fails-response", "it takes requests and does not answer them"}, []model.ProbeFailure{model.ResponseTimeout, model.ResponseFailed}},
	{manner{"fails-connect", "connections to it are not made"}, []model.ProbeFailure{model.ConnectTimeout, model.ConnectFailed}},
	{manner{"fails-refused", "it refuses connections"}, []model.ProbeFailure{model.ConnectRefused}},
	{manner{"throttled", "it turns requests away because there are too many"}, []model.ProbeFailure{model.ResponseThrottled}},
	{manner{"fails-words", "its answer is not the one expected"}, []model.ProbeFailure{model.ResponseRefused, model.ResponseUnlike}},
	{manner{"fails-name", "its name is not found"}, []model.ProbeFailure{model.NameFailed}},
	{manner{"fails-tls", "its certificate or handshake is not accepted"}, []model.ProbeFailure{model.TLSFailed}},
}

// probed notes what this server measures.
func (v *view) probed(n *notes) {
	if len(v.probes) > 0 {
		v.answers(n)
	}
	if v.failed == 0 || len(v.waves) == 0 {
		return
	}
	c := at(v.waves, v.failed)
	w, text := timing(c), "failures that this server measured began with the attack"
	if late := minutes(v.failed - c.wave.from); w < 0 && late < 0 {
		text = fmt.Sprintf("failures that this server measured began %s before the attack", minutesText(-late))
	} else if w < 0 {
		text = fmt.Sprintf("failures that this server measured began %s after the attack did", minutesText(late))
	}
	n.attack("failing-with", model.SignalProbe, w, text)
}

// answers notes how components answer now.
func (v *view) answers(n *notes) {
	var failing, slow, ok int
	kinds := make([]int, len(manners))
	for _, p := range v.probes {
		switch p.State {
		case model.ProbeFailing:
			failing++
			for i, m := range manners {
				for _, f := range m.of {
					if f == p.Failure {
						kinds[i]++
					}
				}
			}
		case model.ProbeSlow:
			slow++
		default:
			ok++
		}
	}
	best := 0
	for i, k := range kinds {
		if k > kinds[best] {
			best = i
		}
	}
	switch {
	case failing > 0 && kinds[best] > 0:
		n.row(manners[best].row, v.fresh(), "asked from here, "+manners[best].text)
		if ok > 0 {
			n.row("some-fail", v.fresh(), fmt.Sprintf("%d of %s fail, the others answer", failing, count(failing+slow+ok, "part that is asked")))
		}
	case failing > 0:
		n.row("failed-once", v.fresh(), "asked from here, it fails")
	case slow > 0:
		n.row("slow", 1, "asked from here, it answers much later than usual")
	case v.failed != 0:
		n.row("failed-once", v.fresh(), "asked from here, it failed for a time and answers now")
	case v.reported():
		n.row("all-answer", v.asked(), "asked from here, everything answers as usual")
	}
}

// fresh is how well the first failure fits the reports, 0.3 to 1: what has been
// failing for a day is hardly why people report now.
func (v *view) fresh() float64 {
	if !v.reported() {
		return 1
	}
	return 0.3 + 0.7*ramp(minutes(v.Started-v.failed), 360, 60)
}

// asked is how much it says that all probed parts answer, 0.4 to 1: less where
// people complain of a part that is not asked.
func (v *view) asked() float64 {
	largest := 0.0
	for _, p := range v.UserReports.Parts {
		if p.StandsOut && p.Slug != "" && !v.probesPart(p.Slug) {
			largest = max(largest, p.Share)
		}
	}
	return 1 - 0.6*ramp(largest, 0.2, 0.7)
}

func (v *view) probesPart(slug string) bool {
	for _, p := range v.probes {
		if p.Component == slug {
			return true
		}
	}
	return false
}
