package localize

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Versions of the stored forms: their first octet.
const (
	usualVersion  = 1
	sharesVersion = 1
)

var errCut = errors.New("it is cut short or too long")

// MarshalBinary returns what was learnt, to be kept: some 15 octets a key.
func (u *Usual) MarshalBinary() ([]byte, error) {
	b := []byte{usualVersion}
	b = binary.AppendUvarint(b, uint64(u.largest))
	b = binary.AppendVarint(b, u.last)
	b = appendFloat(b, u.rest)
	b = binary.AppendUvarint(b, uint64(len(u.cells)))
	for _, w := range u.cells {
		b = appendKey(b, w.key)
		b = appendFloat(b, w.n)
	}
	return b, nil
}

// UnmarshalBinary takes what MarshalBinary gave. After an error u is as before.
func (u *Usual) UnmarshalBinary(b []byte) error {
	r := reader{b: b}
	if v := r.octet(); v != usualVersion {
		return fmt.Errorf("read usual shares: version %d is not known", v)
	}
	x := NewUsual(int(min(r.uvarint(), 4096)))
	x.last = r.varint()
	x.rest = r.float()
	n := r.uvarint()
	if n > uint64(x.largest) {
		return fmt.Errorf("read usual shares: %d keys where %d are allowed", n, x.largest)
	}
	for range n {
		x.cells = append(x.cells, weight{r.key(), r.float()})
		if r.bad || len(x.cells) > 1 && x.cells[len(x.cells)-2].key >= x.cells[len(x.cells)-1].key {
			return errors.New("read usual shares: keys are cut short or out of order")
		}
	}
	if r.bad || len(r.b) > 0 {
		return fmt.Errorf("read usual shares: %w", errCut)
	}
	*u = *x
	return nil
}

// MarshalBinary returns the counts of an incident, to be kept: some 30 octets a
// key.
func (s *Shares) MarshalBinary() ([]byte, error) {
	b := []byte{sharesVersion}
	b = appendCell(b, s.rest)
	b = appendCell(b, s.unnamed)
	b = binary.AppendUvarint(b, uint64(len(s.cells)))
	for _, c := range s.cells {
		b = appendKey(b, c.key)
		b = appendCell(b, c)
	}
	return b, nil
}

// UnmarshalBinary takes what MarshalBinary gave. After an error s is as before.
func (s *Shares) UnmarshalBinary(b []byte) error {
	r := reader{b: b}
	if v := r.octet(); v != sharesVersion {
		return fmt.Errorf("read counts of shares: version %d is not known", v)
	}
	x := Shares{rest: r.cell(""), unnamed: r.cell("")}
	n := r.uvarint()
	if n > maxCells {
		return fmt.Errorf("read counts of shares: %d keys where %d are allowed", n, maxCells)
	}
	for range n {
		x.cells = append(x.cells, r.cell(r.key()))
		if r.bad || len(x.cells) > 1 && x.cells[len(x.cells)-2].key >= x.cells[len(x.cells)-1].key {
			return errors.New("read counts of shares: keys are cut short or out of order")
		}
	}
	if r.bad || len(r.b) > 0 {
		return fmt.Errorf("read counts of shares: %w", errCut)
	}
	*s = x
	return nil
}

func appendFloat(b []byte, v float64) []byte {
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

func appendKey(b []byte, key string) []byte {
	b = binary.AppendUvarint(b, uint64(len(key)))
	return append(b, key...)
}

func appendCell(b []byte, c cell) []byte {
	b = binary.AppendUvarint(b, c.reports)
	b = appendFloat(b, c.effective)
	return appendFloat(b, c.tested)
}

// reader takes values off b. After the first one that is not there, all are
// empty and bad is set.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.b) || n < 0 {
		r.bad, r.b = true, nil
		return make([]byte, min(max(n, 0), 8))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *reader) octet() byte { return r.take(1)[0] }

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// float reads a count: what is none makes the reader bad.
func (r *reader) float() float64 {
	v := math.Float64frombits(binary.LittleEndian.Uint64(r.take(8)))
	if !(v >= 0) || math.IsInf(v, 0) {
		r.bad = true
		return 0
	}
	return v
}

// key reads a key that can be stored: not empty, at most 64 octets.
func (r *reader) key() string {
	n := r.uvarint()
	if n == 0 || n > maxKey {
		r.bad, r.b = true, nil
		return ""
	}
	return string(r.take(int(n)))
}

func (r *reader) cell(key string) cell {
	return cell{key: key, reports: r.uvarint(), effective: r.float(), tested: r.float()}
}
