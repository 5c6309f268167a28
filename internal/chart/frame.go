package chart

import (
	"math"
	"strconv"
)

// Frame is the rectangle in which a chart is drawn. Left, Right, Top and Base
// are coordinates of the drawing; From and To are what the horizontal axis
// measures, and Max is the value at the top.
type Frame struct {
	Left, Right, Top, Base float64
	From, To, Max          float64
	Whole                  bool // round coordinates to whole numbers instead of tenths
}

// Square returns a frame of 1000 by 1000 that the page stretches to its width.
func Square(from, to, maximum float64) Frame {
	return Frame{Right: 1000, Base: 1000, From: from, To: to, Max: maximum, Whole: true}
}

// X returns the horizontal coordinate of a place on the axis.
func (f Frame) X(at float64) float64 {
	return f.round(f.Left + (f.Right-f.Left)*Clamp((at-f.From)/(f.To-f.From)))
}

// Y returns the vertical coordinate of a value.
func (f Frame) Y(v float64) float64 { return f.round(f.Base - (f.Base-f.Top)*Clamp(v/f.Max)) }

func (f Frame) round(v float64) float64 {
	if f.Whole {
		return math.Round(v)
	}
	return math.Round(v*10) / 10
}

// Label returns where a label of n characters centered at x must stand to stay
// within the frame, and its text-anchor.
func (f Frame) Label(x float64, n int) (at float64, anchor string) {
	const half = 3.6 // width of half a character
	switch reach := half * float64(n); {
	case x < reach:
		return f.Left, "start"
	case x > f.Right-reach:
		return f.Right, "end"
	}
	return x, "middle"
}

// Anchor returns the text-anchor of a label at a part of the width.
func Anchor(part float64) string {
	switch {
	case part > 0.75:
		return "end"
	case part < 0.25:
		return "start"
	}
	return "middle"
}

// Percent writes a part as a percentage for an attribute.
func Percent(part float64) string {
	return strconv.FormatFloat(math.Round(1000*Clamp(part))/10, 'g', -1, 64) + "%"
}
