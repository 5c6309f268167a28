package usercount

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// version of the encoding. A change of any field or of the meaning of one is a
// new version; old states are refused, and what is usual is learnt anew.
const version = 1

// mostSaved is how many persons and prefixes each are saved. A larger set is left
// out: after a restart a person may then count a second time, unless the intake
// knows better, and the state of a spike stays under a megabyte or so.
const mostSaved = 16384

// ErrState is why a state cannot be read. Its text says what is wrong.
var ErrState = errors.New("not the state of a tally")

// MarshalBinary encodes the window and what is usual. It never fails. The state
// holds 28 bits of the keyed hash of each person and prefix of the window, and
// nothing else of them.
func (t *Tally) MarshalBinary() ([]byte, error) {
	c := &coder{b: append(make([]byte, 0, 512), 'F', 'M', 'T', version)}
	t.code(c)
	return c.b, nil
}

// UnmarshalBinary takes what MarshalBinary gave into a Tally made by New with as
// many components. The error wraps ErrState; the Tally is then as new. It keeps
// nothing of b.
func (t *Tally) UnmarshalBinary(b []byte) error {
	n := New(t.service)
	c := &coder{b: b, reading: true}
	if len(b) < 4 || [4]byte(b) != [4]byte{'F', 'M', 'T', version} {
		c.fail("it does not begin as one of this version")
	} else {
		c.b = b[4:]
		n.code(c)
		if c.err == nil && len(c.b) > 0 {
			c.fail(fmt.Sprintf("%d octets too many", len(c.b)))
		}
	}
	if c.err != nil {
		*t = *New(t.service)
		return fmt.Errorf("decode tally: %w: %w", ErrState, c.err)
	}
	*t = *n
	return nil
}

// coder writes or reads a state by the same walk, so that the two cannot differ.
type coder struct {
	b       []byte
	reading bool
	err     error
}

func (c *coder) fail(what string) {
	if c.err == nil {
		c.err = errors.New(what)
	}
	c.b = nil
}

// number codes an unsigned number of at most most.
func (c *coder) number(x *uint64, most uint64) {
	if !c.reading {
		c.b = binary.AppendUvarint(c.b, *x)
		return
	}
	v, n := binary.Uvarint(c.b)
	if n <= 0 || v > most {
		c.fail("a number is cut off or too large")
		*x = 0
		return
	}
	*x, c.b = v, c.b[n:]
}

func (c *coder) u32(x *uint32) {
	v := uint64(*x)
	c.number(&v, math.MaxUint32)
	*x = uint32(v)
}

// u32s codes rings and lists, of which most are zero: a mask says which are not.
func (c *coder) u32s(x []uint32) {
	for base := 0; base < len(x); base += slots {
		part := x[base:min(len(x), base+slots)]
		mask := uint64(0)
		for i, v := range part {
			if v != 0 {
				mask |= 1 << i
			}
		}
		c.number(&mask, 1<<len(part)-1)
		for i := range part {
			if mask>>i&1 != 0 {
				c.u32(&part[i])
			}
		}
	}
}

func (c *coder) flag(x *bool) {
	v := uint64(0)
	if *x {
		v = 1
	}
	c.number(&v, 1)
	*x = v == 1
}

func (c *coder) time(x *int64) {
	v := uint64(*x)
	c.number(&v, math.MaxInt64/2) // so that a minute can be added
	*x = int64(v)
}

// float codes a count or weight: finite, not negative, not beyond what can be.
func (c *coder) float(x *float64) {
	if !c.reading {
		c.b = binary.LittleEndian.AppendUint64(c.b, math.Float64bits(*x))
		return
	}
	if len(c.b) < 8 {
		c.fail("a figure is cut off")
		return
	}
	*x = math.Float64frombits(binary.LittleEndian.Uint64(c.b))
	c.b = c.b[8:]
	if !(*x >= 0 && *x <= 1e12) {
		c.fail("a figure is out of bounds")
		*x = 0
	}
}

// float32s codes rings of float32, zeros by a mask.
func (c *coder) float32s(x []float32) {
	for base := 0; base < len(x); base += slots {
		part := x[base:min(len(x), base+slots)]
		var bits [slots]uint32
		for i, v := range part {
			bits[i] = math.Float32bits(v)
		}
		c.u32s(bits[:len(part)])
		for i := range part {
			part[i] = math.Float32frombits(bits[i])
			if !(part[i] >= 0 && part[i] <= 1e12) {
				c.fail("a figure is out of bounds")
				part[i] = 0
			}
		}
	}
}

// length codes how many entries follow.
func (c *coder) length(n, most int) int {
	v := uint64(n)
	c.number(&v, uint64(most))
	if c.err != nil {
		return 0
	}
	return int(v)
}
