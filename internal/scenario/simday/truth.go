package simday

import (
	"time"

	"floodmark/internal/scenario"
)

// truthSchema names the form of the truth of a day.
const truthSchema = "floodmark.day-truth/1"

// Document is the truth of a day, as JSON: what whoever watches should have
// said, and what was played. Times are in UTC.
type Document struct {
	Schema    string             `json:"schema"`
	Scenario  string             `json:"scenario"`
	Title     string             `json:"title"`
	Synthetic bool               `json:"synthetic"` // always true
	Seed      uint64             `json:"seed"`
	From      time.Time          `json:"from"`
	To        time.Time          `json:"to"`
	Incidents []Incident         `json:"incidents"`
	Quiet     []string           `json:"quiet"` // services without an incident
	Claims    []PublicClaim      `json:"claims"`
	Events    []Happened         `json:"events"`
	Peaks     map[string]Fullest `json:"peaks"` // by service
	Notes     []string           `json:"notes"`
	Traffic   *scenario.Truth    `json:"traffic,omitempty"`
}

// Incident is one that should have been said to be.
type Incident struct {
	Service   string             `json:"service"`
	Cause     string             `json:"cause"`
	Undecided string             `json:"undecided,omitempty"` // why no cause is right as well; absent where it is not
	From      time.Time          `json:"from"`
	To        time.Time          `json:"to"`       // when the last wave is over
	OpenBy    time.Time          `json:"open_by"`  // it is open then at the latest
	Waves     int                `json:"waves"`    // at least
	Parts     map[string]float64 `json:"parts"`    // shares of those who name a component
	Traffic   bool               `json:"traffic"`  // an attack is seen in the traffic
	States    []string           `json:"states"`   // that it goes through, in this order
	Delay     time.Duration      `json:"delay_ns"` // OpenBy minus From
}

// PublicClaim is what somebody said, and what the data bears out.
type PublicClaim struct {
	At       time.Time     `json:"at"`
	By       string        `json:"by"`
	Service  string        `json:"service"`
	Text     string        `json:"text"`
	Readings []ClaimAnswer `json:"readings"`
}

// ClaimAnswer is one reading of a claim with its verdict.
type ClaimAnswer struct {
	Claim   string `json:"claim"`
	Verdict string `json:"verdict"`
}

// Happened is an event of the file.
type Happened struct {
	At      time.Time `json:"at"`
	Name    string    `json:"name"`
	What    string    `json:"what"`
	Service string    `json:"service"`
}

// Fullest is the fullest 15 minutes of a service, and all of its reports.
type Fullest struct {
	At    time.Time `json:"at"`
	Peak  int       `json:"peak"`
	Total int       `json:"total"`
}

// Document gives the truth for a seed. What the traffic was is added by whoever
// played it.
func (d *Day) Document(seed uint64) Document {
	t := Document{
		Schema: truthSchema, Scenario: d.Name, Title: d.Title, Synthetic: true, Seed: seed, From: d.Begin().UTC(), To: d.End().UTC(),
		Incidents: []Incident{}, Quiet: append([]string{}, d.Truth.Quiet...), Claims: []PublicClaim{}, Events: []Happened{}, Peaks: map[string]Fullest{},
		Notes: append([]string{"synthetic: drawn by floodmark scenario, not recorded from any service"}, d.Truth.Notes...),
	}
	for _, x := range d.Truth.Incidents {
		from := d.at(x.Day, x.From).UTC()
		i := Incident{Service: x.Service, Cause: string(x.Cause), Undecided: x.Undecided, From: from, To: from.Add(x.For.Std()), OpenBy: from.Add(x.Within.Std()),
			Waves: x.Waves, Parts: x.Parts, Traffic: x.Traffic, Delay: x.Within.Std(), States: []string{"suspected", "open", "easing", "closed"}}
		if i.To.Add(closesAfter).After(t.To) {
			i.States = i.States[:3] // the day ends before
		}
		t.Incidents = append(t.Incidents, i)
	}
	for _, c := range d.Claims {
		p := PublicClaim{At: d.at(c.Day, c.At).UTC(), By: c.By, Service: c.Service, Text: c.Text, Readings: []ClaimAnswer{}}
		for _, r := range c.Readings {
			p.Readings = append(p.Readings, ClaimAnswer{r.Claim, string(r.Verdict)})
		}
		t.Claims = append(t.Claims, p)
	}
	for i := range d.Events {
		e := &d.Events[i]
		t.Events = append(t.Events, Happened{d.When(e).UTC(), e.Name, string(e.What), e.Service})
	}
	for slug, counts := range d.Counts(seed) {
		t.Peaks[slug] = fullest(counts)
	}
	return t
}

// closesAfter is how long after its last wave an incident of a service closes.
const closesAfter = 4 * time.Hour

func fullest(counts map[time.Time]int) (f Fullest) {
	for at, n := range counts {
		f.Total += n
		if n > f.Peak || n == f.Peak && at.Before(f.At) {
			f.At, f.Peak = at, n
		}
	}
	return f
}
