package httpkittest_test

import (
	"testing"

	"floodmark/internal/httpkit/httpkittest"
)

// TestFlaws plants one flaw of each kind beside a description that is right.
func TestFlaws(t *testing.T) {
	const spec = `{"components":{"schemas":{"Thing":{"properties":{
		"empty":{"type":"string"},
		"short":{"type":"string","description":"When"},
		"fragment":{"type":"string","description":"Of the metric that stands out"},
		"enumeration":{"type":"string","description":"attack, none, ..."},
		"right":{"type":"string","description":"Start of the incident"}}}}},
		"paths":{"/things":{"get":{"parameters":[{"name":"from","schema":{"type":"string"},"description":"Still going on then"},
			{"name":"limit","schema":{"type":"integer"}}]}}}}`
	flaws, err := httpkittest.Flaws([]byte(spec))
	if err != nil || len(flaws) != 5 {
		t.Errorf("%v, %d flaws: %q", err, len(flaws), flaws)
	}
}
