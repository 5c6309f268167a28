package detector

import (
	"slices"
	"time"

	"floodmark/internal/baseline"
	"floodmark/internal/model"
)

// flows is the traffic towards a service's networks beside what is usual. It is
// shown and weighed; incidents of traffic come from elsewhere.
type flows struct {
	series *baseline.Series // bits a second, each minute; nil without networks
	Day    []model.FlowBucket
	seen   int64   // Unix ns, when there was traffic last
	day    int64   // number of the day in which that was
	days   int     // with traffic
	ratio  float64 // of the last minute to what is usual, 0 where that is not known
}

// flowStep is how long a bucket of the series is, and flowPromise how many false
// words of "more" or "less than usual" there may be in a week.
const (
	flowStep    = time.Minute
	flowPromise = 0.02
	flowLearn   = 24 * time.Hour
	flowFloor   = 1e6 // bits a second
)

func newFlows(s *model.Service, zone *time.Location) flows {
	if len(s.Networks) == 0 {
		return flows{}
	}
	return flows{series: baseline.New(baseline.Config{Step: flowStep, Promise: flowPromise, Learn: flowLearn, Floor: flowFloor, Ratio: 2, Zone: zone})}
}

// Flows hears how much traffic went to a service's networks in the minute that
// began at a time: the mean and the busiest ten seconds, in bits a second. Minutes of
// a service come in order; those without traffic may be left out.
func (l *Detector) Flows(slug string, at int64, mean, peak float64) {
	t := l.by[slug]
	if t == nil || t.flows.series == nil {
		return
	}
	f := &t.flows
	f.seen = at
	if d := at / int64(24*time.Hour); d != f.day {
		f.day, f.days = d, f.days+1
	}
	v := f.series.Judge(at, mean, 0)
	usual := f.series.Expect(at)
	f.series.Learn(at, mean, v.State == baseline.High || t.episode.State != "")
	if f.ratio = 0; usual.Known && usual.Mean > 0 {
		f.ratio = mean / usual.Mean
	}
	f.add(at, model.FlowBucket{Mean: mean, Peak: peak, Usual: usual.Mean, Low: usual.Low, High: usual.High, Known: usual.Known})
	t.dirty = true
}

// add takes a minute into the 15 minutes of the clock that hold it.
func (f *flows) add(at int64, x model.FlowBucket) {
	begin := at - at%quarter
	n := len(f.Day)
	if n == 0 || f.Day[n-1].At != begin {
		x.At = begin
		x.Mean /= 15
		f.Day = append(f.Day, x)
		f.Day = slices.Delete(f.Day, 0, max(0, len(f.Day)-shown))
		return
	}
	b := &f.Day[n-1]
	b.Mean += x.Mean / 15
	b.Peak = max(b.Peak, x.Peak)
}

// watched is how long after traffic was seen its absence says something.
const watched = time.Hour
