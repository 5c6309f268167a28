package journal

import (
	"fmt"
	"time"
)

// Stream is one of the logs; the set is closed.
type Stream uint8

// The streams. They are written by different parts of the program and kept for
// different times.
const (
	Changes  Stream = iota // what happened to incidents
	Inputs                 // what the judge was told: closed buckets, anomalies, findings
	Commands               // what operators said
	Alerts                 // what was sent to whom, and what came of it
	Reports                // what visitors said of services, many in an entry
	streams                // their number
	// state is the stream under Put and Get: the last value of each key.
	state = streams
)

var names = [streams + 1]string{"changes", "inputs", "commands", "alerts", "reports", "state"}

// String returns the name of the stream, which is also that of its directory.
func (s Stream) String() string {
	if int(s) < len(names) {
		return names[s]
	}
	return fmt.Sprintf("stream %d", uint8(s))
}

// Limit says how much of a stream is kept. When one is reached, the oldest
// entries go.
type Limit struct {
	Bytes int64         // octets on disk, at least MinBytes
	Age   time.Duration // 0 for as long as Bytes allow
}

// MinBytes is the smallest Limit.Bytes: two of the largest commits.
const MinBytes = 2 * maxGroup

// DefaultLimit returns how much of a stream is kept unless configured. Inputs
// are only needed to replay what happened lately. Reports hold keyed hashes of
// people, so they are not kept longer than they are of use; a spike of a million
// of them takes about 70 MB. The others are small (a change is about 2 KB) and
// tell what happened in past years.
func DefaultLimit(s Stream) Limit {
	switch s {
	case Inputs:
		return Limit{Bytes: 2 << 30, Age: 7 * 24 * time.Hour}
	case Reports:
		return Limit{Bytes: 4 << 30, Age: 30 * 24 * time.Hour}
	case Changes:
		return Limit{Bytes: 8 << 30}
	default:
		return Limit{Bytes: 1 << 30}
	}
}

// Limits of single things. A group is what is committed in one step.
const (
	MaxMessage = 1 << 20 // octets of one entry
	MaxValue   = 4 << 20 // octets of one value of Put
	MaxKey     = 200     // octets of a key of Put
	MaxState   = 1 << 30 // octets of all values of Put together, about
	maxGroup   = 4 << 20
	maxEntries = 1 << indexBits
)

// indexBits is how many low bits of a sequence number the entry's place in its
// group has; the rest is the group's number. 53 bits, which JSON numbers keep,
// then suffice for 137 thousand million groups.
const indexBits = 16

// Groups count from 1, so 0 is before every entry.
func sequence(group uint64, index int) uint64 { return group<<indexBits | uint64(index) }
