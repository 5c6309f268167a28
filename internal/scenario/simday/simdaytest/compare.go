package simdaytest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"floodmark/internal/scenario/simday"
)

// Seen is what is read of an incident of the operator's API.
type Seen struct {
	ID      string     `json:"id"`
	State   string     `json:"state"`
	Target  string     `json:"target"`
	Started time.Time  `json:"started_at"`
	Opened  *time.Time `json:"opened_at"` // nil: it was a suspicion only
	Bursts  int        `json:"burst_count"`
	Reports *struct {
		Components []struct {
			Slug  string  `json:"slug"`
			Share float64 `json:"share"`
			Low   float64 `json:"low"` // of its 95 % interval
			High  float64 `json:"high"`
		} `json:"components"`
	} `json:"user_reports"`
	Assessment *struct {
		Cause string `json:"cause"`
	} `json:"assessment"`
	Traffic []struct {
		AttackVerdict string `json:"attack_verdict"`
	} `json:"traffic"`
	Claims []struct {
		Text   string `json:"text"`
		Checks []struct {
			Interpretations []struct {
				Verdict string `json:"verdict"`
			} `json:"interpretations"`
		} `json:"checks"` // the last one is current
	} `json:"claims"`
}

// Read reads the answer of GET /api/v1/incidents, or of GET
// /api/v1/incidents/ID.
func Read(answer []byte) ([]Seen, error) {
	var page struct{ Incidents []Seen }
	if err := json.Unmarshal(answer, &page); err != nil {
		return nil, fmt.Errorf("read incidents: %w", err)
	}
	if page.Incidents != nil {
		return page.Incidents, nil
	}
	var one Seen
	if err := json.Unmarshal(answer, &one); err != nil {
		return nil, fmt.Errorf("read incident: %w", err)
	}
	if one.ID == "" {
		return nil, nil
	}
	return []Seen{one}, nil
}

// Grade is how bad a difference is.
type Grade string

// The grades. A wrong verdict is worse than none.
const (
	False     Grade = "false"     // an incident where nothing was
	Missed    Grade = "missed"    // none where something was
	Late      Grade = "late"      // it opened later than the truth allows
	Wrong     Grade = "wrong"     // another cause, part or verdict
	Undecided Grade = "undecided" // no cause or verdict where the truth has one
)

// Difference is one thing in which a server and the truth differ.
type Difference struct {
	Grade   Grade
	Service string
	Text    string
}

// Some latitude: an incident may begin so long before the truth says, and the
// truth tells shares of parts in whole percent.
const (
	before  = 30 * time.Minute
	rounded = 0.005
)

// Compare lists the differences, in the order of the truth.
func Compare(t *simday.Document, seen []Seen) []Difference {
	var out []Difference
	for i := range t.Incidents {
		out = append(out, incident(&t.Incidents[i], seen)...)
	}
	for _, slug := range t.Quiet {
		for _, s := range seen {
			if s.Target == "service:"+slug && s.Opened != nil {
				out = append(out, Difference{False, slug, fmt.Sprintf("%s opened at %s, and nothing was", s.ID, s.Opened.UTC().Format("15:04"))})
			}
		}
	}
	return out
}

func incident(want *simday.Incident, seen []Seen) (out []Difference) {
	progress := func(g Grade, format string, args ...any) {
		out = append(out, Difference{g, want.Service, fmt.Sprintf(format, args...)})
	}
	var of []Seen
	for _, s := range seen {
		if s.Target == "service:"+want.Service && s.Opened != nil && s.Opened.After(want.From.Add(-before)) && s.Started.Before(want.To) {
			of = append(of, s)
		}
	}
	if len(of) == 0 {
		if want.Cause != "false-reports" { // believing nobody is right there
			progress(Missed, "no incident between %s and %s", want.From.Format("15:04"), want.To.Format("15:04"))
		}
		return out
	}
	slices.SortFunc(of, func(a, b Seen) int { return a.Opened.Compare(*b.Opened) })
	if s := of[0].Started; s.Before(want.From.Add(-before)) {
		progress(Wrong, "it begins at %s, and that is %s", s.UTC().Format("15:04"), want.From.Format("15:04"))
	}
	if of[0].Opened.After(want.OpenBy) {
		progress(Late, "open at %s, by %s at the latest", of[0].Opened.UTC().Format("15:04"), want.OpenBy.Format("15:04"))
	}
	waves, attack := 0, false
	for _, s := range of {
		waves += s.Bursts
		for _, p := range s.Traffic {
			attack = attack || p.AttackVerdict == "yes"
		}
	}
	if waves < want.Waves {
		progress(Wrong, "%d waves, at least %d", waves, want.Waves)
	}
	if want.Traffic && !attack {
		progress(Missed, "no attack in the traffic")
	}
	out = append(out, cause(want, &of[0])...)
	return append(out, parts(want, &of[0])...)
}

func cause(want *simday.Incident, s *Seen) []Difference {
	got := "undecided"
	if s.Assessment != nil && s.Assessment.Cause != "" {
		got = s.Assessment.Cause
	}
	switch got {
	case want.Cause:
		return nil
	case "undecided":
		if want.Undecided != "" {
			return nil
		}
		return []Difference{{Undecided, want.Service, "no cause, and it is " + want.Cause}}
	}
	return []Difference{{Wrong, want.Service, "cause " + got + ", and it is " + want.Cause}}
}

func parts(want *simday.Incident, s *Seen) (out []Difference) {
	if s.Reports == nil {
		return nil
	}
	var names []string
	for name := range want.Parts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		var low, high float64
		for _, p := range s.Reports.Components {
			if p.Slug == name {
				low, high = p.Low, p.High
			}
		}
		if x := want.Parts[name]; x < low-rounded || x > high+rounded {
			out = append(out, Difference{Wrong, want.Service, fmt.Sprintf("%.1f to %.1f %% name %s, and it is %.0f %%", 100*low, 100*high, name, 100*x)})
		}
	}
	return out
}

// Claims compares what is said of each reading, which somebody entered at the
// server as a claim of its own. One answer with the verdict of the truth is
// enough: a text may be read in several ways.
func Claims(t *simday.Document, seen []Seen) (out []Difference) {
	for _, c := range t.Claims {
		for _, r := range c.Readings {
			verdicts := verdictsOf(seen, "service:"+c.Service, r.Claim)
			switch {
			case len(verdicts) == 0:
				out = append(out, Difference{Missed, c.Service, "not answered: " + r.Claim})
			case slices.Contains(verdicts, r.Verdict):
			case !slices.ContainsFunc(verdicts, func(v string) bool { return v != "cannot-be-determined" }):
				out = append(out, Difference{Undecided, c.Service, fmt.Sprintf("%s: not told, and it is %s", r.Claim, r.Verdict)})
			default:
				out = append(out, Difference{Wrong, c.Service, fmt.Sprintf("%s: %s, and it is %s", r.Claim, strings.Join(verdicts, ", "), r.Verdict)})
			}
		}
	}
	return out
}

func verdictsOf(seen []Seen, target, claim string) (out []string) {
	for _, s := range seen {
		for _, c := range s.Claims {
			if s.Target != target || c.Text != claim || len(c.Checks) == 0 {
				continue
			}
			for _, a := range c.Checks[len(c.Checks)-1].Interpretations {
				out = append(out, a.Verdict)
			}
		}
	}
	return out
}
