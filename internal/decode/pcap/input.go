package pcap

import (
	"fmt"
	"io"
)

// bufSize is the read buffer: several times MaxPacket, so that moving the rest
// of a packet to the front before each read costs little.
const bufSize = 1 << 20

// input is a window of len(buf) bytes that slides over the source.
type input struct {
	src      io.Reader
	buf      []byte
	pos, end int   // buf[pos:end] is read but not consumed
	base     int64 // offset of buf[0] in the source
	err      error // what the source said last, io.EOF included
}

func (in *input) offset() int64 { return in.base + int64(in.pos) }

// fill reads until n bytes are in the window (n <= len(buf)) or the source
// ends or fails. It returns whether they are.
func (in *input) fill(n int) bool {
	if in.pos+n > len(in.buf) {
		copy(in.buf, in.buf[in.pos:in.end])
		in.base += int64(in.pos)
		in.end -= in.pos
		in.pos = 0
	}
	for empty := 0; in.end-in.pos < n && in.err == nil; {
		k, err := in.src.Read(in.buf[in.end:])
		if k < 0 || k > len(in.buf)-in.end {
			k, err = 0, fmt.Errorf("source read %d octets into %d", k, len(in.buf)-in.end)
		}
		in.end += k
		in.err = err
		if k > 0 {
			empty = 0
		} else if empty++; empty >= 100 && err == nil {
			in.err = io.ErrNoProgress
		}
	}
	return in.end-in.pos >= n
}

// need returns the next n bytes (n <= len(buf)) without consuming them. Where
// the source ends exactly here, the error is still an *Error: callers for whom
// that is an ordinary end ask atEnd first.
func (in *input) need(n int, want string) ([]byte, error) {
	if in.end-in.pos < n && !in.fill(n) {
		return nil, in.short(n, want)
	}
	return in.buf[in.pos : in.pos+n], nil
}

// atEnd reports whether the source ended without an error right here.
func (in *input) atEnd() bool { return !in.fill(1) && in.err == io.EOF }

// skip consumes n bytes, which may be more than the window holds.
func (in *input) skip(n int, want string) error {
	start := in.offset()
	for n > 0 {
		k := min(n, len(in.buf))
		if in.end-in.pos < k && !in.fill(k) {
			err := in.short(k, want)
			err.Offset = start
			return err
		}
		in.pos += k
		n -= k
	}
	return nil
}

func (in *input) short(n int, want string) *Error {
	e := &Error{Reason: truncated, Offset: in.offset(), Want: fmt.Sprintf("%d octets of %s", n, want),
		Got: fmt.Sprintf("%d and the end", in.end-in.pos)}
	if in.err != io.EOF {
		e.Reason, e.Err = readFailed, in.err
	}
	return e
}
