package nfdump

import "bytes"

// Format is what Sniff takes a file for.
type Format uint8

// Formats.
const (
	NotNfdump Format = iota
	Binary1          // file layout 1, of nfdump 1.6
	Binary2          // file layout 2, of nfdump 1.7
	CSV              // printed by nfdump -o csv
)

// String returns the format's name in reports.
func (f Format) String() string {
	switch f {
	case Binary1, Binary2:
		return "nfdump"
	case CSV:
		return "nfdump-csv"
	}
	return "unknown"
}

// Sniff tells the format from the start of a file; 4 bytes do for the binary
// formats, one line for CSV. Binary files begin with the magic 0xA50C and the
// layout version in the byte order of the machine that wrote them.
func Sniff(prefix []byte) Format {
	if len(prefix) >= 4 {
		var version byte
		switch {
		case prefix[0] == 0x0c && prefix[1] == 0xa5 && prefix[3] == 0:
			version = prefix[2]
		case prefix[0] == 0xa5 && prefix[1] == 0x0c && prefix[2] == 0:
			version = prefix[3]
		}
		switch version {
		case 1:
			return Binary1
		case 2:
			return Binary2
		}
	}
	line, _, _ := bytes.Cut(prefix, []byte{'\n'})
	var c columns
	if c.header(line, make([][]byte, 0, maxColumns)) == nil {
		return CSV
	}
	return NotNfdump
}
