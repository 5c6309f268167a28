//go:build !race

package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"floodmark/internal/report/seal"
	"floodmark/internal/scenario/day"
	"floodmark/internal/scenario/day/daytest"
)

// played is a part of a day as the suite plays it.
type played struct {
	name     string
	day      int
	from, to string  // local time of that day
	reports  float64 // of the reports that the file plans
	traffic  float64 // of its packets
	speed    float64
}

// suite is a window around what happens on each day that comes with the
// program. Sizes are such that
// two processors play all of them in minutes.
var suite = []played{
	{"attacked-daily", 3, "12:30", "18:10", 0.3, 1, 1500},
	{"brigade", 1, "14:30", "17:30", 0.15, 1, 600},
	{"carpet", 1, "15:00", "18:00", 1, 0.5, 1000},
	{"crash-retry-storm", 1, "13:00", "16:00", 0.3, 0.5, 1000},
	{"flash-crowd", 1, "16:00", "19:30", 1, 0.5, 1000},
	{"neighbour-2024-02-22", 1, "03:00", "06:30", 0.1, 1, 1000},
	{"quiet-day", 1, "00:00", "12:00", 1, 1, 3000},
	{"reflection", 1, "19:30", "22:40", 0.5, 0.5, 1000},
	{"supplier-2025-10-20", 1, "05:00", "09:30", 0.3, 1, 1000},
	{"x-2023-03-06", 1, "11:00", "14:30", 0.1, 1, 1000},
	{"x-2025-03-10", 1, "05:00", "17:30", 0.1, 0.2, 1500},
	{"x-2025-03-10-netflow5", 1, "05:00", "17:30", 0.05, 0.1, 1500},
	{"x-2025-03-10-outside", 1, "05:00", "17:30", 0.1, 1, 1500},
}

// misses are the differences from the truth that are known, by what they begin
// with. None is a wrong cause.
var misses = map[string][]string{
	"flash-crowd": {"undecided starfoundry: no cause"},
	"supplier-2025-10-20": {"undecided snapgrove: no cause", "undecided paywing: no cause", "undecided doorlight: no cause", "undecided wordcards: no cause",
		"undecided blockyard: no cause"},
}

// TestScenarioSuite plays a part of each day that comes with the program through
// a server with its real inputs, and compares what it says with the truth of the
// day. With FLOODMARK_UPDATE=1 it writes the table into docs/accuracy.md. The
// race detector makes the server too slow for it; make unit runs it without.
func TestScenarioSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes minutes")
	}
	turns := make(chan struct{}, 3)
	rows := make([]string, len(suite))
	t.Run("days", func(t *testing.T) {
		for i := range suite {
			p := &suite[i]
			t.Run(p.name, func(t *testing.T) {
				t.Parallel()
				turns <- struct{}{}
				defer func() { <-turns }()
				rows[i] = p.play(t)
			})
		}
	})
	if os.Getenv("FLOODMARK_UPDATE") != "" {
		writeTable(t, "| day | played | reports | packets | what was said, and how long after its beginning | claims | misses |\n|---|---|---|---|---|---|---|\n"+strings.Join(rows, ""))
	}
}

