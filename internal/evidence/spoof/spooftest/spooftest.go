// Package spooftest changes recorded sources in ways that must never turn a
// verdict on spoofing around: thinning, as sampling does, and doubling, as a
// mirror port does. It is for tests only, here and wherever recordings are
// analysed end to end. It keeps nothing; what it returns belongs to the caller.
package spooftest

import (
	"math/rand/v2"

	"floodmark/internal/model"
)

// Flips reports that one verdict says real and the other spoofed. Anything may
// become undecided, nothing may flip.
func Flips(a, b model.Spoofing) bool {
	return a == model.SpoofReal && b == model.SpoofSpoofed || a == model.SpoofSpoofed && b == model.SpoofReal
}

// Thin keeps each packet with probability 1/k and drops sources without any.
func Thin(sources []model.SourceCount, k float64, r *rand.Rand) []model.SourceCount {
	var out []model.SourceCount
	for _, s := range sources {
		n := uint64(0)
		for range s.Packets {
			if r.Float64()*k < 1 {
				n++
			}
		}
		if n == 0 {
			continue
		}
		s.Bytes = s.Bytes / s.Packets * n
		s.Packets = n
		if n == 1 {
			s.MinTTL, s.MaxTTL = s.TTL, s.TTL
		}
		out = append(out, s)
	}
	return out
}

// Repeat counts every packet k times.
func Repeat(sources []model.SourceCount, k uint64) []model.SourceCount {
	out := make([]model.SourceCount, len(sources))
	for i, s := range sources {
		s.Packets *= k
		s.Bytes *= k
		out[i] = s
	}
	return out
}
