package wording

import (
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// Complete reports whether e is a complete count: both bounds are its value.
func Complete(e model.Estimate) bool { return text.Exact(e.Low, e.High) }

// Range writes the interval of a share, "" for a complete count.
func Range(e model.Estimate) string {
	switch {
	case Complete(e):
		return ""
	case e.Low == nil && e.High == nil:
		return "no bounds"
	}
	return text.PercentRange(e.Low, e.High)
}

// CountRange writes the interval of a count, "" for a complete one.
func CountRange(e model.Estimate) string { return rangeOf(e, text.Count) }

// ByteRange writes the interval of a volume, "" for a complete count.
func ByteRange(e model.Estimate) string { return rangeOf(e, text.Bytes) }

func rangeOf(e model.Estimate, write func(float64) string) string {
	if Complete(e) {
		return ""
	}
	return text.Range(e.Low, e.High, write)
}
