package simday

import (
	"slices"
	"time"
)

// Answer tells how a component of a service answers requests at a time. Where
// events overlap the later one in the file decides.
func (d *Day) Answer(service, component string, at time.Time) Status {
	out := OK
	for i := range d.Events {
		e := &d.Events[i]
		for _, a := range e.Answers {
			from := d.When(e).Add(a.After.Std())
			if a.Service == service && (len(a.Components) == 0 || slices.Contains(a.Components, component)) &&
				!at.Before(from) && at.Before(from.Add(a.For.Std())) {
				out = a.Status
			}
		}
	}
	return out
}
