package backtest

import (
	"fmt"
	"strings"
	"time"

	"floodmark/internal/text"
)

// Text prints the document for people.
func Text(d *Document) string {
	var b strings.Builder
	if d.Synthetic {
		b.WriteString("SYNTHETIC: this recording was made up by `floodmark scenario`.\n")
	}
	fmt.Fprintf(&b, "%s of traffic, from %s to %s: %s records", text.Duration(d.Seconds), clock(d.First), clock(d.Last), text.Count(float64(d.Records)))
	if d.Datagrams > 0 {
		fmt.Fprintf(&b, " in %s export datagrams", text.Count(float64(d.Datagrams)))
	}
	fmt.Fprintf(&b, ", %d watched addresses.\n", d.Targets)
	d.doubts(&b)
	opened := 0
	for i := range d.Incidents {
		if in := &d.Incidents[i]; in.Opened != "" {
			if opened == 0 {
				b.WriteString("\nIncidents that would have been opened:\n")
			}
			opened++
			in.text(&b)
		}
	}
	if opened == 0 {
		b.WriteString("\nNo incident would have been opened.\n")
	}
	d.taken(&b)
	if d.Score != nil {
		d.Score.text(&b)
	}
	d.alarms(&b)
	return b.String()
}

// doubts states what the reader must know of the recording.
func (d *Document) doubts(b *strings.Builder) {
	for _, in := range d.Inputs {
		for _, s := range in.Skipped {
			fmt.Fprintf(b, "note: %s: %s: %s\n", in.Name, s.Reason, s.Example)
		}
	}
	if d.Undecoded > 0 {
		fmt.Fprintf(b, "note: %s export datagrams could not be decoded\n", text.Count(float64(d.Undecoded)))
	}
	if d.Late > 0 {
		fmt.Fprintf(b, "note: %s packets, datagrams or flows lie more than ten seconds before one already read; they were taken as arriving then\n", text.Count(float64(d.Late)))
	}
	if d.Skipped > 0 {
		fmt.Fprintf(b, "note: %s of silence were left out\n", text.Duration(d.Skipped))
	}
	for _, c := range d.Conditions {
		fmt.Fprintf(b, "health: %s to %s: %s\n", clock(c.Since), clock(c.Until), c.Text)
	}
}

// text prints one incident on two or three lines.
func (in *Incident) text(b *strings.Builder) {
	fmt.Fprintf(b, "  %s  %-8s %s", clock(in.Opened), in.Severity, in.ID)
	switch {
	case in.Verdict == "attack":
		fmt.Fprintf(b, "  = %s", in.Attack)
	case in.Verdict == "false-alarm" && in.Beside != "":
		fmt.Fprintf(b, "  FALSE ALARM beside %s", in.Beside)
	case in.Verdict == "false-alarm":
		b.WriteString("  FALSE ALARM")
	}
	fmt.Fprintf(b, "\n    %s, %s; opened %.1f s after the excess began, lasted %s, %s%s\n", in.Target, in.Direction, *in.OpenedAfter,
		text.Duration(in.Lasted), in.State, plural(in.Waves, ", %d waves"))
	var parts []string
	for _, e := range in.Excesses {
		parts = append(parts, fmt.Sprintf("%s up to %s (bound %s)", e.Metric, text.Short(e.Peak), text.Short(e.Bound)))
	}
	fmt.Fprintf(b, "    %s\n", strings.Join(parts, ", "))
	parts = parts[:0]
	for _, v := range in.Vectors {
		mark := ""
		if v.Right != nil && !*v.Right {
			mark = " (wrong)"
		}
		parts = append(parts, fmt.Sprintf("%s %s%s", v.Name, text.Percent(v.Share), mark))
	}
	if len(parts) > 0 || in.Because != "" {
		fmt.Fprintf(b, "    %s: %s\n", orNone(strings.Join(parts, ", "), "no vector"), in.Because)
	}
}

func plural(n int, format string) string {
	if n < 2 {
		return ""
	}
	return fmt.Sprintf(format, n)
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

// taken tells of suspicions that no alarm came of.
func (d *Document) taken(b *strings.Builder) {
	n, pending := 0, 0
	for i := range d.Incidents {
		switch in := &d.Incidents[i]; {
		case in.Verdict == "dismissed" || in.Verdict == "dismissed-attack":
			n++
		case in.Verdict == "pending":
			pending++
		}
	}
	if n > 0 {
		fmt.Fprintf(b, "\nSuspicions that were dismissed: %d\n", n)
	}
	for _, r := range d.Dismissed {
		fmt.Fprintf(b, "  %5d  %s\n", r.Count, orNone(r.Because, "the excess ended before anything could be said"))
	}
	if pending > 0 {
		fmt.Fprintf(b, "\nSuspicions that the recording ended in: %d\n", pending)
	}
}

// text prints the comparison with the truth.
func (s *Score) text(b *strings.Builder) {
	fmt.Fprintf(b, "\nAgainst the truth of %s: %d of %d attacks found, %d false alarms.\n", orNone(s.Scenario, "the file"), s.Found, s.Found+s.Missed, s.FalseAlarms)
	for _, a := range s.Attacks {
		fmt.Fprintf(b, "  %-14s %s, %s at %s: ", a.Name, strings.Join(a.Vectors, " + "), a.Direction, strings.Join(a.Targets, ", "))
		switch {
		case a.Found:
			fmt.Fprintf(b, "opened after %.1f s (%d incidents); named %s", *a.Delay, len(a.Incidents), orNone(strings.Join(a.Named, ", "), "nothing"))
			if len(a.WrongVectors) > 0 {
				fmt.Fprintf(b, "; named wrongly: %s", strings.Join(a.WrongVectors, ", "))
			}
		case a.Noticed != nil:
			fmt.Fprintf(b, "MISSED; suspected after %.1f s and not opened", *a.Noticed)
		default:
			b.WriteString("MISSED; never noticed")
		}
		b.WriteByte('\n')
	}
	if s.DelayMedian != nil {
		fmt.Fprintf(b, "  delay: median %.1f s, longest %.1f s\n", *s.DelayMedian, *s.DelayMax)
	}
	for _, v := range s.Vectors {
		if v.Attacks > 0 {
			fmt.Fprintf(b, "  %-24s named in %d of %d attacks (%s), wrongly in %d incidents\n", v.Vector, v.Named, v.Attacks, text.Percent(v.Recall), v.Wrong)
		} else {
			fmt.Fprintf(b, "  %-24s wrongly in %d incidents\n", v.Vector, v.Wrong)
		}
	}
}

// alarms describes how often there would have been one.
func (d *Document) alarms(b *strings.Builder) {
	a := &d.Alarms
	fmt.Fprintf(b, "\nAlarms: %d in %s; %.3g a day for the whole network, %.3g a day for each watched address.\n", a.Opened, text.Duration(d.Seconds), a.PerDay, a.PerTargetDay)
	if d.Score != nil {
		fmt.Fprintf(b, "False alarms: %.3g a day for the whole network, %.3g a day for each watched address.\n", a.PerDayOfFalse, a.FalsePerTDay)
	}
	if d.Seconds < 6*3600 {
		b.WriteString("A recording this short says little of alarms a day.\n")
	}
}

func clock(s string) string {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return s
	}
	return t.Format("2006-01-02 15:04:05")
}
