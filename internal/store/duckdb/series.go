package duckdb

import (
	"floodmark/internal/model"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// mean is one minute of one series: sums that become means when it is written.
type mean struct {
	key       meanKey
	rates     model.Rates
	samples   float64
	low, high float64
	bands     int // points that had a band
	packets   float64
	bits      float64
}

type meanKey struct {
	minute    uint32
	direction model.Direction
	target    model.TargetID
}

// means sums the points of minutes that are still open. It is bounded: points of
// series beyond are not summed.
type means struct {
	m       map[meanKey]*mean
	largest int
}

func newMeans(largest int) *means { return &means{make(map[meanKey]*mean), largest} }

// add counts a point; false where there is no place.
func (t *means) add(p *model.Point) bool {
	k := meanKey{uint32(max(p.Time, 0) / 60), p.Direction, p.Target}
	m := t.m[k]
	if m == nil {
		if len(t.m) >= t.largest {
			return false
		}
		m = &mean{key: k}
		t.m[k] = m
	}
	for i, v := range p.Rates {
		m.rates[i] += v
	}
	m.samples += p.Samples
	if p.High > 0 {
		m.low += p.Low
		m.high += p.High
		m.bands++
	}
	m.packets = max(m.packets, p.Rates[model.Packets])
	m.bits = max(m.bits, p.Rates[model.Bits])
	return true
}

// take removes the minutes before the given one.
func (t *means) take(before uint32, emit func(*mean)) {
	for k, m := range t.m {
		if k.minute < before {
			emit(m)
			delete(t.m, k)
		}
	}
}

// addHead appends what all tables of series begin with.
func (a *appender) addHead(ms int64, id model.TargetID, d model.Direction, rates *model.Rates) {
	i := a.n
	column[int64](a, 0)[i] = ms
	mapping.VectorAssignStringElement(a.strings, mapping.IdxT(i), id.String())
	column[uint8](a, 2)[i] = uint8(d)
	for m, v := range rates {
		column[float32](a, 3+m)[i] = float32(v)
	}
}

const afterRates = 3 + int(model.Metrics)

func (a *appender) addPoint(p *model.Point) error {
	i := a.n
	a.addHead(p.Time*1000, p.Target, p.Direction, &p.Rates)
	column[float32](a, afterRates)[i] = float32(p.Samples)
	column[float32](a, afterRates+1)[i] = float32(p.Low)
	column[float32](a, afterRates+2)[i] = float32(p.High)
	return a.next()
}

func (a *appender) addMean(m *mean) error {
	i, n := a.n, float64(max(m.bands, 1))
	rates := m.rates
	for k := range rates {
		rates[k] *= 1. / 60
	}
	a.addHead(int64(m.key.minute)*60000, m.key.target, m.key.direction, &rates)
	column[float32](a, afterRates)[i] = float32(m.samples)
	column[float32](a, afterRates+1)[i] = float32(m.low / n)
	column[float32](a, afterRates+2)[i] = float32(m.high / n)
	column[float32](a, afterRates+3)[i] = float32(m.packets)
	column[float32](a, afterRates+4)[i] = float32(m.bits)
	return a.next()
}

// next ends a row.
func (a *appender) next() error {
	a.n++
	if a.n == vectorSize {
		return a.send()
	}
	return nil
}
