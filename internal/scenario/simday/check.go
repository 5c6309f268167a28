package simday

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"time"

	"floodmark/internal/conf"
	"floodmark/internal/scenario/topology"
)

// Bounds of a file, so that a mistake in one does not fill a machine.
const (
	maxDays     = 14
	maxHistory  = 120
	maxServices = 200
	maxEvents   = 500
	maxPeak     = 500_000
	maxFor      = conf.Duration(14 * 24 * time.Hour)
	maxPackets  = 1e9
	maxHosts    = 50_000
)

var (
	slugs  = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
	places = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,3})?$`)
)

// reserved are the networks that victims may stand in: documentation (RFC 5737)
// and benchmarks (RFC 2544).
func reserved() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"),
		netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("198.18.0.0/15")}
}

type checker struct {
	*conf.File
	d *Day
}

func (c checker) progress(k conf.Key, format string, args ...any) {
	c.Problem(k, fmt.Errorf(format, args...))
}

func (d *Day) check(f *conf.File) {
	c := checker{f, d}
	if !slugs.MatchString(d.Name) {
		c.progress("name", "%q is no short name: up to 40 of a-z, 0-9 and hyphens", d.Name)
	}
	if at, err := time.Parse(time.DateOnly, d.Date); err != nil || at.Year() < 1990 || at.Year() > 2199 {
		c.progress("date", "%q is not a date such as 2025-03-10", d.Date)
	}
	if d.Days < 1 || d.Days > maxDays {
		c.progress("days", "%d days: from 1 to %d", d.Days, maxDays)
	}
	if d.Before < 0 || d.Before > maxHistory {
		c.progress("history", "%d days: from 0 to %d", d.Before, maxHistory)
	}
	if d.Traffic.Sampling < 1 || d.Traffic.Sampling > 1<<24 || d.Traffic.Export == "netflow5" && d.Traffic.Sampling > 16383 {
		c.progress("traffic.sampling", "%d: from 1; NetFlow version 5 can tell 16383 at most", d.Traffic.Sampling)
	}
	if len(d.Services) == 0 || len(d.Services) > maxServices {
		c.progress("services", "%d services: from 1 to %d", len(d.Services), maxServices)
	}
	if len(d.Events) > maxEvents {
		c.progress("events", "%d events: at most %d", len(d.Events), maxEvents)
	}
	for i := range d.Services {
		c.service(conf.Key("services").Item(i), &d.Services[i], i)
	}
	for i := range d.Events {
		c.event(conf.Key("events").Item(i), &d.Events[i])
	}
	for i := range d.Claims {
		k := conf.Key("claims").Item(i)
		c.day(k, d.Claims[i].Day)
		c.known(k.Sub("service"), d.Claims[i].Service)
	}
	c.truth()
}

func (c checker) service(k conf.Key, s *Service, i int) {
	if !slugs.MatchString(s.Slug) {
		c.progress(k.Sub("slug"), "%q is no short name: up to 40 of a-z, 0-9 and hyphens", s.Slug)
	}
	if slices.ContainsFunc(c.d.Services[:i], func(o Service) bool { return o.Slug == s.Slug }) {
		c.progress(k.Sub("slug"), "%s is listed twice", s.Slug)
	}
	if len(s.Components) == 0 || len(s.Components) > 32 {
		c.progress(k.Sub("components"), "name 1 to 32 components")
	}
	for n, to := range s.DependsOn {
		c.known(k.Sub("depends_on").Item(n), to)
	}
	for n, p := range s.Networks {
		c.victim(k.Sub("networks").Item(n), p)
	}
	if s.Packets.Unit != conf.PacketRate || s.Packets.Value > maxPackets {
		c.progress(k.Sub("packets"), "a rate of packets such as 200kpps is expected")
	}
	if s.Packets.Value > 0 && (len(s.Networks) == 0 || s.Servers < 1 || len(s.Networks) > 0 && s.Servers > 1<<(32-s.Networks[0].Bits())-2) {
		c.progress(k.Sub("servers"), "%d servers do not fit into the first network of the service", s.Servers)
	}
	u := k.Sub("usual")
	if !(s.Usual.Mean >= 0 && s.Usual.Mean <= 10_000) || !(s.Usual.Spread >= 1 && s.Usual.Spread <= 100) || !(s.Usual.Weekend >= 0 && s.Usual.Weekend <= 10) {
		c.progress(u, "mean from 0 to 10000, spread from 1 to 100, weekend from 0 to 10")
	}
	c.parts(u.Sub("parts"), s.Usual.Parts, s)
	c.places(u.Sub("places"), s.Usual.Places)
	if s.Usual.Mean > 0 && len(s.Usual.Places) == 0 {
		c.progress(u, "say in places where people report from, such as places: {DE: 1}")
	}
}

func (c checker) victim(k conf.Key, p conf.Prefix) {
	if !p.IsValid() {
		return
	}
	for _, r := range reserved() {
		if r.Contains(p.Addr()) && p.Bits() >= r.Bits() {
			return
		}
	}
	c.progress(k, "%v is not within 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24 or 198.18.0.0/15: only these may be victims", p.Prefix)
}

func (c checker) known(k conf.Key, slug string) {
	if slug != "" && c.d.Service(slug) == nil {
		c.progress(k, "there is no service %q in this file", slug)
	}
}

func (c checker) day(k conf.Key, day int) {
	if day < 1 || day > c.d.Days {
		c.progress(k.Sub("day"), "day %d: this file has %d", day, c.d.Days)
	}
}

// parts are shares: they sum up to at most 1.
func (c checker) parts(k conf.Key, parts map[string]float64, s *Service) {
	sum := 0.0
	for _, name := range sorted(parts) {
		if s != nil && !slices.Contains(s.Components, name) {
			c.progress(k.Sub(name), "%s has no such component", s.Slug)
		}
		if w := parts[name]; !(w >= 0) {
			c.progress(k.Sub(name), "a share is not below 0")
		}
		sum += parts[name]
	}
	if !(sum < 1.001) {
		c.progress(k, "the shares sum up to %.3g: at most 1", sum)
	}
}

// places are weights.
func (c checker) places(k conf.Key, weights map[string]float64) {
	sum := 0.0
	for _, name := range sorted(weights) {
		if !places.MatchString(name) || !topology.Known(name[:2]) {
			c.progress(k.Sub(name), "not a country, such as DE, or a part of one, such as US-CA, that addresses are known of")
		}
		if w := weights[name]; !(w >= 0 && w <= 1e6) {
			c.progress(k.Sub(name), "a weight is from 0 to 1000000")
		}
		sum += weights[name]
	}
	if len(weights) > 0 && !(sum > 0) {
		c.progress(k, "all weights are 0")
	}
}

func (c checker) span(k conf.Key, durations ...conf.Duration) {
	for _, x := range durations {
		if x < 0 || x > maxFor {
			c.Problem(k, errors.New("a duration is longer than 14 days"))
		}
	}
}

func (c checker) event(k conf.Key, e *Event) {
	c.day(k, e.Day)
	c.known(k.Sub("service"), e.Service)
	if e.What == "" {
		c.progress(k, "say what it is, such as what: attack")
	}
	for i := range e.Traffic {
		c.burst(k.Sub("traffic").Item(i), e, &e.Traffic[i])
	}
	for i := range e.Answers {
		a, ak := &e.Answers[i], k.Sub("answers").Item(i)
		c.known(ak.Sub("service"), a.Service)
		c.span(ak, a.After, a.For)
		s := c.d.Service(a.Service)
		if s == nil {
			c.progress(ak, "say whose answers, by service")
			continue
		}
		for n, name := range a.Components {
			if !slices.Contains(s.Components, name) {
				c.progress(ak.Sub("components").Item(n), "%s has no such component", s.Slug)
			}
		}
		if a.Status == "" || a.For == 0 {
			c.progress(ak, "say status and for")
		}
	}
	for i := range e.Reports {
		c.wave(k.Sub("reports").Item(i), &e.Reports[i])
	}
}

func (c checker) burst(k conf.Key, e *Event, b *Burst) {
	c.span(k, b.After, b.For)
	c.places(k.Sub("places"), b.Places)
	if b.Rate.Unit != conf.PacketRate || !(b.Rate.Value > 0 && b.Rate.Value <= maxPackets) || b.Vector == "" || b.For == 0 {
		c.progress(k, "say vector, for and rate, such as rate: 5Mpps")
	}
	if b.Hosts < 1 || b.Hosts > maxHosts {
		c.progress(k.Sub("hosts"), "%d: from 1 to %d", b.Hosts, maxHosts)
	}
	if b.Target.IsValid() {
		c.victim(k.Sub("target"), b.Target)
	} else if s := c.d.Service(e.Service); s == nil || len(s.Networks) == 0 {
		c.progress(k, "say target: the service of the event has no networks")
	}
}

func (c checker) wave(k conf.Key, w *Wave) {
	s := c.d.Service(w.Service)
	if s == nil {
		c.progress(k, "say of which service, by service")
		return
	}
	c.span(k, w.After, w.Rise, w.Hold, w.Fall)
	if w.Peak < 1 || w.Peak > maxPeak || w.Rise+w.Hold+w.Fall == 0 {
		c.progress(k.Sub("peak"), "%d: from 1 to %d, over some time", w.Peak, maxPeak)
	}
	if w.Agents < 0 || w.Agents > 1000 {
		c.progress(k.Sub("agents"), "%d: from 0 to 1000", w.Agents)
	}
	if len(w.UserReports) == 0 {
		w.UserReports = []UserReports{{Share: 1, Parts: s.Usual.Parts, Places: s.Usual.Places}}
	}
	sum := 0.0
	for i := range w.UserReports {
		x, ck := &w.UserReports[i], k.Sub("crowds").Item(i)
		if x.Parts == nil {
			x.Parts = s.Usual.Parts
		}
		if x.Places == nil {
			x.Places = s.Usual.Places
		}
		c.parts(ck.Sub("parts"), x.Parts, s)
		c.places(ck.Sub("places"), x.Places)
		if !(x.Share >= 0) || math.IsInf(x.Share, 1) {
			c.progress(ck.Sub("share"), "a share is not below 0")
		}
		sum += x.Share
	}
	if !(sum > 0) {
		c.progress(k.Sub("crowds"), "all shares are 0")
	}
}

func (c checker) truth() {
	for i := range c.d.Truth.Incidents {
		x, k := &c.d.Truth.Incidents[i], conf.Key("truth.incidents").Item(i)
		c.day(k, x.Day)
		c.span(k, x.For, x.Within)
		s := c.d.Service(x.Service)
		if s == nil {
			c.progress(k, "there is no service %q in this file", x.Service)
			continue
		}
		if x.Cause == "" {
			c.progress(k, "say its cause")
		}
		c.parts(k.Sub("parts"), x.Parts, s)
	}
	for i, slug := range c.d.Truth.Quiet {
		if c.d.Service(slug) == nil {
			c.progress(conf.Key("truth.quiet").Item(i), "there is no service %q in this file", slug)
		}
	}
}

func sorted(m map[string]float64) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
