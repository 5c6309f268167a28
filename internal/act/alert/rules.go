package alert

import (
	"slices"
	"time"

	"floodmark/internal/model"
)

// verdict is what the rules say of one change for one receiver.
type verdict struct {
	send bool
	hold bool          // it would be sent, but for quiet hours
	wait time.Duration // gather so long
}

// route asks every rule that names the receiver: it is told if one of them
// sends, as soon as the quickest of these wants.
func route(rules []Rule, receiver string, c *model.Change, notified bool, now time.Time) verdict {
	var v verdict
	for i := range rules {
		r := &rules[i]
		if !slices.Contains(r.Receivers, receiver) || !r.Match.incident(&c.Incident) || !r.Match.wants(c.Type, notified) {
			continue
		}
		if r.quiet(&c.Incident, now) {
			v.hold = true
			continue
		}
		if !v.send || r.GroupWait < v.wait {
			v.wait = r.GroupWait
		}
		v.send = true
	}
	v.hold = v.hold && !v.send
	return v
}

func (r *Rule) quiet(in *model.Incident, now time.Time) bool {
	return r.Quiet != nil && in.Severity != model.Critical && r.Quiet(now)
}

// reminds returns how often a receiver wants to be reminded of an incident, 0
// for never or not now.
func reminds(rules []Rule, receiver string, in *model.Incident, now time.Time) time.Duration {
	var every time.Duration
	for i := range rules {
		r := &rules[i]
		if r.Repeat <= 0 || !slices.Contains(r.Receivers, receiver) || !r.Match.incident(in) || r.quiet(in, now) {
			continue
		}
		if every == 0 || r.Repeat < every {
			every = r.Repeat
		}
	}
	return every
}

// wantsEnd reports whether a receiver that was told of an incident wants to hear
// of its end, and whether that must wait for quiet hours to end. Severity does
// not matter: who heard of the opening may hear of the end. A correction is for
// everybody, whatever changes the rules name.
func wantsEnd(rules []Rule, receiver string, in *model.Incident, now time.Time) verdict {
	var v verdict
	for i := range rules {
		r := rules[i]
		r.Match.Severity = ""
		if !slices.Contains(r.Receivers, receiver) || !r.Match.incident(in) || in.FalseAlarm == nil && !r.Match.wants(model.Ended, true) {
			continue
		}
		if r.quiet(in, now) {
			v.hold = true
			continue
		}
		v.send = true
	}
	v.hold = v.hold && !v.send
	return v
}

func rank(s model.Severity) int {
	return slices.Index([]model.Severity{model.Info, model.Warning, model.Critical}, s)
}

// incident reports whether an incident is for the rule. A service is in no
// network, and has no direction, customer or group.
func (m *Match) incident(in *model.Incident) bool {
	traffic := in.Target.Kind != model.ServiceTarget
	return (m.Severity == "" || rank(in.Severity) >= rank(m.Severity)) &&
		within(m.Customers, in.Customer) && within(m.Groups, in.Group) &&
		(len(m.Directions) == 0 || traffic && slices.Contains(m.Directions, in.Direction)) &&
		(len(m.Targets) == 0 || slices.ContainsFunc(m.Targets, func(t model.TargetID) bool {
			return t == in.Target || t.Kind == model.NetworkTarget && traffic || t.Contains(in.Target) ||
				t.Kind == model.CustomerTarget && t.Name == in.Customer
		}))
}

// within reports whether v is in the list; an empty list holds everything.
func within[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }

// hears reports whether a change of this type is for the rule. A receiver that
// was not told yet (since the incident was too light, or silenced) is told by
// the next change that would be news to somebody who knows of nothing; a rule
// for openings means these too.
func (m *Match) wants(t model.ChangeType, notified bool) bool {
	news := t == model.Opened || t == model.Escalated || t == model.Changed || t == model.Resumed
	switch {
	case !notified && !news && t != model.Noticed:
		return false
	case len(m.Changes) == 0:
		return news || t == model.Eased || t == model.Ended
	case slices.Contains(m.Changes, t):
		return true
	}
	return !notified && news && slices.Contains(m.Changes, model.Opened)
}

// muted reports incidents of which nothing is said but their end.
func muted(in *model.Incident, now int64) bool {
	return in.SilencedTo > now || in.Maintenance != "" || in.FalseAlarm != nil
}

// ends reports the changes that end a thread.
func ends(t model.ChangeType) bool {
	return t == model.Ended || t == model.Dismissed || t == model.MergedAway || t == model.MarkedFalse
}
