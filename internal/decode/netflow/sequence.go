package netflow

// sequence follows the sequence numbers of one stream.
type sequence struct {
	next  uint32
	known bool
}

// How far a sequence number may jump before it is taken as a restart of the
// exporter rather than as loss, and how far back as a late datagram.
const (
	maxGap  = 1 << 20
	maxLate = 1 << 12
)

// follow compares a datagram's sequence number with what was expected and notes
// loss. n is what the datagram adds to the sequence: records (NetFlow v5,
// IPFIX) or one (NetFlow v9); a negative n says that this cannot be known.
func (s *stream) follow(seq uint32, n int) {
	if s.exp.shared {
		return
	}
	q := &s.seq
	late := false
	if q.known {
		switch diff := int32(seq - q.next); {
		case diff == 0:
		case diff > 0 && diff <= maxGap:
			s.stats.Lost += uint64(diff)
			s.stats.Gaps++
		case diff < 0 && diff >= -maxLate:
			late = true
			s.stats.Late++
			s.stats.Lost -= min(s.stats.Lost, uint64(max(n, 0)))
		default:
			s.stats.Restarts++
		}
	}
	if late {
		return
	}
	q.next, q.known = seq+uint32(max(n, 0)), n >= 0
}
