package simday

import (
	"cmp"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/netip"
	"slices"
	"time"

	"floodmark/internal/scenario/topology"
)

// Options say how reports are drawn.
type Options struct {
	Seed     uint64
	People   topology.Places // address data of networks that people are in; nil: the built-in plan
	Machines topology.Places // of networks of servers; nil: as People
}

// Report is what somebody reports.
type Report struct {
	At              int64 // Unix ns
	Service         string
	Component       string // "" where it is not said
	Country, Region string // Region is "" where it is not said
	Address         netip.Addr
	ASN             uint32
	Agent           string // User-Agent
	Languages       string // Accept-Language
	Referer         string // page that sent them, "" for none
}

// Reports gives all reports of the days in the order of time.
func (d *Day) Reports(opt Options) iter.Seq[Report] {
	return func(yield func(Report) bool) {
		p := newPeople(opt)
		waves := d.surges(opt.Seed)
		var now []Report
		for at := d.Begin(); at.Before(d.End()); at = at.Add(last15m) {
			now = now[:0]
			r := random(opt.Seed, "reports", at.Unix())
			for i := range d.Services {
				now = d.Services[i].ordinary(now, r, p, at)
			}
			for _, w := range waves {
				now = w.draw(now, r, p, at)
			}
			slices.SortStableFunc(now, func(a, b Report) int { return cmp.Compare(a.At, b.At) })
			for _, x := range now {
				if !yield(x) {
					return
				}
			}
		}
	}
}

func (s *Service) ordinary(out []Report, r *rand.Rand, p *people, at time.Time) []Report {
	n := s.usual(p.opt.Seed, at)
	if n == 0 {
		return out
	}
	parts, places := newLot(s.Usual.Parts, 1), newLot(s.Usual.Places, 0)
	for range n {
		x := p.person(r, places.draw(r), "people", 0)
		x.At, x.Service, x.Component = at.UnixNano()+r.Int64N(int64(last15m)), s.Slug, parts.draw(r)
		out = append(out, x)
	}
	return out
}

// draw draws the reports of the 15 minutes from a time on: proposals that are
// even in time are thinned by how many report then (Lewis and Shedler 1979).
func (w *surge) draw(out []Report, r *rand.Rand, p *people, at time.Time) []Report {
	n := w.at(at)
	if n == 0 {
		return out
	}
	shares := map[string]float64{}
	parts, places := make([]lot, len(w.UserReports)), make([]lot, len(w.UserReports))
	for i := range w.UserReports {
		shares[fmt.Sprintf("%03d", i)] = w.UserReports[i].Share
		parts[i], places[i] = newLot(w.UserReports[i].Parts, 1), newLot(w.UserReports[i].Places, 0)
	}
	userReports := newLot(shares, 0)
	largest := 0.0
	for m := time.Duration(0); m <= last15m; m += last15m / 30 {
		largest = max(largest, w.level(at.Add(m).Sub(w.from)))
	}
	for range n {
		after := r.Int64N(int64(last15m))
		for tries := 0; tries < 200 && r.Float64()*largest > w.level(at.Add(time.Duration(after)).Sub(w.from)); tries++ {
			after = r.Int64N(int64(last15m))
		}
		i := slices.Index(userReports.names, userReports.draw(r))
		x := p.person(r, places[i].draw(r), w.Senders, w.Agents)
		x.At, x.Service, x.Component, x.Referer = at.UnixNano()+after, w.Service, parts[i].draw(r), w.Link
		out = append(out, x)
	}
	return out
}
