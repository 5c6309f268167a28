package chart

import (
	"math"
	"strconv"
	"strings"
)

// path builds the d attribute of an SVG path.
type path struct{ strings.Builder }

// to adds a command with its coordinates.
func (p *path) to(command byte, coordinates ...float64) {
	p.WriteByte(command)
	for i, c := range coordinates {
		if i > 0 {
			p.WriteByte(' ')
		}
		p.WriteString(strconv.FormatFloat(c, 'f', -1, 64))
	}
}

// Point is a value at a place on the axis. A value that is not a number is a gap.
type Point struct{ At, Value float64 }

// Line draws points as a line. Gaps stay gaps, and a lonely point is a dot.
func (f Frame) Line(points []Point) string {
	var p path
	drawing := false
	for i, q := range points {
		if math.IsNaN(q.Value) {
			drawing = false
			continue
		}
		if drawing {
			p.to('L', f.X(q.At), f.Y(q.Value))
			continue
		}
		p.to('M', f.X(q.At), f.Y(q.Value))
		drawing = true
		if i+1 == len(points) || math.IsNaN(points[i+1].Value) {
			p.to('h', 1)
		}
	}
	return p.String()
}

// Range is an interval of values at a place on the axis. One whose High is not
// a number is a gap.
type Range struct{ At, Low, High float64 }

// Band draws the area between the low and the high of ranges, one closed path
// for each run without a gap. It keeps about maxCorners corners of a run.
func (f Frame) Band(ranges []Range, maxCorners int) string {
	var p path
	for i := 0; i < len(ranges); i++ {
		end := i
		for end < len(ranges) && !math.IsNaN(ranges[end].High) {
			end++
		}
		if end > i {
			f.area(&p, thinned(ranges[i:end], maxCorners))
			i = end
		}
	}
	return p.String()
}

func thinned(run []Range, n int) []Range {
	every := max(len(run)/n, 1)
	if every == 1 {
		return run
	}
	var out []Range
	for i := 0; i < len(run)-1; i += every {
		out = append(out, run[i])
	}
	return append(out, run[len(run)-1])
}

func (f Frame) area(p *path, run []Range) {
	for i, r := range run {
		command := byte('L')
		if i == 0 {
			command = 'M'
		}
		p.to(command, f.X(r.At), f.Y(r.High))
	}
	for i := len(run) - 1; i >= 0; i-- {
		p.to('L', f.X(run[i].At), f.Y(run[i].Low))
	}
	p.WriteByte('Z')
}

// Column is a stretch of the axis with an interval of values: a bar from 0 has
// the Low 0.
type Column struct{ From, To, Low, High float64 }

// Bars draws columns from the base line to their High, with a gap on both sides
// that is a part of their width. Even a small value stays visible.
func (f Frame) Bars(columns []Column, gap float64) string {
	var p path
	for _, c := range columns {
		left, right := f.X(c.From+gap*(c.To-c.From)), f.X(c.To-gap*(c.To-c.From))
		visible := f.Base - 0.004*(f.Base-f.Top)
		p.to('M', left, f.Base)
		p.to('V', min(f.Y(c.High), visible))
		p.to('H', max(right, left+1))
		p.to('V', f.Base)
		p.WriteByte('z')
	}
	return p.String()
}

// StepLine draws the High of columns as steps, joined where one column begins
// where the last one ends.
func (f Frame) StepLine(columns []Column) string {
	var p path
	for len(columns) > 0 {
		n := touching(columns)
		p.to('M', f.X(columns[0].From), f.Y(columns[0].High))
		f.upper(&p, columns[:n])
		columns = columns[n:]
	}
	return p.String()
}

// StepBand draws the area between Low and High of columns as steps, one closed
// path for each run of columns that touch.
func (f Frame) StepBand(columns []Column) string {
	var p path
	for len(columns) > 0 {
		n := touching(columns)
		p.to('M', f.X(columns[0].From), f.Y(columns[0].High))
		f.upper(&p, columns[:n])
		for k := n - 1; k >= 0; k-- {
			y := f.Y(columns[k].Low)
			if k == n-1 || y != f.Y(columns[k+1].Low) {
				p.to('V', y)
			}
			if k == 0 || y != f.Y(columns[k-1].Low) {
				p.to('H', f.X(columns[k].From))
			}
		}
		p.WriteByte('z')
		columns = columns[n:]
	}
	return p.String()
}

// touching counts the first columns that have no gap between them.
func touching(columns []Column) int {
	n := 1
	for n < len(columns) && columns[n-1].To == columns[n].From {
		n++
	}
	return n
}

// upper continues a path along the High of columns, without corners where it
// does not change.
func (f Frame) upper(p *path, columns []Column) {
	for k, c := range columns {
		y := f.Y(c.High)
		if k > 0 && y != f.Y(columns[k-1].High) {
			p.to('V', y)
		}
		if k+1 == len(columns) || y != f.Y(columns[k+1].High) {
			p.to('H', f.X(c.To))
		}
	}
}
