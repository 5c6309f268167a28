package feed

import (
	"math"
	"strconv"
	"testing"
)

// linear is a channel of sRGB as light (WCAG 2.2, relative luminance).
func linear(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(hex, 16, 8)
	if err != nil {
		t.Fatal(err)
	}
	v := float64(n) / 255
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}
