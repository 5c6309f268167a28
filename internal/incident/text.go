package incident

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// amount writes a rate of a metric for people: 5.2 Gbit/s; 412 k SYNs/s.
func amount(m model.Metric, v float64) string {
	if m.Unit() == "bits/s" {
		return text.Bits(v)
	}
	return text.Short(v) + " " + m.Unit()
}

// rates says how much, and how far out of its bounds.
func (l *Live) rates() string {
	in := &l.Incident
	e := l.lead()
	rate := in.Rates[e.Metric]
	if in.Target.Kind == model.NetworkTarget && !l.loud() && in.HostCount > 0 {
		return fmt.Sprintf("%d addresses out of their bounds", in.HostCount)
	}
	s := amount(e.Metric, rate) + " " + in.Direction.String()
	if e.Metric > model.Flows {
		s += " (" + strings.ReplaceAll(e.Metric.String(), "-", " ") + ")"
	}
	if x := multiple(rate, e.Bound); e.Bound > 0 && x >= 1 {
		bound := "its threshold"
		if e.Kind == model.ByBaseline {
			bound = "the most that is normal now"
		}
		s += ", " + times(x) + " times " + bound
	}
	return s
}

// times writes a multiple with two digits: 4.1; 25; 1,400.
func times(x float64) string {
	if x < 10 {
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return text.Count(math.Round(x))
}

// textRates is the sentence on an incident that goes on: target, values, what
// it is, how wide, and what is new.
func (m *Machine) textRates(l *Live, news string) string {
	in := &l.Incident
	parts := []string{in.Target.String() + ": " + l.rates()}
	if v := vectors(in.Vectors); v != "" {
		parts = append(parts, v)
	}
	if in.HostCount > 0 && in.Target.Kind != model.NetworkTarget {
		parts = append(parts, fmt.Sprintf("%d of its addresses", in.HostCount))
	}
	if in.Untrusted {
		parts = append(parts, "from an exporter in bad health")
	}
	if news != "" {
		parts = append(parts, news)
	}
	return strings.Join(parts, "; ")
}

// vectors names the three heaviest, by their names for people.
func vectors(w []model.Weight) string {
	var names []string
	for _, v := range w[:min(len(w), 3)] {
		if v.Share >= newVector || len(names) == 0 {
			names = append(names, wording.Vector(v.Value))
		}
	}
	return strings.Join(names, ", ")
}

func (m *Machine) textNoticed(l *Live) string {
	return m.textRates(l, "not yet told from ordinary traffic")
}

func (m *Machine) textOpened(l *Live) string {
	news := l.Incident.Because
	if w := l.Incident.Maintenance; w != "" {
		news += "; within the maintenance window " + w
	}
	return m.textRates(l, strings.TrimPrefix(news, "; "))
}

func (m *Machine) textChanged(l *Live, before model.AttackVerdict) string {
	in := &l.Incident
	if in.AttackVerdict == before {
		return m.textRates(l, "a further vector")
	}
	switch in.AttackVerdict {
	case model.AttackYes:
		return m.textRates(l, "evidence shows an attack: "+in.Because)
	case model.AttackNo:
		return m.textRates(l, "evidence shows ordinary traffic: "+in.Because)
	}
	return m.textRates(l, "evidence cannot tell: "+in.Because)
}

func (m *Machine) textDismissed(l *Live, what string) string {
	in := &l.Incident
	s := fmt.Sprintf("%s: dismissed, %s; %s at its peak", in.Target, what, l.peak())
	if in.WaveCount > 1 {
		s += fmt.Sprintf(" in %d bursts", in.WaveCount)
	}
	if in.Because != "" {
		s += "; " + in.Because
	}
	return s
}

// peak is the highest rate of what stood out most.
func (l *Live) peak() string {
	e := l.lead()
	return amount(e.Metric, l.Incident.Peak[e.Metric])
}

func (m *Machine) textEased(l *Live) string {
	in := &l.Incident
	return fmt.Sprintf("%s: back to normal after %s, %s at its peak; it is watched for another %s",
		in.Target, lasted(in), l.peak(), text.Duration(m.c.Hold.Seconds()))
}

func (m *Machine) textResumed(l *Live) string {
	return m.textRates(l, fmt.Sprintf("wave %d", l.Incident.WaveCount))
}

func (m *Machine) textEnded(l *Live) string {
	in := &l.Incident
	s := fmt.Sprintf("%s: ended after %s, %s at its peak", in.Target, lasted(in), l.peak())
	if in.WaveCount > 1 {
		s += fmt.Sprintf(", in %d waves", in.WaveCount)
	}
	return s
}

func textMerged(from, into *Live) string {
	return fmt.Sprintf("%s: part of what happens to %s (%s)", from.Incident.Target, into.Incident.Target, into.Incident.ID)
}

func lasted(in *model.Incident) string {
	return text.Duration(math.Max(1, float64(in.Ended-in.Started)/1e9))
}

func clock(ns int64) string { return text.When(time.Unix(0, ns).UTC().Format(time.RFC3339)) }
