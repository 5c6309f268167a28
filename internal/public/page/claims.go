package page

import (
	"html/template"
	"time"

	"floodmark/internal/model"
)

// claimOf is a public statement and what the data says of it.
type claimOf struct {
	Text, Source string
	Stated       int64
	Readings     []readingOf
}

// readingOf is one exact reading of a statement.
type readingOf struct {
	Mark, Word, Class string
	Reading           string
	Range             string
	Reasons           []string
	History           template.HTML
}

const (
	maxClaims    = 6
	maxReadings  = 3
	maxWhys      = 4
	maxVerdicts  = 4 // of the history of one reading
	maxStatement = 240
	maxWords     = 7000 // octets of all reasons together: the page stays light
)

var verdictMarks = map[model.Verdict]string{model.Supported: "✓", model.Contradicted: "✗", model.CannotBeDetermined: "?"}

func newClaims(l *locale, now time.Time, all []model.EnteredClaim) (out []claimOf) {
	room := maxWords
	for i := range all {
		if len(out) == maxClaims {
			break
		}
		c := &all[i]
		v := claimOf{Text: clean(maxStatement, c.Text), Source: clean(240, c.Source), Stated: c.Stated}
		if n := len(c.History); n > 0 {
			for k := range c.History[n-1].Claims {
				if k == maxReadings {
					break
				}
				r := l.reading(now, c.History, k)
				for n, why := range r.Reasons {
					if room -= len(why); room < 0 {
						r.Reasons = r.Reasons[:n]
						break
					}
				}
				v.Readings = append(v.Readings, r)
			}
		}
		out = append(out, v)
	}
	return out
}

// reading is reading k of the last check, with what was said of it before.
func (l *locale) reading(now time.Time, history []model.ClaimCheck, k int) readingOf {
	c := &history[len(history)-1].Claims[k]
	v := known(c.Verdict)
	r := readingOf{Mark: verdictMarks[v], Word: l.t("claim." + string(v)), Class: string(v), Reading: clean(240, c.Reading), Range: l.allowed(c)}
	for i, s := range c.Reasons {
		if i < maxWhys {
			r.Reasons = append(r.Reasons, clean(240, s))
		}
	}
	r.History = l.verdicts(now, history, c.Reading)
	return r
}

func known(v model.Verdict) model.Verdict {
	if verdictMarks[v] == "" {
		return model.CannotBeDetermined
	}
	return v
}

// verdicts is the history of a reading: "cannot be determined until 10:12,
// contradicted since 10:12".
func (l *locale) verdicts(now time.Time, history []model.ClaimCheck, reading string) template.HTML {
	type step struct {
		v  model.Verdict
		at int64
	}
	var steps []step
	for i := range history {
		for k := range history[i].Claims {
			c := &history[i].Claims[k]
			if c.Reading == reading && (len(steps) == 0 || steps[len(steps)-1].v != known(c.Verdict)) {
				steps = append(steps, step{known(c.Verdict), history[i].At})
			}
		}
	}
	steps = steps[max(len(steps)-maxVerdicts, 0):]
	out := template.HTML("")
	for i, s := range steps {
		word := l.t("claim." + string(s.v))
		if i+1 < len(steps) {
			out += l.h("claims.until", word, l.when(now, steps[i+1].at)) + ", "
			continue
		}
		out += l.h("claims.since", word, l.when(now, s.at))
	}
	return out
}

// allowed is the interval that the data allows, "" where it is open on a side.
func (l *locale) allowed(c *model.Claim) string {
	if c.Low == nil || c.High == nil {
		return ""
	}
	span := ""
	switch c.Unit {
	case "share":
		span = l.pcts(*c.Low, *c.High)
	case "bits/s":
		span = spanOf(l.bits(*c.Low), l.bits(*c.High))
	case "seconds":
		span = spanOf(l.lasted(int64(sane(*c.Low)*1e9)), l.lasted(int64(sane(*c.High)*1e9)))
	default:
		span = spanOf(l.count(*c.Low), l.count(*c.High))
	}
	return l.t("claims.range", span)
}

// spanOf is span with room around the dash, for figures with units.
func spanOf(low, high string) string {
	if low == high {
		return high
	}
	return low + " – " + high
}
