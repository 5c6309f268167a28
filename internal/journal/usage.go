package journal

import (
	"context"
	"fmt"

	"floodmark/internal/telemetry/histogram"
)

// Usage is what the journal holds and how it is.
type Usage struct {
	Streams []StreamUsage // in the order of the constants
	Values  StreamUsage   // what Put keeps; Groups are keys
	Free    int64         // octets on the disk
	Reserve int64
	Full    bool // inputs are refused now, and below half of the reserve everything
	Down    bool // the store failed and is being reopened; the rest is empty then

	Append, Sync histogram.Counts // seconds until appended entries are durable, and of a commit
}

// StreamUsage is what one stream holds.
type StreamUsage struct {
	Name        string
	Groups      uint64 // commits
	Octets      uint64 // on disk
	First, Last uint64 // sequences of the first entries of the first and the last group kept
	Committed   uint64 // groups since the stream was made
	Lost        uint64 // groups that could not be read back when the journal was opened
}

// Usage asks how much is kept.
func (j *Journal) Usage(ctx context.Context) (Usage, error) {
	u := Usage{Reserve: j.c.Reserve, Append: j.appends.Counts(), Sync: j.syncs.Counts()}
	var err error
	if u.Free, err = free(j.c.Dir); err != nil {
		return u, err
	}
	u.Full = u.Free < j.floor(Inputs)
	e, err := j.up()
	if err == ErrDown {
		u.Down = true
		return u, nil
	}
	if err != nil {
		return u, fmt.Errorf("ask the journal's usage: %w", err)
	}
	for s := range streams + 1 {
		info, err := e.streams[s].Info(ctx)
		if err != nil {
			return u, fmt.Errorf("ask the usage of %s: %w", s, lost(err))
		}
		st := info.State
		us := StreamUsage{Name: s.String(), Groups: st.Msgs, Committed: st.LastSeq, Octets: st.Bytes,
			First: sequence(st.FirstSeq, 0), Last: sequence(st.LastSeq, 0)}
		if st.Lost != nil {
			us.Lost = uint64(len(st.Lost.Msgs))
		}
		if s == state {
			u.Values = us
		} else {
			u.Streams = append(u.Streams, us)
		}
	}
	return u, nil
}
