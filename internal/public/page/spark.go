package page

import (
	"fmt"
	"strconv"

	"floodmark/internal/chart"
	"floodmark/internal/model"
)

// spark is a day in a card: 48 half hours in a box of 96 by 32, each the fuller
// of its two quarters, so that a peak stays, with the band of what is normal.
type spark struct {
	Line, Band string
	Common     string // the transform that brings it to the scale of all cards
	Peak       float64
	scale      float64 // reports at the top of the box
}

const (
	sparkWide = 96
	sparkHigh = 32
	maxDay    = 96 // buckets of a day
)

func newSpark(day []model.Bucket) *spark {
	if n := len(day); n > maxDay {
		day = day[n-maxDay:]
	}
	if len(day) < 2 {
		return nil
	}
	s := &spark{scale: 4}
	for i := range day {
		s.Peak = max(s.Peak, sane(float64(day[i].Problems)))
		if day[i].Known {
			s.scale = max(s.scale, sane(float64(day[i].High)))
		}
	}
	s.scale = max(s.scale, s.Peak)
	offset := float64(sparkWide - len(day))
	f := chart.Frame{Right: sparkWide, Base: sparkHigh, To: sparkWide, Max: s.scale, Whole: true}
	var line []chart.Column
	for i := 0; i < len(day); i += 2 {
		v := sane(float64(day[i].Problems))
		if i+1 < len(day) {
			v = max(v, sane(float64(day[i+1].Problems)))
		}
		x := offset + float64(i)
		line = append(line, chart.Column{From: x, To: min(x+2, sparkWide), High: v})
	}
	s.Line, s.Band = f.StepLine(line), f.Band(sparkBand(day, offset), len(day))
	return s
}

// sparkBand is what is normal, with a corner every two hours. It begins where
// something was known.
func sparkBand(day []model.Bucket, offset float64) (out []chart.Range) {
	for i := range day {
		if b := &day[i]; b.Known && (len(out) == 0 || i%8 == 0 || i == len(day)-1) {
			r := chart.Range{At: offset + float64(i), Low: sane(float64(b.Low)), High: sane(float64(b.High))}
			if i == len(day)-1 {
				r.At = sparkWide
			}
			out = append(out, r)
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// common brings sparklines to one scale, the largest of them.
func common(all []*spark) (top float64) {
	for _, s := range all {
		if s != nil {
			top = max(top, s.scale)
		}
	}
	for _, s := range all {
		if s != nil && top > 0 {
			k := s.scale / top
			s.Common = fmt.Sprintf("matrix(1 0 0 %s 0 %s)", decimal(k), decimal(sparkHigh*(1-k)))
		}
	}
	return top
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
