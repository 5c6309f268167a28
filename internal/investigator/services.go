package investigator

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"floodmark/internal/app"
	"floodmark/internal/engine"
	"floodmark/internal/model"
	"floodmark/internal/outage"
)

// serviceWorker makes the documents of services' incidents: what people reported,
// and the traffic of all parts examined as one recording, with the claims about
// it. One goroutine does it, whenever something it rests on has changed.
type serviceWorker struct {
	v    *Investigator
	wake chan struct{}
	made map[string]made // by incident; belongs to run
}

// made is the latest document of an incident.
type made struct {
	key      string
	revision uint64
	at       time.Time // real time
}

const (
	serviceEvery      = time.Second
	serviceMinGap     = 5 * time.Second // between two documents of an incident, but for claims and its end
	maxServiceRecords = 250_000
	// serviceLasts is how long after its end an incident is looked at: evidence of
	// its last burst comes late.
	serviceLasts = 2 * time.Hour
)

func newServiceWorker(v *Investigator) *serviceWorker {
	return &serviceWorker{v: v, wake: make(chan struct{}, 1), made: make(map[string]made)}
}

func (w *serviceWorker) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// run works until ctx is done.
func (w *serviceWorker) run(ctx context.Context) {
	tick := time.NewTicker(serviceEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-w.wake:
		}
		w.look(ctx)
	}
}

// look makes what is due.
func (w *serviceWorker) look(ctx context.Context) {
	now := w.v.c.Clock.Now()
	list := w.v.d.Incidents.Services(func(in *model.Incident) bool {
		return in.Opened != 0 && (in.State != model.Closed || now-in.ClosedAt < int64(serviceLasts) || w.v.claims.waits(in.ID))
	}, engine.MaxIncidents)
	for i := range list {
		in := &list[i]
		w.v.Refresh(in)
		old, key := w.made[in.ID], w.key(in)
		if key == old.key || ctx.Err() != nil {
			continue
		}
		if in.State != model.Closed && !w.v.claims.waits(in.ID) && time.Since(old.at) < serviceMinGap {
			continue
		}
		revision, err := w.make(ctx, in)
		if err != nil {
			if ctx.Err() == nil {
				w.v.c.Log.Warn("document of a service's incident not made", "incident", in.ID, "error", err)
			}
			continue
		}
		w.made[in.ID] = made{key, revision, time.Now()}
	}
	for _, in := range w.v.d.Incidents.Traffic() {
		if in.State == model.Closed && w.v.claims.waits(in.ID) && ctx.Err() == nil {
			w.checkClosed(ctx, &in)
		}
	}
	for id := range w.made {
		if !slices.ContainsFunc(list, func(in model.Incident) bool { return in.ID == id }) {
			delete(w.made, id)
		}
	}
}

// key changes with everything that a document rests on.
func (w *serviceWorker) key(in *model.Incident) string {
	k := fmt.Sprint(in.State, in.Revision, len(w.v.claims.Of(in.ID)))
	for _, p := range in.Traffic {
		k += fmt.Sprint(" ", p.ID, p.Evidence)
	}
	return k
}

// Refresh brings the parts of an incident to what is known of them now: it may
// have ended before the last evidence about them came.
func (v *Investigator) Refresh(in *model.Incident) {
	in.Traffic = slices.Clone(in.Traffic)
	for i := range in.Traffic {
		if now, _, ok := v.d.Incidents.Get(in.Traffic[i].ID); ok {
			p := &in.Traffic[i]
			p.Evidence, p.AttackVerdict, p.Because, p.Spoofing, p.Sources = now.Evidence, now.AttackVerdict, now.Because, now.Spoofing, now.Sources
			p.Vectors, p.Countries, p.Networks = now.Vectors, now.Countries, now.Networks
		}
	}
}

