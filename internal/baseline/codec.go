package baseline

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// version of the encoding. A change of any field or of the meaning of one is a
// new version, and old states are refused: then the series is learnt anew.
const version = 1

// kind is the octet of series of rates. Version 1 once held counts of reports,
// too, as kind 1: its fields of theirs are written as 0 and passed over.
const kind = 0

// magic begins an encoded series: "FMB" and the version.
var magic = [4]byte{'F', 'M', 'B', version}

// ErrState is why a state cannot be read. Its text says what is wrong.
var ErrState = errors.New("not the state of a series")

// MarshalBinary encodes all that was learnt and what goes on, but not the Config
// beyond what the state depends on. It never fails. Call it after Learn: what
// was judged and not learnt is lost.
func (s *Series) MarshalBinary() ([]byte, error) {
	b := make([]byte, 0, 2048)
	b = append(b, magic[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(s.cfg.Step))
	b = append(b, kind, byte(s.out), byte(s.test))
	for _, p := range s.ints() {
		b = binary.LittleEndian.AppendUint64(b, uint64(*p))
	}
	for _, p := range s.floats() {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(*p))
	}
	for i := range s.cells {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s.cells[i].mean))
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(s.cells[i].days))
	}
	return b, nil
}

// UnmarshalBinary takes what MarshalBinary gave into a series made by New with
// the same Step. The error wraps ErrState; the series is then as new.
// Floor, Ratio, Promise, Learn and Zone may have changed. It keeps nothing of b.
func (s *Series) UnmarshalBinary(b []byte) error {
	n := New(s.cfg)
	err := n.read(b)
	if err != nil {
		*s = *New(s.cfg)
		return fmt.Errorf("decode baseline: %w: %w", ErrState, err)
	}
	*s = *n
	s.bounds()
	return nil
}

func (s *Series) read(b []byte) error {
	ints, floats := s.ints(), s.floats()
	if want := len(magic) + 8 + 3 + 8*(len(ints)+len(floats)) + 8*cells; len(b) != want {
		return fmt.Errorf("%d octets, want %d", len(b), want)
	}
	if [4]byte(b) != magic {
		return fmt.Errorf("it begins with %x, want %x", b[:4], magic)
	}
	b = b[4:]
	if step := binary.LittleEndian.Uint64(b); step != uint64(s.cfg.Step) {
		return fmt.Errorf("buckets of %d ns, want %d", step, s.cfg.Step)
	}
	if b[8] != kind {
		return errors.New("the other kind of values")
	}
	if b[9] > byte(Low) || b[10] >= tests {
		return errors.New("an unknown state")
	}
	s.out, s.test = State(b[9]), int(b[10])
	b = b[11:]
	for _, p := range ints {
		*p = int64(binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	for _, p := range floats {
		*p = math.Float64frombits(binary.LittleEndian.Uint64(b))
		if !(math.Abs(*p) <= most) {
			return errors.New("a figure out of bounds")
		}
		b = b[8:]
	}
	for i := range s.cells {
		c := &s.cells[i]
		c.mean, c.days = math.Float32frombits(binary.LittleEndian.Uint32(b)), math.Float32frombits(binary.LittleEndian.Uint32(b[4:]))
		if !(math.Abs(float64(c.mean)) <= mostLog) || !(c.days >= 0 && c.days <= memory) {
			return errors.New("a half-hour out of bounds")
		}
		b = b[8:]
	}
	return s.sound()
}

// sound reports what cannot have come about: sums below zero and the like.
func (s *Series) sound() error {
	for _, p := range s.sums() {
		if *p < 0 {
			return errors.New("a sum below zero")
		}
	}
	if math.Abs(s.level) > 20 {
		return errors.New("a level out of bounds")
	}
	if s.visit.slot < 0 || s.visit.slot >= perDay {
		return errors.New("an unknown half-hour")
	}
	return nil
}

// mostLog is a logarithm that no rate has: a float64 ends before it.
const mostLog = 720

// ints, floats and sums list the fields of the encoding, in its order. blank
// stands where fields of counts once were.
func (s *Series) ints() []*int64 {
	var blank int64
	out := []*int64{&s.last, &s.since, &s.visit.day, &s.visit.slot, &blank, &blank}
	for i := range s.rates.tails {
		for j := range s.rates.tails[i] {
			t := &s.rates.tails[i][j]
			out = append(out, &t.start, &t.last)
		}
	}
	return out
}

func (s *Series) floats() []*float64 {
	var blank float64
	v := &s.visit
	out := []*float64{&s.level, &v.r, &v.y, &v.outR, &blank, &blank, &blank, &blank}
	for i := range s.rates.mean {
		out = append(out, &s.rates.mean[i])
	}
	return append(out, s.sums()...)
}

// sums are never below zero.
func (s *Series) sums() []*float64 {
	var blank float64
	v := &s.visit
	out := []*float64{&s.learnt, &s.weight, &v.n, &blank, &v.outN, &blank, &blank, &blank, &blank, &blank, &blank}
	for i := range s.rates.spread {
		out = append(out, &s.rates.spread[i])
		for j := range s.rates.tails[i] {
			t := &s.rates.tails[i][j]
			out = append(out, &t.weeks, &t.taught, &t.peak)
			for k := range edges {
				out = append(out, &t.peaks[k], &t.sums[k])
			}
		}
	}
	return out
}
