package pcap

import (
	"bytes"
	"slices"
	"strings"
)

// Option codes (draft-ietf-opsawg-pcapng section 3.5 and those of each block).
const (
	optEnd       = 0
	optComment   = 1
	shbUserAppl  = 4
	ifName       = 2
	ifTsResol    = 9
	ifTsOffset   = 14
	epbDropCount = 4
	isbIfRecv    = 4
	isbIfDrop    = 5
	isbOSDrop    = 7
)

// Limits on what is kept of texts.
const (
	maxTexts   = 64   // comments, and programs
	maxComment = 4096 // bytes
	maxName    = 256
)

// options walks the options of a block. Those that overrun the block end the
// walk and are counted.
func (r *Reader) options(b []byte, visit func(code uint16, value []byte)) {
	for len(b) >= 4 {
		code, n := r.u16(b), int(r.u16(b[2:]))
		if code == optEnd {
			return
		}
		padded := (n + 3) &^ 3
		if padded > len(b)-4 {
			r.info.DamagedOptions++
			return
		}
		visit(code, b[4:4+n])
		b = b[4+padded:]
	}
	if len(b) > 0 {
		r.info.DamagedOptions++
	}
}

// keep adds a text to a list unless it stands there already.
func (i *Info) keep(list *[]string, v []byte, limit int) {
	v, _, _ = bytes.Cut(v, []byte{0})
	if len(v) > limit {
		v = v[:limit]
		i.CommentsCut++
	}
	s := strings.ToValidUTF8(string(v), "\uFFFD")
	switch {
	case s == "" || slices.Contains(*list, s):
	case len(*list) >= maxTexts:
		i.CommentsCut++
	default:
		*list = append(*list, s)
	}
}
