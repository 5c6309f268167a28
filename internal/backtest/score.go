package backtest

import (
	"cmp"
	"slices"
	"time"

	"floodmark/internal/model"
)

const (
	// early is how long before its start an alarm may still be of an attack:
	// estimates of a start and clocks are no better.
	early = 10 * time.Second
	// after is how long after the end of an attack an alarm may still be of it:
	// exporters hold long flows back.
	after = 5 * time.Minute
	day   = float64(24 * time.Hour / time.Second)
)

// Assess makes the document of what was said. truth is nil where it is not
// known.
func Assess(stated *Output, truth *Truth) *Document {
	d := &Document{Form: Form, Inputs: orEmpty(stated.Inputs), Synthetic: stated.Synthetic, First: stamp(stated.First), Last: stamp(stated.Last),
		Seconds: seconds(stated.Last - stated.First), Records: stated.Records, Datagrams: stated.Datagrams, Undecoded: stated.Undecoded, Late: stated.Late,
		Skipped: seconds(stated.Skipped), Targets: stated.Targets, Conditions: orEmpty(stated.Conditions), Incidents: []Incident{}}
	for i := range stated.Incidents {
		d.Incidents = append(d.Incidents, describe(&stated.Incidents[i]))
	}
	d.Dismissed = dismissals(stated.Incidents)
	if truth != nil {
		d.Score = d.score(stated, truth)
	}
	d.count()
	return d
}

// describe translates an incident.
func describe(t *Reported) Incident {
	o := Incident{ID: t.ID, Target: t.Target, Direction: t.Direction.String(), Customer: t.Customer, Group: t.Group, State: t.State, Severity: t.Worst,
		Started: stamp(t.Started), Noticed: stamp(t.Noticed), Opened: stamp(t.Opened), Ended: stamp(t.Ended), Waves: t.WaveCount, Excesses: []Excess{},
		AttackVerdict: t.AttackVerdict, Because: t.Because, Vectors: []Vector{}, Sources: t.Sources, Untrusted: t.Untrusted, MergedInto: t.MergedInto, Verdict: ""}
	if t.Opened != 0 {
		after := seconds(t.Opened - t.Started)
		o.OpenedAfter = &after
	}
	o.Lasted = seconds(cmp.Or(t.Ended, t.LastSeen) - t.Started)
	for _, e := range t.Excesses {
		o.Excesses = append(o.Excesses, Excess{string(e.Kind), e.Metric.String(), e.Bound, e.Peak})
	}
	for _, v := range t.Vectors {
		o.Vectors = append(o.Vectors, Vector{Name: v.Value, Share: v.Share})
	}
	switch {
	case t.Dismissed:
		o.Verdict = "dismissed"
	case t.Opened == 0:
		o.Verdict = "pending"
	}
	return o
}

// dismissals sums up what was taken back, by reason without its values.
func dismissals(list []Reported) []Dismissal {
	out := []Dismissal{}
	for i := range list {
		t := &list[i]
		if !t.Dismissed {
			continue
		}
		why := withoutRates(t.Because)
		k := slices.IndexFunc(out, func(d Dismissal) bool { return d.Because == why })
		if k < 0 {
			k = len(out)
			out = append(out, Dismissal{Because: why, Example: t.ID})
		}
		out[k].Count++
	}
	slices.SortStableFunc(out, func(a, b Dismissal) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Because, b.Because))
	})
	return out
}

// withoutRates replaces every run of digits by N, so that like reasons meet.
func withoutRates(s string) string {
	var out []byte
	number := false
	for i := range len(s) {
		c := s[i]
		digit := c >= '0' && c <= '9'
		if digit && !number {
			out = append(out, 'N')
		}
		if !digit {
			out = append(out, c)
		}
		number = digit
	}
	return string(out)
}

// score compares incidents with the truth, and marks them.
func (d *Document) score(stated *Output, truth *Truth) *Score {
	s := &Score{Scenario: truth.Scenario, Attacks: []AttackScore{}, Vectors: []VectorScore{}}
	var delays []float64
	for i := range truth.Attacks {
		a := &truth.Attacks[i]
		o := d.scoreAttack(stated, a)
		if o.Found {
			s.Found++
			delays = append(delays, *o.Delay)
		} else {
			s.Missed++
		}
		s.Attacks = append(s.Attacks, o)
	}
	for i := range d.Incidents {
		o, t := &d.Incidents[i], &stated.Incidents[i]
		if t.Opened == 0 || o.Verdict == "attack" {
			continue
		}
		o.Verdict = "false-alarm"
		s.FalseAlarms++
		for k := range truth.Attacks {
			a := &truth.Attacks[k]
			if a.Direction != t.Direction && a.concerns(t) && overlaps(t, a) {
				o.Beside = a.Name
			}
		}
	}
	if len(delays) > 0 {
		slices.Sort(delays)
		n := len(delays)
		median := (delays[(n-1)/2] + delays[n/2]) / 2
		s.DelayMedian, s.DelayMax = &median, &delays[n-1]
	}
	s.Vectors = recall(d, s, truth)
	return s
}

