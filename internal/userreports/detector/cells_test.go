package detector

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCellsAddUp holds that components, and places, of each quarter add up to
// what the service had in it, and are there again after a restart.
func TestCellsAddUp(t *testing.T) {
	l := newDetector()
	play(l, rand.New(rand.NewPCG(1, 2)), 0, 60, 6)
	l.Advance(start + 61*minute)
	day := l.tracks[0].day
	if l.tracks[0].service.Slug != "x" {
		t.Fatal("another service comes first")
	}
	got := l.Cells(start, start+4*quarter)
	if len(got) != 4 {
		t.Fatalf("%d quarters of 4", len(got))
	}
	for i, c := range got {
		var parts, places uint32
		named := false
		for _, x := range c.Parts {
			parts, named = parts+x.Problems, named || x.Key == "app"
		}
		for _, x := range c.Places {
			places += x.Problems
		}
		if c.Service != "x" || c.At != day[i].At || parts != day[i].Problems || places != day[i].Problems || !named || parts == 0 {
			t.Errorf("quarter %d: %d by component, %d by place, %d in all", i, parts, places, day[i].Problems)
		}
	}
	var b bytes.Buffer
	if err := l.Save(&b, 7); err != nil {
		t.Fatal(err)
	}
	again := newDetector()
	if _, err := again.Load(&b); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, again.Cells(start, start+4*quarter)); d != "" {
		t.Error(d)
	}
}

// TestSmallPlacesAreMerged keeps what is published: a small region goes into its
// country, a small country into the rest.
func TestSmallPlacesAreMerged(t *testing.T) {
	got := merged([]Cell{{"", 2, 2}, {"DE", 1, 1}, {"DE-BE", 3, 3}, {"DE-BY", 9, 8}, {"MT", 4, 4}})
	if d := cmp.Diff([]Cell{{"", 6, 6}, {"DE", 4, 4}, {"DE-BY", 9, 8}}, got); d != "" {
		t.Error(d)
	}
}
