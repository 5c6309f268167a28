package page

import (
	"html/template"
	"math"

	"floodmark/internal/model"
)

// sides is the evidence for an outage of this service, and against it.
func (l *locale) sides(in *model.Incident) (yes, no []template.HTML) {
	c := userReportsOf(in)
	if c.Strongest >= c.Limit && c.Limit > 0 {
		yes = append(yes, l.h("for.evidence", l.power(c.Strongest-c.Limit)))
	} else {
		no = append(no, l.h("against.evidence"))
	}
	if c.Networks >= 5 {
		yes = append(yes, l.h("for.networks", l.count(float64(c.Networks))))
	} else {
		no = append(no, l.h("against.networks", l.count(float64(max(c.Networks, 0)))))
	}
	if s := l.clearer(c); s != "" {
		yes = append(yes, esc(s))
	}
	if c.Sustained {
		yes = append(yes, l.h("for.sustained"))
	}
	if c.Cause.Kind == model.CauseOwn {
		yes = append(yes, l.h("cause.own"))
	}
	if c.Confirmed {
		yes = append(yes, l.h("trust.confirmed"))
	} else {
		no = append(no, l.h("against.alone"))
	}
	switch c.Cause.Kind {
	case model.CauseElsewhere, model.CauseShared:
		text, _ := l.cause(c.Cause, nil)
		no = append(no, text)
	case model.CauseUndecided:
		no = append(no, l.h("cause.undecided"))
	}
	if c.Fraud.Suspected {
		no = append(no, l.h("against.forged"))
	}
	if c.Works > 0 {
		no = append(no, l.h("against.works", l.count(float64(c.Works)), l.count(float64(c.Total))))
	}
	if c.Peak.Followed > 0 {
		no = append(no, l.h("against.followed", l.count(float64(c.Peak.Followed)), l.count(float64(c.Peak.Problems))))
	}
	return yes, no
}

// evidence sets the evidence beside what the promise asks for.
func (l *locale) evidence(c *model.UserReports) template.HTML {
	if !(c.Limit > 0) || math.IsNaN(c.Strongest) {
		return l.h("evidence.none")
	}
	ratio := c.Strongest - c.Limit
	key := "evidence.over"
	if ratio < 0 {
		key, ratio = "evidence.under", -ratio
	}
	return l.h(key, l.power(c.Strongest), l.power(c.Limit), l.power(ratio))
}
