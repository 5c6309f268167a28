package baseline

// taughtMargin is how far beyond what was taught remains ordinary.
const taughtMargin = 1.1

// lasting is the ns from which on what goes on is taken for a new level.
const lasting = 3600e9

// Teach says that the buckets from one time up to another were ordinary after
// all: a false alarm. What was as far out as these is not out again, for some
// months. If they last since an hour and up to now, the level of the series moves to where they
// are at once: what lasts is the new normal. It does not keep values.
func (s *Series) Teach(from, to int64, values []float64) {
	if len(values) == 0 || to <= from {
		return
	}
	step := (to - from) / int64(len(values))
	if step <= 0 {
		return
	}
	s.teachRates(from, step, values)
	if to >= s.last && s.last != 0 && to-from >= lasting {
		s.settle(to-step, values[max(0, len(values)-8):], step)
	}
	s.begins(Normal, 0)
	s.forgetPeaks()
}

// teachRates raises the bounds of all tests to what the values reach, each mean
// begun as if all had been usual before.
func (s *Series) teachRates(from, step int64, values []float64) {
	var mean [4]float64
	for k, v := range values {
		at := from + int64(k)*step
		if !s.seen(at) || !(v >= 0) || v > most {
			continue
		}
		r, noise := s.residual(at, v)
		for i := range mean[:lately] {
			mean[i] += (clip(r, loudest) - mean[i]) * s.gain[i]
		}
		for i := range compare {
			x := r
			if m := compare[i].mean; m != alone {
				x = mean[m]
			}
			z := x / s.sigma(i, noise) * taughtMargin
			t := &s.rates.tails[i][0]
			if z < 0 {
				t, z = &s.rates.tails[i][1], -z
			}
			t.taught = max(t.taught, min(z, 1e6))
		}
	}
	s.bounds()
}

// residual returns how far a value is from what is usual, and the variance that
// sampling gives it.
func (s *Series) residual(at int64, v float64) (r, noise float64) {
	base := s.usual(at) + s.level
	return clip(logOf(v+s.offset())-base, 25), s.noise(exp(base), 0)
}

// settle moves the level to the middle of the last values, where they agree.
func (s *Series) settle(last int64, values []float64, step int64) {
	var off [8]float64
	n := 0
	for k, v := range values {
		at := last - int64(len(values)-1-k)*step
		if !s.seen(at) || !(v >= 0) || v > most {
			continue
		}
		off[n], _ = s.residual(at, v)
		n++
	}
	if n == 0 {
		return
	}
	by := middle(off[:n])
	s.moveLevel(by)
	s.rates.mean = [4]float64{}
}
