package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A group is the entries of one commit, as one message of JetStream:
//
//	1  version, 1
//	8  time, Unix ns
//	4  number of entries
//	   and for each: 4 length, then its octets
//
// All numbers are little endian. JetStream adds the checksum.
const (
	groupVersion = 1
	groupHeader  = 1 + 8 + 4
	entryHeader  = 4
)

// group is a decoded one; its entries point into the message.
type group struct {
	at      int64 // Unix ns
	entries int
	rest    []byte
}

var errGroup = errors.New("not a group of entries")

func appendGroupHeader(b []byte, at int64, entries int) []byte {
	b = append(b, groupVersion)
	b = binary.LittleEndian.AppendUint64(b, uint64(at))
	return binary.LittleEndian.AppendUint32(b, uint32(entries))
}

func appendEntry(b, msg []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(msg)))
	return append(b, msg...)
}

func parseGroup(b []byte) (group, error) {
	if len(b) < groupHeader {
		return group{}, fmt.Errorf("%w: %d octets", errGroup, len(b))
	}
	if b[0] != groupVersion {
		return group{}, fmt.Errorf("%w: version %d", errGroup, b[0])
	}
	n := binary.LittleEndian.Uint32(b[9:])
	if n > maxEntries {
		return group{}, fmt.Errorf("%w: %d entries", errGroup, n)
	}
	return group{int64(binary.LittleEndian.Uint64(b[1:])), int(n), b[groupHeader:]}, nil
}

// each calls fn for every entry in order, and checks that the group holds
// exactly what its header says.
func (g group) each(fn func(i int, data []byte) error) error {
	b := g.rest
	for i := range g.entries {
		if len(b) < entryHeader {
			return fmt.Errorf("%w: ends in entry %d of %d", errGroup, i, g.entries)
		}
		n := binary.LittleEndian.Uint32(b)
		b = b[entryHeader:]
		if uint64(n) > uint64(len(b)) {
			return fmt.Errorf("%w: entry %d of %d octets, %d are left", errGroup, i, n, len(b))
		}
		if err := fn(i, b[:n:n]); err != nil {
			return err
		}
		b = b[n:]
	}
	if len(b) != 0 {
		return fmt.Errorf("%w: %d octets after the last entry", errGroup, len(b))
	}
	return nil
}
