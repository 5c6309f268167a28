package page

import (
	"fmt"
	"strconv"
	"strings"

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
	y := func(v float64) int { return sparkHigh - int(sparkHigh*clamp(v/s.scale)+0.5) }
	var line strings.Builder
	offset := sparkWide - len(day)
	last := -1
	for i := 0; i < len(day); i += 2 {
		v := sane(float64(day[i].Problems))
		if i+1 < len(day) {
			v = max(v, sane(float64(day[i+1].Problems)))
		}
		h, x := y(v), offset+i
		switch {
		case last < 0:
			fmt.Fprintf(&line, "M%d %d", x, h)
		case h != last:
			line.WriteString("H" + strconv.Itoa(x) + "V" + strconv.Itoa(h))
		}
		last = h
	}
	line.WriteString("H" + strconv.Itoa(sparkWide))
	s.Line, s.Band = line.String(), sparkBand(day, offset, y)
	return s
}

// sparkBand is the area of what is normal, with a corner every two hours. It
// begins where something was known.
func sparkBand(day []model.Bucket, offset int, y func(float64) int) string {
	var up, back []string
	for i := 0; i < len(day); i++ {
		if b := &day[i]; b.Known && (len(up) == 0 || i%8 == 0 || i == len(day)-1) {
			x := strconv.Itoa(offset + i)
			if i == len(day)-1 {
				x = strconv.Itoa(sparkWide)
			}
			up = append(up, x+" "+strconv.Itoa(y(sane(float64(b.High)))))
			back = append(back, x+" "+strconv.Itoa(y(sane(float64(b.Low)))))
		}
	}
	if len(up) < 2 {
		return ""
	}
	var out strings.Builder
	out.WriteString("M" + strings.Join(up, "L"))
	for i := len(back) - 1; i >= 0; i-- {
		out.WriteString("L" + back[i])
	}
	return out.String() + "Z"
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
