package flowudp

import (
	"cmp"
	"slices"
	"sync"

	"floodmark/internal/model"
)

// Stats is what a Listener received, since it was bound.
type Stats struct {
	Sockets []Socket          // one for each reader
	Unknown []UnknownExporter // the last that were refused, latest first, at most MaxUnknown
}

// Socket is what one reader received. Whatever reached the socket is in exactly
// one of Datagrams, Dropped, Refused and Truncated.
type Socket struct {
	Datagrams uint64 // handed to the handler
	Bytes     uint64 // of their payloads
	Batches   uint64 // reads that found any datagram
	Dropped   uint64 // dropped by the kernel: the buffer was full, or (rarely) a checksum was wrong
	Refused   uint64 // from who may not send
	Truncated uint64 // longer than 9,216 octets; not handed on
	Buffer    int    // octets of receive buffer granted; the kernel charges its own overhead too, two to three times a short datagram
}

// UnknownExporter is an address that sent and may not.
type UnknownExporter struct {
	Addr      model.Addr
	Datagrams uint64 // since it is in the list
	Last      int64  // Unix ns
}

// MaxUnknown is how many strangers are remembered.
const MaxUnknown = 16

// Total adds up all sockets; Buffer is the least.
func (s Stats) Total() Socket {
	var t Socket
	for i, k := range s.Sockets {
		t.Datagrams += k.Datagrams
		t.Bytes += k.Bytes
		t.Batches += k.Batches
		t.Dropped += k.Dropped
		t.Refused += k.Refused
		t.Truncated += k.Truncated
		if i == 0 || k.Buffer < t.Buffer {
			t.Buffer = k.Buffer
		}
	}
	return t
}

// Stats returns the counters; drops are read from the kernel at this moment, so
// they are current also while a reader is stuck in its handler. The caller owns
// the result.
func (l *Listener) Stats() Stats {
	var out Stats
	for _, s := range l.sockets {
		s.countDrops()
		s.mu.Lock()
		dropped := s.dropped
		s.mu.Unlock()
		refused, list := s.unknown.read()
		out.Sockets = append(out.Sockets, Socket{
			Datagrams: s.datagrams.Load(), Bytes: s.bytes.Load(), Batches: s.batches.Load(),
			Dropped: dropped, Refused: refused, Truncated: s.truncated.Load(), Buffer: s.buffer,
		})
		for _, x := range list {
			out.Unknown = addUnknownExporter(out.Unknown, x)
		}
	}
	slices.SortFunc(out.Unknown, func(a, b UnknownExporter) int { return cmp.Compare(b.Last, a.Last) })
	out.Unknown = out.Unknown[:min(len(out.Unknown), MaxUnknown)]
	return out
}

// addUnknownExporter adds what another socket saw of the same address.
func addUnknownExporter(list []UnknownExporter, x UnknownExporter) []UnknownExporter {
	for i := range list {
		if list[i].Addr == x.Addr {
			list[i].Datagrams += x.Datagrams
			list[i].Last = max(list[i].Last, x.Last)
			return list
		}
	}
	return append(list, x)
}

// unknown remembers the last of those who were refused by one socket.
type unknown struct {
	mu      sync.Mutex
	refused uint64
	n       int
	list    [MaxUnknown]UnknownExporter
}

// add counts one datagram. In a full list the one that was silent longest makes
// room.
func (s *unknown) add(addr model.Addr, at int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused++
	oldest := 0
	for i := range s.list[:s.n] {
		x := &s.list[i]
		if x.Addr == addr {
			x.Datagrams++
			x.Last = at
			return
		}
		if x.Last < s.list[oldest].Last {
			oldest = i
		}
	}
	if s.n < len(s.list) {
		oldest = s.n
		s.n++
	}
	s.list[oldest] = UnknownExporter{addr, 1, at}
}

func (s *unknown) read() (uint64, []UnknownExporter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused, slices.Clone(s.list[:s.n])
}
