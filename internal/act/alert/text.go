package alert

import (
	"fmt"
	"strings"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/view"
	"floodmark/internal/wording"
)

// subject is one line for a phone: what, how much, and since when.
func subject(c *model.Change) string {
	in := &c.Incident
	if in.UserReports != nil {
		return serviceSubject(c)
	}
	what := "unusual traffic"
	if len(in.Vectors) > 0 {
		what = wording.Vector(in.Vectors[0].Value)
	}
	m := lead(in)
	peak := amount(m, in.Peak[m]) + " " + in.Direction.String() + " at its peak"
	now := amount(m, in.Rates[m]) + " " + in.Direction.String()
	since := "since " + clock(in.Started)
	switch c.Type {
	case model.Noticed:
		return fmt.Sprintf("%s: suspected, %s, %s, %s", in.Target, what, now, since)
	case model.Escalated:
		return fmt.Sprintf("%s: now %s, %s, %s, open %s", in.Target, in.Severity, what, now, since)
	case model.Eased:
		return fmt.Sprintf("%s: back to normal, %s, %s", in.Target, what, peak)
	case model.Resumed:
		return fmt.Sprintf("%s: again, burst %d, %s, %s, open %s", in.Target, in.WaveCount, what, now, since)
	case model.Ended:
		return fmt.Sprintf("%s: ended, %s, %s, %s to %s", in.Target, what, peak, clock(in.Started), clock(in.Ended))
	case model.Dismissed:
		return fmt.Sprintf("%s: dismissed, ordinary traffic, %s", in.Target, peak)
	case model.MergedAway:
		return fmt.Sprintf("%s: now part of %s", in.Target, in.MergedInto)
	case model.MarkedFalse:
		return fmt.Sprintf("%s: correction, it was a false alarm (%s)", in.Target, since)
	case model.AcknowledgedNow:
		return fmt.Sprintf("%s: acknowledged by %s", in.Target, by(in.Acknowledged))
	}
	return fmt.Sprintf("%s: %s, %s, open %s", in.Target, what, now, since)
}

// lead is the metric that was exceeded most, or bits.
func lead(in *model.Incident) model.Metric {
	m, highest := model.Bits, 0.0
	for _, e := range in.Excesses {
		if e.Bound > 0 && e.Metric < model.Metrics && e.Peak/e.Bound > highest {
			m, highest = e.Metric, e.Peak/e.Bound
		}
	}
	if highest == 0 && in.Peak[m] == 0 {
		return model.Packets
	}
	return m
}

func amount(m model.Metric, v float64) string {
	if m.Unit() == "bits/s" {
		return text.Bits(v)
	}
	return text.Short(v) + " " + m.Unit()
}

// clock writes the time of day in UTC: 14:03 UTC.
func clock(ns int64) string {
	if ns == 0 {
		return "now"
	}
	return time.Unix(0, ns).UTC().Format("15:04 UTC")
}

func by(r *model.Remark) string {
	if r == nil || r.By == "" {
		return "an operator"
	}
	return text.Clean(r.By, 80)
}

// body describes what is known about an incident and what is not.
func body(e *Event) string {
	in := &e.Incident
	var b strings.Builder
	line := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-9s %s\n", name, text.Clean(fmt.Sprintf(format, args...), 400))
	}
	b.WriteString(text.Clean(e.Text, 800) + "\n\n")
	if in.UserReports != nil {
		serviceLines(in, line)
	} else {
		trafficLines(in, line)
	}
	if in.FalseAlarm != nil {
		line("Correction", "marked as a false alarm by %s. %s", in.FalseAlarm.By, in.FalseAlarm.Note)
	}
	line("Incident", "%s", in.ID)
	if e.Link != "" {
		line("Page", "%s", e.Link)
	}
	return b.String()
}

// trafficLines describes the traffic, line by line.
func trafficLines(in *view.Incident, line func(name, format string, args ...any)) {
	line("Target", "%s, traffic %s%s%s", in.Target, in.Direction, also("customer", in.Customer), also("group", in.Group))
	line("State", "%s, %s, since %s%s", in.State, in.Severity, stampTime(in.StartedAt), also("closed", stampTime(in.ClosedAt)))
	line("Now", "%s, %s", text.Bits(in.Rates.Bits), amount(model.Packets, in.Rates.Packets))
	line("Peak", "%s, %s", text.Bits(in.Peak.Bits), amount(model.Packets, in.Peak.Packets))
	if in.BurstCount > 1 {
		line("Bursts", "%d", in.BurstCount)
	}
	if in.HostCount > 0 {
		line("Addresses", "%d, such as %s", in.HostCount, strings.Join(in.Hosts[:min(3, len(in.Hosts))], ", "))
	}
	line("Vectors", "%s", shares(in.Vectors, wording.Vector))
	line("Sources", "%s", sources(in))
	if len(in.Countries)+len(in.Networks) > 0 {
		same := func(s string) string { return s }
		line("From", "%s; %s", shares(in.Countries, same), shares(in.Networks, same))
	}
	line("Attack", "%s", attack(in))
	if !in.QualityOK {
		line("Caution", "an exporter of this incident has a data-quality issue")
	}
	if in.Delay >= 10 {
		line("Caution", "export delay up to %s", text.Duration(in.Delay))
	}
}

func also(name, v string) string {
	if v == "" {
		return ""
	}
	return ", " + name + " " + v
}

func shares(list []view.Weight, name func(string) string) string {
	var out []string
	for _, p := range list[:min(3, len(list))] {
		out = append(out, name(p.Value)+" "+text.Percent(p.Share.Share))
	}
	if len(out) == 0 {
		return "not known yet"
	}
	return strings.Join(out, ", ")
}

func sources(in *view.Incident) string {
	if in.Sources == 0 {
		return "not known yet"
	}
	s := "at least " + text.Count(float64(in.Sources))
	if in.Spoofing == "" {
		return s + "; spoofing not examined yet"
	}
	return s + "; " + wording.Spoof(model.Spoofing(in.Spoofing))
}

func attack(in *view.Incident) string {
	s := in.AttackVerdict
	if s == "" {
		s = "not examined yet"
	}
	if in.Reason != "" {
		s += ": " + in.Reason
	}
	return s
}

// entitle writes the subject and text of a message from its events.
func (m *Message) entitle() {
	switch {
	case len(m.Events) == 1:
		m.Subject, m.Text = m.Events[0].Subject, body(&m.Events[0])
	default:
		m.Subject = fmt.Sprintf("%d messages about %d incidents", len(m.Events), len(incidents(m.Events)))
		var b strings.Builder
		for _, e := range m.Events {
			b.WriteString(text.Clean(e.Subject, 300) + "\n" + text.Clean(e.Text, 800) + "\n" + e.Link + "\n\n")
		}
		m.Text = strings.TrimRight(b.String(), "\n") + "\n"
	}
	switch m.Reason {
	case forDigest:
		m.Subject = "After quiet hours: " + m.Subject
	case forReminder:
		m.Subject = "Not acknowledged: " + m.Subject
	case forTest:
		m.Subject = "TEST: " + m.Subject
		m.Text = "This is a test of an alert receiver. There is no incident.\n\n" + m.Text
	}
	m.Subject = text.Clean(m.Subject, 300)
}

func incidents(events []Event) map[string]bool {
	ids := make(map[string]bool)
	for _, e := range events {
		ids[e.Incident.ID] = true
	}
	return ids
}
