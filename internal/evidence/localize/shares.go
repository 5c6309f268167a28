package localize

import (
	"cmp"
	"math"
	"slices"
)

const (
	// maxCells bounds the keys of an incident; the rest is counted together.
	maxCells = 512
	// minuteCap is what one minute can weigh at most in a test, in reporters: the
	// shares of a minute differ from the shares of the incident by about as much
	// as a sample of so many. So a minute of 10,000 reports is no proof of its own.
	minuteCap = 50
)

// Shares counts the reports of one incident by key.
type Shares struct {
	cells   []cell // by key
	rest    cell   // keys beyond the bound
	unnamed cell   // key ""
}

// cell is the reports of one key.
type cell struct {
	key       string
	reports   uint64
	effective float64
	tested    float64 // Effective as the tests weigh it: see minuteCap
}

// Add adds one minute. Keys may come in any order; several counts of one key
// are added up.
func (s *Shares) Add(counts []Count) {
	total := 0.0
	for _, c := range counts {
		if c.Key != "" {
			total += sane(c.Effective)
		}
	}
	// n reports of one minute weigh as n/(1+(n-1)/cap): the design effect of a
	// cluster (Kish, Survey Sampling, 1965).
	tempered := 1.0
	if total > 1 {
		tempered = 1 / (1 + (total-1)/minuteCap)
	}
	for _, c := range counts {
		n := sane(c.Effective)
		at := s.at(c.Key)
		at.reports = addUp(at.reports, c.Reports)
		at.effective += n
		at.tested += n * tempered
	}
}

// at returns the cell of a key, making it where there is room.
func (s *Shares) at(key string) *cell {
	if key == "" {
		return &s.unnamed
	}
	i, ok := slices.BinarySearchFunc(s.cells, key, func(c cell, k string) int { return cmp.Compare(c.key, k) })
	switch {
	case ok:
	case len(s.cells) >= maxCells || len(key) > maxKey:
		return &s.rest
	default:
		s.cells = slices.Insert(s.cells, i, cell{key: key})
	}
	return &s.cells[i]
}

// Merged returns how many reports are in keys beyond the bound of 512.
func (s *Shares) Merged() uint64 { return s.rest.reports }

func addUp(a, b uint64) uint64 {
	if a > math.MaxUint64-b {
		return math.MaxUint64
	}
	return a + b
}
