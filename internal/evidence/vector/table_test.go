package vector

import (
	"slices"
	"strings"
	"testing"

	"floodmark/internal/model"
)

func TestEveryClassHasALine(t *testing.T) {
	names := map[string]bool{}
	for c := range model.Class(numClasses) {
		l := Lookup(c)
		if l == nil {
			t.Errorf("class %d has no line", c)
			continue
		}
		if l.Class != c {
			t.Errorf("class %d: line says %d", c, l.Class)
		}
		if names[l.Name] {
			t.Errorf("name %q twice", l.Name)
		}
		names[l.Name] = true
		if l.Kind == "" || l.Strength == "" || l.Technique == "" || l.Condition == "" || l.Source == "" || len(l.Advice) == 0 {
			t.Errorf("%s: incomplete line: %+v", l.Name, l)
		}
		if !slices.Contains(Slugs(), l.Slug) {
			t.Errorf("%s: slug %q is not in the list", l.Name, l.Slug)
		}
		if strings.HasPrefix(l.Slug, "reflection-") != (l.Kind == KindReflection) {
			t.Errorf("%s: slug %q, kind %q", l.Name, l.Slug, l.Kind)
		}
	}
	if Lookup(numClasses) != nil || Lookup(255) != nil {
		t.Error("a number that is no class has a line")
	}
}

// TestPortsOfTable holds the switch that finds services by port and the
// table's ports together, over all ports.
func TestPortsOfTable(t *testing.T) {
	want := map[uint16]svc{}
	for s := svcNone + 1; s < numServices; s++ {
		for _, p := range services[s].ports {
			if s == svcDTLS {
				continue // 443 is asked as QUIC first
			}
			if _, taken := want[p]; taken {
				t.Errorf("port %d is claimed twice", p)
			}
			want[p] = s
		}
	}
	for p := range 1 << 16 {
		if got := serviceOf(uint16(p)); got != want[uint16(p)] {
			t.Errorf("port %d: service %d, table says %d", p, got, want[uint16(p)])
		}
	}
}

func TestServicesAreSorted(t *testing.T) {
	for s := svcNone + 2; s < numServices; s++ {
		if strings.ReplaceAll(services[s-1].name, "-", "") >= strings.ReplaceAll(services[s].name, "-", "") {
			t.Errorf("%s stands before %s", services[s-1].name, services[s].name)
		}
	}
}
