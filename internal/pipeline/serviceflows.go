package pipeline

import (
	"net/netip"

	"floodmark/internal/model"
	"floodmark/internal/userreports"
)

// UserReports takes the traffic of services, which the reports about them are
// compared with.
type UserReports interface {
	Send(userreports.Message)
}

// serviceFlows adds up, each minute, what goes to the networks of services. It
// belongs to the tick.
type serviceFlows struct {
	slugs    []string
	prefixes map[netip.Prefix][]int // services that answer from it
	bits     []int                  // lengths that there are, IPv4 and IPv6 alike
	minute   int64
	sum      []float64 // of the minute, by service
	peak     []float64
	ten      []float64 // of the ten seconds under way: single ones come in lumps
	now      []float64 // of the second
}

func newServiceFlows(services []*model.Service) *serviceFlows {
	f := &serviceFlows{prefixes: make(map[netip.Prefix][]int)}
	lengths := make(map[int]bool)
	for _, s := range services {
		if len(s.Networks) == 0 {
			continue
		}
		for i, p := range s.Networks {
			if nested(s.Networks, i) {
				continue // counted once
			}
			f.prefixes[p.Masked()] = append(f.prefixes[p.Masked()], len(f.slugs))
			lengths[p.Bits()] = true
		}
		f.slugs = append(f.slugs, s.Slug)
	}
	for n := range lengths {
		f.bits = append(f.bits, n)
	}
	for _, p := range []*[]float64{&f.sum, &f.peak, &f.ten, &f.now} {
		*p = make([]float64, len(f.slugs))
	}
	return f
}

// second takes the points of the second that began at a time, in Unix seconds,
// and sends each minute that is over.
func (f *serviceFlows) second(at int64, points []model.Point, reports UserReports) {
	if len(f.slugs) == 0 {
		return
	}
	if m := at / 60; m != f.minute {
		if f.minute != 0 {
			f.close(reports)
		}
		f.minute = m
	}
	clear(f.now)
	for i := range points {
		p := &points[i]
		if p.Target.Kind == model.HostTarget && p.Direction == model.In {
			f.add(p.Target.Addr.Netip(), p.Rates[model.Bits])
		}
	}
	for i, v := range f.now {
		f.sum[i] += v
		if at%10 == 0 {
			f.ten[i] = 0
		}
		f.ten[i] += v
		f.peak[i] = max(f.peak[i], f.ten[i]/10)
	}
}

func (f *serviceFlows) add(a netip.Addr, bits float64) {
	for _, n := range f.bits {
		p, err := a.Prefix(n)
		if err != nil {
			continue // too long for this kind of address
		}
		for _, i := range f.prefixes[p] {
			f.now[i] += bits
		}
	}
}

// close sends the services that had traffic in the minute.
func (f *serviceFlows) close(reports UserReports) {
	begin := f.minute * 60e9
	for i, slug := range f.slugs {
		if mean, peak := f.sum[i]/60, f.peak[i]; peak > 0 {
			reports.Send(userreports.ServiceTraffic{Service: slug, At: begin, Mean: mean, Peak: peak})
		}
	}
	clear(f.sum)
	clear(f.peak)
}

// nested reports whether a prefix lies in another of the list, or stands there
// before.
func nested(list []netip.Prefix, i int) bool {
	for k, p := range list {
		if k != i && p.Overlaps(list[i]) && (p.Bits() < list[i].Bits() || p.Bits() == list[i].Bits() && k < i) {
			return true
		}
	}
	return false
}