// make makes one document, and notes what it says of the claims.
func (w *serviceWorker) make(ctx context.Context, in *model.Incident) (uint64, error) {
	v := w.v
	in.Claims = v.claims.Of(in.ID)
	var day []model.Bucket
	var flows []model.FlowBucket
	if x, ok := v.d.Services.Service(in.Target.Name); ok {
		day, flows = x.Day, x.Flows
	}
	records, targets := w.records(in)
	revision := v.documents.Latest(in.ID) + 1
	sample := v.sample(in.ID, revision, records, targets)
	sample.Outage = outage.Report(in, day, flows)
	a, err := app.Examine(ctx, sample, v.d.Scope.Geo())
	if err != nil {
		return 0, err
	}
	if err := v.claims.check(ctx, claimCheck{in.ID, v.c.Clock.Now(), revision, a}); err != nil {
		return 0, err
	}
	a.Outage = outage.Report(withClaims(in, v.claims.Of(in.ID)), day, flows)
	return revision, v.documents.write(in.ID, revision, a)
}

// checkClosed checks the claims about an incident of traffic that is over, with
// the records that were kept of it.
func (w *serviceWorker) checkClosed(ctx context.Context, in *model.Incident) {
	v := w.v
	records, err := v.documents.records(in.ID)
	revision := v.documents.Latest(in.ID) + 1
	var a *model.Analysis
	if err == nil {
		a, err = app.Examine(ctx, v.sample(in.ID, revision, records, v.d.Scope.Prefixes(in.Target)), v.d.Scope.Geo())
	}
	if a == nil && err == nil { // nothing was kept: the claims cannot be determined
		a, err = app.Examine(ctx, &app.Sample{Name: in.ID, Version: v.c.Version, Claims: v.claims.texts(in.ID), Outage: &model.OutageReport{}}, nil)
		revision = 0
	}
	if err == nil && revision != 0 {
		err = v.documents.write(in.ID, revision, a)
	}
	if err == nil {
		err = v.claims.check(ctx, claimCheck{in.ID, v.c.Clock.Now(), revision, a})
	}
	if err != nil && ctx.Err() == nil {
		v.c.Log.Warn("claims not checked", "incident", in.ID, "error", err)
	}
}

func withClaims(in *model.Incident, list []model.EnteredClaim) *model.Incident {
	c := *in
	c.Claims = list
	return &c
}

// records gathers what is kept of all parts, in order of time, and the addresses
// that they are about.
func (w *serviceWorker) records(in *model.Incident) ([]model.Record, []netip.Prefix) {
	var all []model.Record
	var targets []netip.Prefix
	for _, p := range in.Traffic {
		part, _, ok := w.v.d.Incidents.Get(p.ID)
		if !ok || part.AttackVerdict == model.AttackNo && attacked(in) {
			continue // ordinary traffic beside an attack says nothing of it
		}
		list, err := w.v.documents.records(p.ID)
		if err != nil {
			w.v.c.Log.Warn("records of an incident not readable", "incident", p.ID, "error", err)
		}
		all = append(all, list...)
		for _, t := range w.v.d.Scope.Prefixes(part.Target) {
			if !slices.Contains(targets, t) && len(targets) < maxTargets {
				targets = append(targets, t)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b model.Record) int { return cmp.Compare(a.First, b.First) })
	return all[:min(len(all), maxServiceRecords)], outermost(targets)
}

// attacked reports whether any part is an attack.
func attacked(in *model.Incident) bool {
	return slices.ContainsFunc(in.Traffic, func(p model.TrafficPart) bool { return p.AttackVerdict == model.AttackYes })
}

// maxTargets is how many an examination looks at.
const maxTargets = 32

// outermost drops prefixes that lie in others.
func outermost(list []netip.Prefix) []netip.Prefix {
	var out []netip.Prefix
	for i := range list {
		if !nested(list, i) {
			out = append(out, list[i])
		}
	}
	return out
}

// nested reports whether a prefix lies in another of the list, or stands there
// before.
func nested(list []netip.Prefix, i int) bool {
	for k, p := range list {
		if k != i && p.Overlaps(list[i]) && (p.Bits() < list[i].Bits() || p.Bits() == list[i].Bits() && k < i) {
			return true
		}
	}
	return false
}
