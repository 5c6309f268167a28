package sharedcause

import (
	"time"

	"floodmark/internal/model"
)

// Step is the length of one bin of a series.
const Step = 5 * time.Minute

const (
	maxBins   = 288 // a day
	maxExcess = 200 // services with excess that are compared; of the smallest beyond, nothing is said
)

// Service is one service as it is now. All services come with series over the
// same time: at most 288 bins of five minutes, oldest first, the last one being
// the last that is complete. What is longer is cut at its beginning, what is
// shorter lacks its beginning. Services without excess belong in too: that they
// are quiet is evidence. A supplier that is missing is known by its slug.
type Service struct {
	Slug, Name string
	Category   string
	Owner      string
	DependsOn  []string
	Excess     bool      // it has an incident that is not closed and not easing
	Since      int64     // Unix ns, when its excess began; read where Excess is set
	Effective  []float64 // effective reports in each bin
	Expected   []float64 // what is usual there
	Dispersion float64   // variance / mean of ordinary bins; under 1 is 1
	Followed   []Follow  // what earlier incidents taught; may be empty
}

// Follow is how often earlier incidents of a service fell into one of another.
type Follow struct {
	Slug string
	// Times is how many of Of earlier incidents began within 20 minutes of one
	// of Slug that was at least ten times larger.
	Times, Of int
}

// Evaluate returns the cause of each service's excess, in the order of services;
// for one without excess the zero Cause. End is the end of the last bin, Unix
// ns.
func Evaluate(services []Service, end int64) []model.Cause {
	t := newTable(services, end)
	out := make([]model.Cause, len(services))
	for _, i := range t.hot {
		out[i] = t.cause(i)
	}
	t.followToTheRoot(out)
	for i := range services {
		if services[i].Excess && out[i].Kind == "" {
			out[i] = model.Cause{Kind: model.CauseUndecided, Text: "Too many services have more reports than usual at once to compare them all."}
		}
	}
	return out
}

// Scores at which a reading is taken, in natural logarithms of odds as they are
// judged: seven to one. To call an outage somebody's own that was not is the
// worse error, so that between the two nothing is said.
const (
	named = 2.0
	owned = -2.0
)

// candidate is one reading of a service's excess.
type candidate struct {
	kind  model.CauseKind
	by    int // service, -1 for an owner
	owner string
	score float64
	fit   fit
}

func (t *table) cause(i int) model.Cause {
	if t.common >= minCommon && t.ordinary(i) {
		return t.commonText()
	}
	best := candidate{score: -100, by: -1}
	for _, c := range append(t.neighbours(i), t.groups(i)...) {
		if c.score > best.score {
			best = c
		}
	}
	v := t.views[i]
	switch {
	case best.score <= owned:
		return model.Cause{Kind: model.CauseOwn, Text: "No other service's reports explain these."}
	case best.score < named || best.fit.share < 0.5:
		return t.undecidedText(best)
	}
	c := model.Cause{Kind: best.kind, Share: best.fit.share}
	c.Low, c.High = interval(v, best.fit)
	if best.by < 0 {
		c.By, c.Name, c.Owner = best.owner, best.owner, true
	} else {
		c.By, c.Name = t.s[best.by].Slug, t.s[best.by].Name
	}
	c.Text = text(c)
	return c
}

// followToTheRoot names the cause of a cause: what is explained by a service
// whose reports are explained by a third one is about the third one.
func (t *table) followToTheRoot(out []model.Cause) {
	for _, i := range t.hot {
		for range 4 {
			by, ok := t.index[out[i].By]
			if out[i].Kind != model.CauseElsewhere || !ok || by >= len(out) {
				break
			}
			root := out[by]
			if root.Kind != model.CauseElsewhere && root.Kind != model.CauseShared || !root.Owner && root.By == t.s[i].Slug {
				break
			}
			out[i].Kind, out[i].By, out[i].Name, out[i].Owner = root.Kind, root.By, root.Name, root.Owner
			out[i].Text = text(out[i])
		}
	}
}