func writeTable(t *testing.T, table string) {
	t.Helper()
	const path, begin, end = "../../docs/accuracy.md", "<!-- scenario-days -->\n", "<!-- /scenario-days -->"
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(doc), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatal("docs/accuracy.md has no place for the table")
	}
	if err := os.WriteFile(path, []byte(head+begin+table+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

// scaled is the day with its reports and packets made fewer.
func (p *played) scaled(t *testing.T) *day.Day {
	t.Helper()
	d, err := day.Shipped(p.name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Services {
		d.Services[i].Packets.Value *= p.traffic
	}
	for i := range d.Events {
		for k := range d.Events[i].Reports {
			w := &d.Events[i].Reports[k]
			w.Peak = max(1, int(float64(w.Peak)*p.reports))
		}
		for k := range d.Events[i].Traffic {
			d.Events[i].Traffic[k].Rate.Value *= p.traffic
		}
	}
	return d
}

func (p *played) play(t *testing.T) (row string) {
	d := p.scaled(t)
	at := ports(t, 4)
	say := new(lines)
	x := &demo{demoOptions: demoOptions{scenario: p.name, speed: p.speed, seed: 1, exit: true, geo: builtGeo(t)}, say: say, day: d, dir: t.TempDir(), readings: true,
		at: day.Addresses{Operator: at[0], Public: at[1], NetFlow: at[2], SFlow: at[3]}}
	x.from, x.to = p.moment(t, d, p.from), p.moment(t, d, p.to)
	x.plan = p.pace(d, x.from, x.to)
	x.over = func(context.Context) error {
		row = p.compare(t, d, "http://"+at[0], "http://"+at[1])
		return nil
	}
	if err := x.play(t.Context()); err != nil {
		t.Errorf("play %s: %v", p.name, err)
	}
	t.Log(row, say.String())
	return row
}

// asked is the speed at which probes, which wait for answers in real time, still
// ask about once in five minutes.
const asked = 150

// pace is as fast as a machine of two processors can play each part, twice that
// time, never faster than the table says, and slower while a service fails.
func (p *played) pace(d *day.Day, from, to time.Time) (out []day.Stretch) {
	const quarter = 15 * time.Minute
	list := d.Pace(0, 1)
	for at := from; at.Before(to); at = at.Add(quarter) {
		i := slices.IndexFunc(list, func(s day.Stretch) bool { return at.Before(s.To) })
		speed := min(list[i].Speed/2, p.speed)
		if fails(d, at, at.Add(quarter)) {
			speed = min(speed, asked)
		}
		out = append(out, day.Stretch{From: at, To: at.Add(quarter), Speed: speed})
	}
	return out
}

func fails(d *day.Day, from, to time.Time) bool {
	for _, e := range d.Events {
		for _, a := range e.Answers {
			if begin := d.When(&e).Add(a.After.Std()); begin.Before(to) && from.Before(begin.Add(a.For.Std())) {
				return true
			}
		}
	}
	return false
}

func (p *played) moment(t *testing.T, d *day.Day, clock string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("15:04", clock, d.Zone.Location())
	if err != nil {
		t.Fatal(err)
	}
	b := d.Begin()
	return time.Date(b.Year(), b.Month(), b.Day()+p.day-1, at.Hour(), at.Minute(), 0, 0, d.Zone.Location())
}

// compare asks the server, compares its answers with the truth and tells both in
// a row of the table.
func (p *played) compare(t *testing.T, d *day.Day, server, public string) string {
	truth := d.Document(1)
	seen := opened(t, server)
	for _, s := range seen {
		if !slices.ContainsFunc(truth.Incidents, func(x day.Incident) bool { return s.Target == "service:"+x.Service }) {
			t.Errorf("%s opened, and the truth knows nothing of it", s.ID)
		}
		verifies(t, server+"/api/v1/incidents/"+s.ID+"/evidence")
		if page := get(t, public+"/i/"+s.ID); !bytes.Contains(page, []byte("ynthetic")) || !bytes.Contains(page, []byte(p.name)) {
			t.Errorf("the page of %s does not say that it is synthetic", s.ID)
		}
	}
	wrong := append(daytest.Compare(&truth, seen), daytest.Claims(&truth, seen)...)
	var told []string
	for _, x := range wrong {
		if !slices.ContainsFunc(misses[p.name], func(k string) bool { return strings.HasPrefix(fmt.Sprintf("%s %s: %s", x.Grade, x.Service, x.Text), k) }) {
			t.Errorf("%s %s: %s", x.Grade, x.Service, x.Text)
		}
		told = append(told, x.Service+": "+x.Text)
	}
	readings := 0
	for _, c := range truth.Claims {
		readings += len(c.Readings)
	}
	return fmt.Sprintf("| `%s` | %s–%s | %g | %g | %s | %d of %d | %s |\n", p.name, p.from, p.to, p.reports, p.traffic,
		cmp.Or(strings.Join(said(&truth, seen), "; "), "none"), readings-len(daytest.Claims(&truth, seen)), readings, cmp.Or(strings.Join(told, "; "), "none"))
}

// said is what was said of each incident of the truth.
func said(truth *day.Document, seen []daytest.Seen) (out []string) {
	for _, x := range truth.Incidents {
		text := x.Service + ": none"
		for _, s := range seen {
			if s.Target == "service:"+x.Service {
				cause := "undecided"
				if s.Assessment != nil {
					cause = cmp.Or(s.Assessment.Cause, cause)
				}
				text = fmt.Sprintf("%s: %s after %.0f of %.0f min", x.Service, cause, s.Opened.Sub(x.From).Minutes(), x.Delay.Minutes())
			}
		}
		out = append(out, text)
	}
	return out
}

// opened are the incidents of services that opened, all that is known of each.
func opened(t *testing.T, server string) (out []daytest.Seen) {
	t.Helper()
	list, err := daytest.Read(get(t, server+"/api/v1/incidents?limit=1000"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if !strings.HasPrefix(s.Target, "service:") || s.Opened == nil {
			continue
		}
		one, err := daytest.Read(get(t, server+"/api/v1/incidents/"+s.ID))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, one...)
		text, _ := json.Marshal(one)
		t.Logf("%s", text)
	}
	return out
}

// verifies checks both forms of the report of an incident.
func verifies(t *testing.T, url string) {
	t.Helper()
	for _, form := range []string{"full", "redacted"} {
		checks := seal.Verify(get(t, url+"?form="+form), nil)
		if seal.Failed(checks) {
			t.Errorf("%s, %s: %+v", url, form, checks)
		}
		if !slices.ContainsFunc(checks, func(c seal.Check) bool { return c.Name == "synthetic" && strings.Contains(c.Text, "SYNTHETIC") }) {
			t.Errorf("%s, %s: not synthetic: %+v", url, form, checks)
		}
	}
}

func get(t *testing.T, url string) []byte {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v %.300s", url, res.Status, err, b)
	}
	return b
}

// builtGeo is the address data that make geo builds.
func builtGeo(t *testing.T) string {
	t.Helper()
	file, err := filepath.Abs("../../bin/geo.db")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Skip("make geo builds ../../bin/geo.db")
	}
	return file
}
