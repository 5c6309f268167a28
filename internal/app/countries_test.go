package app

import (
	"math"
	"path/filepath"
	"testing"

	"floodmark/internal/geo"
	"floodmark/internal/model"
	"floodmark/internal/scenario"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/testenv"
)

// compiled offers compiled address data to the scenarios.
type compiled struct{ db *geo.DB }

func (c compiled) Source() string { return "compiled address data" }

// Ranges leaves out what the sources of the data place differently or cannot
// place, so that the truth does not hang on it.
func (c compiled) Ranges(country string) []topology.Range {
	var out []topology.Range
	c.db.Ranges(country, func(first, last model.Addr, p model.Place) bool {
		if !first.Is4() {
			return false
		}
		if !p.Disputed() && !p.Unlocatable && p.Kind != "cdn" && p.Kind != "vpn" {
			out = append(out, topology.Range{First: first.V4(), Last: last.V4(), ASN: p.ASN})
		}
		return true
	})
	return out
}

// TestCountriesOfKnownSources compares shares with scenarios whose sources were
// drawn from the same address data.
func TestCountriesOfKnownSources(t *testing.T) {
	path := filepath.Join("..", "..", "bin", "geo.db")
	db, err := geo.Open(path)
	if err != nil {
		testenv.Missing(t, "no address data (make geo): %v", err)
	}
	for _, name := range []string{"udp-flood", "http-flood", "reflection-dns", "syn-flood-botnet"} {
		p := produce(t, name, scenario.Options{Scale: 0.5 * flashScale, Places: compiled{db}})
		a := analyzeBytes(t, AnalyzeOptions{Geo: path}, p.file)
		share := make(map[string]model.Estimate)
		for i := range a.Countries {
			share[a.Countries[i].Code] = a.Countries[i].Share
		}
		for i, want := range p.truth.Countries {
			got, ok := share[want.Code]
			if want.Share < 0.01 || i >= 12 {
				continue
			}
			// ordinary visitors within a vector shift shares a little
			if !ok || math.Abs(got.Value-want.Share) > 0.01+0.05*want.Share {
				t.Errorf("%s: %s has a share of %.4f, want %.4f", name, want.Code, got.Value, want.Share)
			}
			if got.Low == nil || got.High == nil || *got.Low > got.Value || *got.High < got.Value {
				t.Errorf("%s: %s: interval %+v", name, want.Code, got)
			}
		}
	}
}
