package document

import (
	"math"
	"testing"

	"floodmark/internal/evidence/share"
)

// TestPeakOfASample: one packet in 100 was sampled, and 20 of them in the fullest
// second; the peak has the Poisson limits of those 20.
func TestPeakOfASample(t *testing.T) {
	s := share.Sum{Samples: 500, Seen: 500, Total: 50_000, Spread: 500 * 100 * 100, Max: 100}
	v := intervals(s, s, peaks{pps: 2000, bps: 16000})
	low, high := share.Poisson(20, share.Alpha)
	if p := v.PeakPPS; p.Value != 2000 || p.Low == nil || p.High == nil || math.Abs(*p.Low-100*low) > 1e-6 || math.Abs(*p.High-100*high) > 1e-6 {
		t.Errorf("peak %+v, want %.0f to %.0f", p, 100*low, 100*high)
	}
	whole := share.Sum{Samples: 500, Seen: 500, Total: 500}
	if p := intervals(whole, whole, peaks{pps: 20}).PeakPPS; p.Value != 20 || p.Low != nil && *p.Low != 20 {
		t.Errorf("peak of a complete count %+v", p)
	}
}
