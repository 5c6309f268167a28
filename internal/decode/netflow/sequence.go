package netflow

// sequence follows the sequence numbers of one stream.
type sequence struct {
	next  uint32
	known bool
	loss
}

// loss is what sequence numbers tell.
type loss struct {
	lost, gaps, late, restarts uint64
}

// How far a sequence number may jump before it is taken as a restart of the
// exporter rather than as loss, and how far back as a late datagram.
const (
	maxGap  = 1 << 20
	maxLate = 1 << 12
)

// follow notes a datagram's sequence number. n is what the datagram adds to the
// sequence: records (NetFlow v5, IPFIX) or one (NetFlow v9); a negative n says
// that this cannot be known. RFC 7011 has the number count what came before the
// datagram; softflowd's IPFIX counts the datagram's own records in. Both
// readings are followed, and the one that fits better is told.
func (s *stream) follow(seq uint32, n int) {
	if s.exp.shared {
		return
	}
	s.seq.follow(seq, n)
	if s.key.proto == NetFlow9 {
		return
	}
	if n < 0 {
		s.seqAfter.known = false
		return
	}
	s.seqAfter.follow(seq-uint32(n), n)
}

// sequenceLoss returns the loss by the reading that fits better.
func (s *stream) sequenceLoss() loss {
	a, b := s.seq.loss, s.seqAfter.loss
	if s.key.proto != NetFlow9 && b.gaps+b.late+b.restarts < a.gaps+a.late+a.restarts {
		return b
	}
	return a
}

func (q *sequence) follow(seq uint32, n int) {
	if q.known {
		switch diff := int32(seq - q.next); {
		case diff == 0:
		case diff > 0 && diff <= maxGap:
			q.lost += uint64(diff)
			q.gaps++
		case diff < 0 && diff >= -maxLate:
			q.late++
			q.lost -= min(q.lost, uint64(max(n, 0)))
			return
		default:
			q.restarts++
		}
	}
	q.next, q.known = seq+uint32(max(n, 0)), n >= 0
}
