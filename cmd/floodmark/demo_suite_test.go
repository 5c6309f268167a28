package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"floodmark/internal/clock"
	"floodmark/internal/scenario/fakeweb"
	"floodmark/internal/scenario/sender"
	"floodmark/internal/scenario/simday"
	"floodmark/internal/server"
)

// played is a part of a day as the suite plays it.
type played struct {
	name     string
	day      int
	from, to string  // local time of that day
	reports  float64 // of the reports that the file plans
	traffic  float64 // of its packets
}

// suite is a window around what happens on each day that comes with the
// program. Sizes are such that two processors play all of them in minutes.
var suite = []played{
	{"attacked-daily", 3, "12:30", "18:10", 0.3, 1},
	{"brigade", 1, "14:30", "17:30", 0.15, 1},
	{"carpet", 1, "15:00", "18:00", 1, 0.5},
	{"crash-retry-storm", 1, "13:00", "16:00", 0.3, 0.5},
	{"flash-crowd", 1, "16:00", "19:30", 1, 0.5},
	{"neighbour-2024-02-22", 1, "03:00", "06:30", 0.4, 1},
	{"quiet-day", 1, "06:00", "12:00", 1, 1},
	{"short-day", 1, "21:00", "23:59", 1, 1},
	{"reflection", 1, "19:30", "22:40", 0.5, 0.5},
	{"supplier-2025-10-20", 1, "05:00", "09:30", 0.3, 1},
	{"x-2023-03-06", 1, "11:00", "14:30", 0.1, 1},
	{"x-2025-03-10-outside", 1, "05:00", "17:30", 0.05, 1},
}

// limits are the differences from the truth that are known, and asserted: a day
// that loses one is better than it was, and its line goes. None is a wrong cause:
// a crowd of visitors is likelier than anything else and not likely enough; more
// people than usual happened to report wordcards before it failed; and of a fifth
// of the packets less is concluded about countries than of the whole day.
var limits = map[string][]string{
	"flash-crowd":         {"undecided starfoundry: no cause, and it is demand"},
	"supplier-2025-10-20": {"wrong wordcards: it begins at 05:51, and that is 06:52"},
	"x-2025-03-10":        {"undecided x: country=UA some of packets: not told, and it is supported"},
	"x-2025-03-10-netflow5": {
		"undecided x: country=UA majority of packets: not told, and it is contradicted",
		"undecided x: country=UA plurality of packets: not told, and it is contradicted",
		"undecided x: country=UA some of packets: not told, and it is supported",
		"undecided x: country=US,MX,ES,IT,BR majority of packets: not told, and it is supported",
	},
}

// TestScenarioSuite plays a part of each day that comes with the program through
// a server with its real inputs, and compares what it concludes with the truth
// of the day. With FLOODMARK_UPDATE=1 it writes the table into docs/accuracy.md.
func TestScenarioSuite(t *testing.T) {
	list := append(suite, longDays...)
	rows := make([]string, len(list))
	t.Run("days", func(t *testing.T) {
		for i := range list {
			t.Run(list[i].name, func(t *testing.T) {
				t.Parallel()
				inBubble(t, func(b *bubble) { rows[i] = list[i].play(b) })
			})
		}
	})
	if os.Getenv("FLOODMARK_UPDATE") != "" {
		writeTable(t, "| day | played | reports | packets | what was concluded, and how long after its beginning | claims | misses |\n|---|---|---|---|---|---|---|\n"+strings.Join(rows, ""))
	}
}

// scaled is the day with its reports and packets made fewer.
func (p *played) scaled(t *testing.T) *simday.Day {
	t.Helper()
	var d *simday.Day
	var err error
	if p.name == "short-day" {
		d, err = simday.Parse("short.yaml", []byte(shortDay))
	} else {
		d, err = simday.Shipped(p.name)
	}
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

// suiteSpeed is how fast the clock of a day runs in its bubble. What a server does
// in real time (documents, commits, timeouts of probes) it does in the bubble's:
// the faster the day, the less of it, and at this speed probes still ask about
// once in five minutes.
const suiteSpeed = 150

func (p *played) play(b *bubble) (row string) {
	d := p.scaled(b.T)
	from, to := p.moment(b.T, d, p.from), p.moment(b.T, d, p.to)
	c, err := clock.NewReplay(from.Add(-demoLead), suiteSpeed)
	if err != nil {
		b.Fatal(err)
	}
	at := simday.Addresses{Operator: bubbleOperator, Public: bubblePublic, NetFlow: bubbleNetFlow, SFlow: bubbleSFlow, Front: b.playFront(d, c)}
	s := b.serve(d.Config(at)+"data: {flows: {raw: false}}\nlog: {level: error}\ngeo: {file: "+builtGeo(b.T)+"}\n", "", c)
	r := &dayRun{day: d, progress: io.Discard, quiet: true, places: simday.Options{Seed: 1}, due: func(at int64) time.Time { return c.When(at) }, from: c.Now(),
		api: b.net.Client(), commands: b.control(s.dir), dial: b.net.Dial,
		runFlags: &runFlags{server: s.url, public: bubblePublic, data: s.dir, geo: builtGeo(b.T), send: sender.Config{NetFlow: bubbleNetFlow, SFlow: bubbleSFlow, Speed: 1,
			Dial: func(from netip.Addr, to netip.AddrPort) (net.Conn, error) { return b.net.DialUDP(from, to), nil }}}}
	r.opt.Seed, r.opt.Start, r.opt.Scale, r.opt.Duration = 1, d.Begin(), 1, to.Sub(d.Begin())
	if err := r.findPlaces(); err != nil {
		b.Fatal(err)
	}
	if err := r.teach(b.Context()); err != nil {
		b.Fatal(err)
	}
	claiming, stop := context.WithCancel(b.Context())
	var aside sync.WaitGroup
	aside.Go(func() { r.claimAll(claiming) })
	if _, err := r.play(b.Context()); err != nil {
		b.Fatal(err)
	}
	pause(b.Context(), time.Until(c.When(to.UnixNano()))+3*time.Second) // documents follow
	stop()
	aside.Wait()
	row = p.compare(b, d, s)
	b.Log(row)
	return row
}

// claimAll enters what is stated in public, each as soon as there is an incident
// that it is about.
func (r *dayRun) claimAll(ctx context.Context) {
	for _, c := range r.day.Document(r.places.Seed).Claims {
		for at := r.due(c.At.UnixNano()); pause(ctx, time.Until(at)); at = at.Add(time.Second) {
			if r.enter(ctx, &c) == nil {
				break
			}
		}
	}
}

// playFront plays the web servers of a day.
func (b *bubble) playFront(d *simday.Day, c *clock.Clock) (address string) {
	l, err := b.net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{Handler: fakeweb.New(d, c.Time, slowAnswer)}
	go s.Serve(l) //nolint:errcheck // it ends with Close
	b.Cleanup(func() { s.Close() })
	return l.Addr().String()
}

// control is a client of the control socket of a server in the bubble.
func (b *bubble) control(dir string) *http.Client {
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return b.net.Dial(ctx, "unix", server.ControlSocket(dir))
	}}}
}

func (p *played) moment(t *testing.T, d *simday.Day, clock string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("15:04", clock, d.Zone.Location())
	if err != nil {
		t.Fatal(err)
	}
	b := d.Begin()
	return time.Date(b.Year(), b.Month(), b.Day()+p.day-1, at.Hour(), at.Minute(), 0, 0, d.Zone.Location())
}
