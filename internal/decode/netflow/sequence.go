package netflow

// sequence follows the sequence numbers of one stream.
type sequence struct {
	next  uint32
	known bool
	loss

	// Of numbers below next that follow each other: what would come next, how
	// many there were, and what they took off lost.
	lateNext, lateRun uint32
	taken             uint64
}

// loss is what sequence numbers tell.
type loss struct {
	lost, gaps, late, restarts uint64
}

// How far a sequence number may jump before it is taken as a restart of the
// exporter rather than as loss, and how far back as a late datagram; and how
// many late datagrams in a row are a restart after all.
const (
	maxGap  = 1 << 20
	maxLate = 1 << 12
	lateMax = 4
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
			if !q.tooLate(seq, n) {
				return
			}
		default:
			q.restarts++
		}
	}
	q.next, q.known = seq+uint32(max(n, 0)), n >= 0
	q.lateRun = 0
}

// tooLate notes a late datagram, which takes its records off the loss again. It
// returns true, and takes that back, where so many came late in a row that the
// exporter must have begun anew.
func (q *sequence) tooLate(seq uint32, n int) bool {
	if q.lateRun == 0 || seq != q.lateNext {
		q.lateRun, q.taken = 0, 0
	}
	found := min(q.lost, uint64(max(n, 0)))
	q.late++
	q.lost -= found
	q.taken += found
	q.lateRun++
	q.lateNext = seq + uint32(max(n, 0))
	if q.lateRun < lateMax {
		return false
	}
	q.late -= uint64(q.lateRun)
	q.lost += q.taken
	q.restarts++
	return true
}
