package simday

import (
	"slices"
	"time"

	"floodmark/internal/conf"
)

// Day is a file: one day or several, with ordinary days before.
type Day struct {
	Name     string    `conf:"name"`
	Like     string    `conf:"like"`  // a day that comes with the program: what this file does not say is as there
	Title    string    `conf:"title"` // one sentence
	About    string    `conf:"about"` // what is published, and what is made up
	Date     string    `conf:"date"`  // first day, such as 2025-03-10
	Zone     conf.Zone `conf:"zone"`  // of the times in this file
	Days     int       `conf:"days"`
	Before   int       `conf:"history"` // ordinary days before
	Services []Service `conf:"services"`
	Traffic  Traffic   `conf:"traffic"`
	Events   []Event   `conf:"events"`
	Claims   []Claim   `conf:"claims"`
	Truth    Truth     `conf:"truth"`
}

// SetDefaults is what an empty file holds.
func (d *Day) SetDefaults() {
	d.Zone, d.Days, d.Before = "UTC", 1, 28
	d.Traffic.SetDefaults()
}

// Service is what people report problems with.
type Service struct {
	Slug       string        `conf:"slug"`
	Name       string        `conf:"name"`
	Category   string        `conf:"category"`
	Owner      string        `conf:"owner"`
	Components []string      `conf:"components"`
	DependsOn  []string      `conf:"depends_on"`
	Zone       conf.Zone     `conf:"zone"`     // default: that of the file
	Networks   []conf.Prefix `conf:"networks"` // of its servers, IPv4, reserved for documentation or benchmarks
	Servers    int           `conf:"servers"`  // in the first of its networks
	Packets    conf.Rate     `conf:"packets"`  // of its visitors on average, both directions
	Usual      Usual         `conf:"usual"`
}

// SetDefaults is what a service is where the file does not say.
func (s *Service) SetDefaults() {
	s.Servers = 16
	s.Usual.SetDefaults()
}

// Usual is what people report on ordinary days.
type Usual struct {
	Mean    float64            `conf:"mean"`    // reports in 15 minutes
	Spread  float64            `conf:"spread"`  // variance over mean, above 1
	Hours   Curve              `conf:"hours"`   // how the mean goes with the hour
	Weekend float64            `conf:"weekend"` // of the mean of other days
	Parts   map[string]float64 `conf:"parts"`   // shares of components; the rest names none
	Places  map[string]float64 `conf:"places"`  // weights of countries, or parts of them: GB, US-CA
}

// SetDefaults is an ordinary service.
func (u *Usual) SetDefaults() { u.Mean, u.Spread, u.Hours, u.Weekend = 2, 2, "evening", 1 }

// Curve is how much goes on at which hour.
type Curve string

// Choices lists the curves.
func (Curve) Choices() []string { return []string{"evening", "daytime", "working", "level"} }

// Traffic is how the network is watched.
type Traffic struct {
	Export   Export `conf:"export"`
	Sampling int    `conf:"sampling"` // one packet in so many
}

// SetDefaults is two routers that sample.
func (t *Traffic) SetDefaults() { t.Export, t.Sampling = "sflow", 10_000 }

// Export is what the routers speak; none: nobody watches the network.
type Export string

// Choices lists what routers can speak.
func (Export) Choices() []string { return []string{"sflow", "netflow5", "netflow9", "ipfix", "none"} }

// Event is something that happens, and what follows from it.
type Event struct {
	Name    string         `conf:"name"`
	What    What           `conf:"what"`
	Service string         `conf:"service"`
	Day     int            `conf:"day"` // from 1
	At      conf.TimeOfDay `conf:"at"`
	Traffic []Burst        `conf:"traffic"`
	Answers []Answer       `conf:"answers"`
	Reports []Wave         `conf:"reports"`
}

// SetDefaults puts it on the first day.
func (e *Event) SetDefaults() { e.Day = 1 }

// What is the kind of an event.
type What string

// Choices lists the kinds.
func (What) Choices() []string {
	return []string{"attack", "own-fault", "supplier", "neighbour", "demand", "false-reports", "network", "ordinary"}
}

// Burst is a stretch of traffic.
type Burst struct {
	Vector Vector             `conf:"vector"`
	After  conf.Duration      `conf:"after"` // since the event
	For    conf.Duration      `conf:"for"`
	Rate   conf.Rate          `conf:"rate"`   // packets, as planned
	Target conf.Prefix        `conf:"target"` // default: the first server of the service
	Hosts  int                `conf:"hosts"`  // that send it
	Places map[string]float64 `conf:"places"` // weights of their countries; default: those of the vector
}

// SetDefaults is a few thousand sources.
func (b *Burst) SetDefaults() { b.Hosts = 4000 }

// Vector is how packets are made.
type Vector string

