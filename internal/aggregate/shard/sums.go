package shard

import (
	"math"

	"floodmark/internal/model"
)

// sums is the traffic of many hosts. What long flow records bring is not
// counted when it arrives, which would be a spike, but let out over the export delay,
// through two pools in turn that lose half of the export delay's share each: a train
// of records at an active timeout as long as the export delay comes out within a
// fifth of its mean, half of it after 50 s at an export delay of 60 s.
type sums[F float32 | float64] struct {
	cur  [slots]F    // since the last turn
	sq   [4]F        // sums of squared samples since the last turn: packets and bits, In and Out
	last [slots]F    // per second, of the last turn
	pool [2][slots]F // to be let out; the first into the second
}

// count adds an update's parts.
func (s *sums[F]) count(p *parts, long bool) {
	if long {
		addTo(&s.pool[0], p)
		return
	}
	addTo(&s.cur, p)
	q := 0
	if p.out {
		q = 2
	}
	s.sq[q] += F(p.v[0]) * F(p.v[0])
	s.sq[q+1] += F(p.v[1]) * F(p.v[1])
}

// release lets out what dt seconds of the export delay have of the pools, and reports
// whether there was any.
func (s *sums[F]) release(dt float64, exportDelay int) bool {
	f, any := F(-math.Expm1(-2*dt/float64(exportDelay))), false
	for k := range s.cur {
		a, b := s.pool[0][k], s.pool[1][k]
		if a == 0 && b == 0 {
			continue
		}
		any = true
		x := a * f
		if a < 0.5 {
			x = a
		}
		b += x
		y := b * f
		if b < 0.5 {
			y = b
		}
		s.pool[0][k], s.pool[1][k] = a-x, b-y
		s.cur[k] += y
	}
	return any
}

// close ends a second of dt seconds.
func (s *sums[F]) close(dt float64) {
	for k, v := range s.cur {
		s.last[k] = v / F(dt)
	}
	s.cur = [slots]F{}
}

func (s *sums[F]) rates(in, out *model.Rates) {
	for k, d := range &slotTable {
		if d.dir == model.In {
			in[d.metric] = float64(s.last[k])
		} else {
			out[d.metric] = float64(s.last[k])
		}
	}
}
