package probe

import (
	"fmt"
	"slices"
	"time"

	"floodmark/internal/model"
)

// When an answer is slow: slowTimes the usual time, and slowFloor at least,
// since nobody minds what takes less.
const (
	slowTimes = 3
	slowFloor = int64(time.Second)
)

// A state begins with inARow results in a row that say so, or, of failing and
// slow, with ofLast of the last lastKept.
const (
	inARow   = 2
	ofLast   = 3
	lastKept = 5
)

// Watch turns the results of one component into a state. It belongs to one
// goroutine at a time, and is pure.
type Watch struct {
	now    model.ProbeNow
	learnt Learnt
	last   []reported // the last that told something of the service, oldest first
	silent []reported // those after them that told nothing
}

// reported is what one result said.
type reported struct {
	at      int64
	state   model.ProbeState // ok, slow, failing; unknown where it tells nothing
	failure model.ProbeFailure
	status  int
	text    string
}

// NewWatch makes the Watch of a component, with what was learnt of it before.
func NewWatch(c model.Component, vantage string, before Learnt) *Watch {
	w := &Watch{learnt: before.usable()}
	w.now = model.ProbeNow{Component: c.Slug, Name: c.Name, Vantage: vantage, State: model.ProbeUnknown, Median: w.learnt.Median, Text: "Not known yet."}
	return w
}

// Now is the state after the last Step.
func (w *Watch) Now() model.ProbeNow { return w.now }

// Learnt is what is worth keeping over a restart.
func (w *Watch) Learnt() Learnt { return Learnt{w.learnt.Median, slices.Clone(w.learnt.First)} }

// Step hears the next result, marks it as Slow where it is, and tells the state
// and whether that, or the reason of it, changed.
func (w *Watch) Step(r *model.ProbeResult) (now model.ProbeNow, changed bool) {
	before := w.now
	x := w.read(r)
	if x.state == model.ProbeUnknown {
		w.silent = append(w.silent, x)
		if len(w.silent) > inARow {
			w.silent = w.silent[1:]
		}
	} else {
		w.silent = w.silent[:0]
		w.last = append(w.last, x)
		if len(w.last) > lastKept {
			w.last = slices.Delete(w.last, 0, 1)
		}
	}
	w.evaluate()
	w.now.Last, w.now.Median = r.At, w.learnt.Median
	return w.now, w.now.State != before.State || w.now.Failure != before.Failure
}

// read tells what one result says, and learns from it.
func (w *Watch) read(r *model.ProbeResult) reported {
	x := reported{at: r.At, state: model.ProbeFailing, failure: r.Failure, status: r.Status, text: r.Text}
	switch r.Failure {
	case model.OwnLink, model.ResponseThrottled:
		x.state = model.ProbeUnknown
	case model.NoFailure:
		total := r.DNS + r.Connect + r.TLS + r.Response
		x.state = model.ProbeOK
		if limit := w.learnt.limit(); limit > 0 && total > limit {
			r.Slow = true
			x.state = model.ProbeSlow
			x.text = fmt.Sprintf("It answers after %s, usual are %s.", short(total), short(w.learnt.Median))
			r.Text = x.text
		}
		w.learnt.add(total)
	}
	return x
}

// evaluate sets the state by what is kept.
func (w *Watch) evaluate() {
	if len(w.silent) >= inARow {
		w.set(model.ProbeUnknown, w.silent, w.silent[len(w.silent)-1])
		w.last = w.last[:0] // what comes after begins anew
		return
	}
	n := len(w.last)
	if n == 0 {
		return
	}
	newest := w.last[n-1]
	if n >= inARow && same(w.last[n-inARow:]) {
		w.set(newest.state, w.last[n-inARow:], newest)
		if newest.state != model.ProbeFailing {
			w.last = slices.Clone(w.last[n-inARow:]) // what was before is over
		}
		return
	}
	// One answer alone ends nothing, and begins nothing.
	failing, worse := w.of(model.ProbeFailing), w.of(model.ProbeFailing, model.ProbeSlow)
	switch {
	case newest.state == model.ProbeFailing && len(failing) >= ofLast:
		w.set(model.ProbeFailing, failing, newest)
	case newest.state == model.ProbeSlow && len(worse) >= ofLast && w.now.State != model.ProbeFailing:
		w.set(model.ProbeSlow, worse, newest)
	}
}

// of lists the kept results that say one of the states.
func (w *Watch) of(states ...model.ProbeState) []reported {
	var out []reported
	for _, x := range w.last {
		if slices.Contains(states, x.state) {
			out = append(out, x)
		}
	}
	return out
}

func same(list []reported) bool {
	for _, x := range list {
		if x.state != list[0].state {
			return false
		}
	}
	return true
}

// set changes the state. It began with the first of the results that show it.
func (w *Watch) set(s model.ProbeState, shown []reported, newest reported) {
	if w.now.State != s || w.now.Since == 0 {
		w.now.Since = shown[0].at
	}
	w.now.State, w.now.Failure, w.now.Status, w.now.Text = s, newest.failure, newest.status, newest.text
}

// short is a duration with two digits or so, for people.
func short(ns int64) string {
	d := time.Duration(ns)
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}
