package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/geo"
	"floodmark/internal/model"
	"floodmark/internal/scenario"
	"floodmark/internal/scenario/topology"
)

func TestScenarioSourcesComeFromTheAddressData(t *testing.T) {
	b := geo.NewBuilder()
	as, err := b.Network(64500, "ISP", "access", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		first uint32
		entry geo.Entry
	}{
		{0x5b000000, geo.Entry{Country: "UA", Network: as}},
		{0x5c000000, geo.Entry{Country: "UA", Country2: "RU", Network: as}}, // disputed
		{0x5d000000, geo.Entry{Country: "US", Country2: "US", Network: as}},
		{0x5e000000, geo.Entry{Country: "US", Network: as, Unlocatable: true}},
	} {
		if err := b.Add(model.Addr4(r.first), model.Addr4(r.first+0xffff), r.entry); err != nil {
			t.Fatal(err)
		}
	}
	data, err := b.Encode(geo.Info{Date: "2026-06-17"})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "geo.db")
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	places, err := scenarioPlaces(file)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]topology.Range{"UA": places.Ranges("UA"), "US": places.Ranges("US"), "RU": places.Ranges("RU")}
	want := map[string][]topology.Range{
		"UA": {{First: 0x5b000000, Last: 0x5b00ffff, ASN: 64500}}, "US": {{First: 0x5d000000, Last: 0x5d00ffff, ASN: 64500}}, "RU": nil,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	truth, err := scenario.Write(&bytes.Buffer{}, "udp-flood", scenario.Options{Scale: 0.3, Places: places})
	if err != nil {
		t.Fatal(err)
	}
	if len(truth.Countries) != 2 || !strings.Contains(truth.AddressData, "2026-06-17") {
		t.Errorf("%q %+v", truth.AddressData, truth.Countries)
	}
}