// Choices lists the vectors. cameras is a mixture of udp-flood, ack-flood and
// syn-flood from devices with their own addresses; syn-forged forges them;
// visits are people, retries people whose connections are not answered.
func (Vector) Choices() []string {
	return []string{"cameras", "udp-flood", "ack-flood", "syn-flood", "syn-forged", "reflection-dns", "reflection-cldap", "reflection-ntp",
		"reflection-memcached", "visits", "retries"}
}

// Answer is what the service answers to requests for some components.
type Answer struct {
	Service    string        `conf:"service"`    // default: that of the event
	Components []string      `conf:"components"` // default: all
	After      conf.Duration `conf:"after"`
	For        conf.Duration `conf:"for"`
	Status     Status        `conf:"status"`
}

// Status is how a request is answered.
type Status string

// The answers: 200 at once, 200 late, 503, none at all, a connection that is
// closed without a word.
const (
	OK     Status = "ok"
	Slow   Status = "slow"
	Failed Status = "error"
	Hang   Status = "hang"
	Reset  Status = "reset"
)

// Choices lists the answers.
func (Status) Choices() []string { return []string{"ok", "slow", "error", "hang", "reset"} }

// Wave is what people report because of an event.
type Wave struct {
	Service     string        `conf:"service"` // default: that of the event
	After       conf.Duration `conf:"after"`
	Rise        conf.Duration `conf:"rise"` // until all report
	Hold        conf.Duration `conf:"hold"`
	Fall        conf.Duration `conf:"fall"` // until a tenth of them still does
	Peak        int           `conf:"peak"` // reports in the fullest 15 minutes of the clock, ordinary ones included
	Senders     Senders       `conf:"senders"`
	Agents      int           `conf:"agents"` // how many kinds of browsers there are; 0: as usual
	Link        string        `conf:"link"`   // page that sent them
	UserReports []UserReports `conf:"crowds"`
}

// SetDefaults is a wave of people.
func (w *Wave) SetDefaults() {
	w.Rise, w.Hold, w.Fall, w.Senders = conf.Duration(10*time.Minute), conf.Duration(15*time.Minute), conf.Duration(30*time.Minute), "people"
}

// Senders is what sends reports.
type Senders string

// Choices lists them.
func (Senders) Choices() []string { return []string{"people", "machines"} }

// UserReports is a part of a wave.
type UserReports struct {
	Share  float64            `conf:"share"` // weight among the crowds of the wave
	Parts  map[string]float64 `conf:"parts"`
	Places map[string]float64 `conf:"places"`
}

// SetDefaults makes all crowds alike.
func (c *UserReports) SetDefaults() { c.Share = 1 }

// Claim is what somebody says in public.
type Claim struct {
	Day      int            `conf:"day"`
	At       conf.TimeOfDay `conf:"at"`
	By       string         `conf:"by"`
	Service  string         `conf:"service"`
	Text     string         `conf:"text"`
	Readings []Reading      `conf:"readings"` // what may be meant, and what the data bears out
}

// SetDefaults puts it on the first day.
func (c *Claim) SetDefaults() { c.Day = 1 }

// Reading is one way to understand a claim.
type Reading struct {
	Claim   string  `conf:"claim"` // as `floodmark analyze --claim` reads it
	Verdict Verdict `conf:"verdict"`
}

// Verdict is what should be said of a claim.
type Verdict string

// Choices lists the verdicts.
func (Verdict) Choices() []string {
	return []string{"supported", "contradicted", "cannot-be-determined"}
}

// Truth is what whoever watches should have said.
type Truth struct {
	Incidents []Expected `conf:"incidents"`
	Quiet     []string   `conf:"quiet"` // services without an incident
	Notes     []string   `conf:"notes"`
}

// Expected is an incident of a service.
type Expected struct {
	Service   string             `conf:"service"`
	Day       int                `conf:"day"`
	From      conf.TimeOfDay     `conf:"from"`
	For       conf.Duration      `conf:"for"`    // until the last wave is over
	Within    conf.Duration      `conf:"within"` // from the beginning to open, at most
	Cause     Cause              `conf:"cause"`
	Undecided string             `conf:"undecided"` // why no cause is right as well; empty where it is not
	Waves     int                `conf:"waves"`     // at least
	Parts     map[string]float64 `conf:"parts"`
	Traffic   bool               `conf:"traffic"` // an attack is seen in the traffic
}

// SetDefaults puts it on the first day.
func (e *Expected) SetDefaults() {
	e.Day, e.Waves, e.Within = 1, 1, conf.Duration(30*time.Minute)
}

// Cause is what brought an incident about.
type Cause string

// Choices lists the causes.
func (Cause) Choices() []string {
	return []string{"attack", "own-fault", "dependency", "network", "elsewhere", "false-reports", "demand", "undecided"}
}

// Attacked tells whether anybody attacks.
func (d *Day) Attacked() bool {
	return slices.ContainsFunc(d.Events, func(e Event) bool { return e.What == "attack" })
}
