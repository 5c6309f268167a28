package detector

import (
	"time"

	"floodmark/internal/model"
	"floodmark/internal/outage"
)

const (
	minute  = int64(time.Minute)
	quarter = 15 * minute // what people are shown, and what the press counts in
	// kept is how many minutes are looked back on: an excess is tested against
	// others' over this time, and one that is noticed late began in it.
	kept = 180
	// shown is how many quarters a page shows, and the one that goes on.
	shown = 97
)

// past is one closed minute.
type past struct {
	Problems, Works, Refused, Followed, Withheld uint32
	Effective, Expected, Variance                float32
}

// minutes are the last kept ones, by their number since 1970.
type minutes struct {
	Last int64 // number of the newest
	Ring [kept]past
}

func (m *minutes) put(at int64, p past) {
	n := at / minute
	for gap := m.Last + 1; m.Last != 0 && gap < n && gap < m.Last+kept; gap++ {
		m.Ring[gap%kept] = past{}
	}
	for ahead := n + 1; ahead <= m.Last && ahead < n+kept; ahead++ { // the clock was ahead
		m.Ring[ahead%kept] = past{}
	}
	m.Last = n
	m.Ring[n%kept] = p
}

// at returns the minute that began so many before the newest.
func (m *minutes) at(back int) *past {
	n := m.Last - int64(back)
	if back < 0 || back >= kept || n < 0 {
		return &past{}
	}
	return &m.Ring[n%kept]
}

// since sums the minutes from a time up to the newest but one.
func (m *minutes) since(from int64) outage.Counts {
	var c outage.Counts
	for back := 1; back < kept && (m.Last-int64(back))*minute >= from-from%minute; back++ {
		p := m.at(back)
		c.Problems += uint64(p.Problems)
		c.Works += uint64(p.Works)
		c.Refused += uint64(p.Refused)
		c.Effective += float64(p.Effective)
	}
	return c
}

// quarterOf sums the last 15 minutes.
func (m *minutes) quarterOf() model.Bucket {
	b := model.Bucket{At: (m.Last - 14) * minute}
	for back := range 15 {
		add(&b, m.at(back))
	}
	return b
}

// add takes a minute into a bucket.
func add(b *model.Bucket, p *past) {
	b.Problems += p.Problems
	b.Works += p.Works
	b.Refused += p.Refused
	b.Followed += p.Followed
	b.Suppressed += p.Withheld
	b.Effective += p.Effective
	b.Expected += p.Expected
}