// scoreAttack finds the incidents that are of an attack.
func (d *Document) scoreAttack(stated *Output, a *Attack) AttackScore {
	o := AttackScore{Name: a.Name, Vectors: a.Vectors, Direction: a.Direction.String(), Targets: []string{}, Start: stamp(a.Start), End: stamp(a.End),
		Incidents: []string{}, Named: []string{}, WrongVectors: []string{}}
	for _, t := range a.Targets {
		o.Targets = append(o.Targets, t.String())
	}
	for i := range stated.Incidents {
		t := &stated.Incidents[i]
		if t.Direction != a.Direction || !a.concerns(t) || !overlaps(t, a) {
			continue
		}
		noticed := seconds(max(0, t.Noticed-a.Start))
		if o.Noticed == nil || noticed < *o.Noticed {
			o.Noticed = &noticed
		}
		in := &d.Incidents[i]
		in.Attack = a.Name
		if t.Opened == 0 {
			if t.Dismissed {
				in.Verdict = "dismissed-attack"
			}
			continue
		}
		if t.Opened >= a.Start-int64(early) { // else it was opened for something else
			in.Verdict = "attack"
		}
		delay := seconds(max(0, t.Opened-a.Start))
		if !o.Found || delay < *o.Delay {
			o.Found, o.Delay = true, &delay
		}
		o.Incidents = append(o.Incidents, t.ID)
		for k := range in.Vectors {
			v := &in.Vectors[k]
			right := slices.Contains(a.Vectors, v.Name)
			v.Right = &right
			if right {
				o.Named = addOnce(o.Named, v.Name)
			} else {
				o.WrongVectors = addOnce(o.WrongVectors, v.Name)
			}
		}
	}
	return o
}

// concerns reports whether an incident's target is, holds or lies in one of the
// attack's. A customer or the whole network holds what time alone tells.
func (a *Attack) concerns(t *Reported) bool {
	return t.Target.Kind > model.PrefixTarget || slices.ContainsFunc(a.Targets, func(x model.TargetID) bool {
		return x == t.Target || x.Contains(t.Target) || t.Target.Contains(x)
	})
}

// overlaps reports whether an incident was noticed and seen in the time of an
// attack.
func overlaps(t *Reported, a *Attack) bool {
	return t.Noticed <= a.End+int64(after) && t.LastSeen >= a.Start
}

// recall counts by vector.
func recall(d *Document, s *Score, truth *Truth) []VectorScore {
	out := []VectorScore{}
	of := func(name string) *VectorScore {
		i := slices.IndexFunc(out, func(v VectorScore) bool { return v.Vector == name })
		if i < 0 {
			i = len(out)
			out = append(out, VectorScore{Vector: name})
		}
		return &out[i]
	}
	for i := range truth.Attacks {
		for _, name := range truth.Attacks[i].Vectors {
			v := of(name)
			v.Attacks++
			if s.Attacks[i].Found {
				v.Found++
			}
			if slices.Contains(s.Attacks[i].Named, name) {
				v.Named++
			}
			v.Recall = float64(v.Named) / float64(v.Attacks)
		}
	}
	for i := range d.Incidents {
		in := &d.Incidents[i]
		for _, v := range in.Vectors {
			if in.Verdict == "false-alarm" || in.Verdict == "attack" && v.Right != nil && !*v.Right {
				of(v.Name).Wrong++
			}
		}
	}
	slices.SortFunc(out, func(a, b VectorScore) int { return cmp.Compare(a.Vector, b.Vector) })
	return out
}

// count fills in how often there was an alarm.
func (d *Document) count() {
	a := &d.Alarms
	a.Days = d.Seconds / day
	a.TargetDays = a.Days * float64(d.Targets)
	for i := range d.Incidents {
		a.Noticed++
		if d.Incidents[i].Opened != "" {
			a.Opened++
		}
	}
	per := func(n int, of float64) float64 {
		if of <= 0 {
			return 0
		}
		return float64(n) / of
	}
	a.PerDay, a.PerTargetDay = per(a.Opened, a.Days), per(a.Opened, a.TargetDays)
	if d.Score != nil {
		a.PerDayOfFalse, a.FalsePerTDay = per(d.Score.FalseAlarms, a.Days), per(d.Score.FalseAlarms, a.TargetDays)
	}
}

func addOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func seconds(ns int64) float64 { return float64(ns) / 1e9 }

func stamp(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format(time.RFC3339Nano)
}
