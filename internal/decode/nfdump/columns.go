package nfdump

import (
	"bytes"
	"fmt"
)

// column is one that the reader knows.
type column uint8

const (
	cStart column = iota
	cEnd
	cDuration
	cProto
	cSrc
	cDst
	cSrcPort
	cDstPort
	cFlags
	cPackets
	cBytes
	cOutPackets
	cOutBytes
	cInIf
	cOutIf
	cSrcAS
	cDstAS
	cRouter
	cEngine
	numColumns
)

// maxColumns bounds the columns of a line; nfdump 1.7.1 prints 48.
const maxColumns = 128

// columns states where in a line each known column stands.
type columns struct {
	at    [numColumns]int // index, -1 absent
	count int             // columns of the header line
}

// columnOf maps the names of nfdump's header lines: the tags of 1.6 to 1.7.4
// (also what an output format calls them), and the names from 1.7.5 on.
func columnOf(name string) (column, bool) {
	switch name {
	case "ts", "tfs", "tsr", "firstSeen", "firstSeenRaw":
		return cStart, true
	case "te", "lastSeen":
		return cEnd, true
	case "td", "duration":
		return cDuration, true
	case "pr", "proto":
		return cProto, true
	case "sa", "srcAddr":
		return cSrc, true
	case "da", "dstAddr":
		return cDst, true
	case "sp", "srcPort":
		return cSrcPort, true
	case "dp", "dstPort":
		return cDstPort, true
	case "flg", "flags":
		return cFlags, true
	case "ipkt", "pkt", "packets", "inPackets":
		return cPackets, true
	case "ibyt", "byt", "bytes", "inBytes":
		return cBytes, true
	case "opkt", "outPackets":
		return cOutPackets, true
	case "obyt", "outBytes":
		return cOutBytes, true
	case "in", "input":
		return cInIf, true
	case "out", "output":
		return cOutIf, true
	case "sas", "srcAS":
		return cSrcAS, true
	case "das", "dstAS":
		return cDstAS, true
	case "ra", "router":
		return cRouter, true
	case "eng", "engine":
		return cEngine, true
	}
	return 0, false
}

// header reads a header line. It is one only if it names what a flow record
// cannot be without.
func (c *columns) header(line []byte, scratch [][]byte) error {
	for i := range c.at {
		c.at[i] = -1
	}
	names := split(line, scratch)
	c.count = len(names)
	for i, n := range names {
		if k, ok := columnOf(string(n)); ok && c.at[k] < 0 {
			c.at[k] = i
		}
	}
	for _, need := range [...]struct {
		column column
		name   string
	}{{cStart, "ts"}, {cSrc, "sa"}, {cDst, "da"}, {cProto, "pr"}, {cPackets, "ipkt"}, {cBytes, "ibyt"}} {
		if c.at[need.column] < 0 {
			return fmt.Errorf("column %q is missing", need.name)
		}
	}
	return nil
}

// split cuts a line at commas and trims the fields. A field in double quotes
// (RFC 4180) may hold commas; its quotes stay.
func split(line []byte, into [][]byte) [][]byte {
	into = into[:0]
	for len(into) < maxColumns {
		i := bytes.IndexByte(line, ',')
		if trimmed := bytes.TrimLeft(line, " "); len(trimmed) > 0 && trimmed[0] == '"' {
			i = afterQuoted(line)
		}
		if i < 0 {
			return append(into, bytes.TrimSpace(line))
		}
		into = append(into, bytes.TrimSpace(line[:i]))
		line = line[i+1:]
	}
	return into
}

// afterQuoted returns the index of the comma after a field that begins with a
// double quote, -1 where the line ends with it. Two quotes within are one.
func afterQuoted(line []byte) int {
	inside := false
	for i, c := range line {
		switch {
		case c == '"':
			inside = !inside
		case c == ',' && !inside:
			return i
		}
	}
	return -1
}
