package simday

import (
	"testing"
	"time"
)

func TestPeakOfTheDayIsThePublishedOne(t *testing.T) {
	d, err := Shipped("x-2025-03-10")
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range []uint64{1, 2, 3} {
		at, largest := time.Time{}, 0
		for when, n := range d.Counts(seed)["x"] {
			if n > largest {
				at, largest = when, n
			}
		}
		if want := time.Date(2025, 3, 10, 14, 0, 0, 0, time.UTC); largest != 40893 || !at.Equal(want) {
			t.Errorf("seed %d: %d at %v", seed, largest, at)
		}
	}
}

func TestReportsAreThoseThatAreCounted(t *testing.T) {
	d, err := Shipped("x-2025-03-10")
	if err != nil {
		t.Fatal(err)
	}
	want := d.Counts(1)
	last, peak, parts, people := int64(0), map[string]int{}, map[string]int{}, map[string]bool{}
	total, top := 0, time.Date(2025, 3, 10, 14, 0, 0, 0, time.UTC)
	for r := range d.Reports(Options{Seed: 1}) {
		if r.At < last {
			t.Fatal("not in the order of time")
		}
		last = r.At
		at := time.Unix(0, r.At).UTC().Truncate(last15m)
		want[r.Service][at]--
		total++
		people[r.Address.String()+r.Agent] = true
		if r.Service == "x" && at.Equal(top) {
			peak[r.Country]++
			if r.Country == "US" {
				parts[r.Component]++
			}
		}
	}
	for service, counts := range want {
		for at, n := range counts {
			if n != 0 {
				t.Errorf("%s at %v: %d more are counted than come", service, at, n)
			}
		}
	}
	us := float64(peak["US"])
	if app, web := float64(parts["app"])/us, float64(parts["website"])/us; app < 0.55 || app > 0.57 || web < 0.32 || web > 0.34 {
		t.Errorf("app %.3f, website %.3f of %v", app, web, us)
	}
	if us/40893 < 0.77 || us/40893 > 0.79 {
		t.Errorf("%v", peak)
	}
	if len(people) < total*999/1000 {
		t.Errorf("%d reports of %d people", total, len(people))
	}
	t.Logf("%d reports", total)
}

func TestShippedDaysAreWhole(t *testing.T) {
	for _, name := range Names() {
		d, err := Shipped(name)
		if err != nil {
			t.Error(err)
			continue
		}
		if d.Name != name || d.Title == "" || d.About == "" {
			t.Errorf("%s: name %q, title %q, about %q", name, d.Name, d.Title, d.About)
		}
		stated := map[string]bool{}
		for _, i := range d.Truth.Incidents {
			stated[i.Service] = true
		}
		for _, s := range d.Truth.Quiet {
			stated[s] = true
		}
		total, largest := 0, 0
		for slug, f := range d.Document(1).Peaks {
			total, largest = total+f.Total, max(largest, f.Peak)
			if !stated[slug] {
				t.Errorf("%s: the truth says nothing of %s", name, slug)
			}
		}
		t.Logf("%-24s %7d reports, %6d at most", name, total, largest)
	}
	if len(Names()) < 13 {
		t.Errorf("%d days come with the program", len(Names()))
	}
}
