package netflow

// sequence follows the sequence numbers of one stream.
type sequence struct {
	next  uint32
	known bool
	loss
	checked uint64 // datagrams that could be compared with the one before

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

// counting is one way in which exporters count what their sequence numbers
// number. The standard one of a protocol is the first: what came before the
// datagram, in records (RFC 7011 section 3.1, NetFlow v5) or in datagrams
// (RFC 3954 section 5.1).
type counting uint8

const (
	countStandard counting = iota
	// countRecords counts the records before the datagram.
	countRecords
	// countRecordsWithOwn counts the datagram's own records in (softflowd's IPFIX).
	countRecordsWithOwn
	// countTemplates counts template records as well as data records.
	countTemplates
	// countTemplatesWithOwn does, with those of the datagram itself.
	countTemplatesWithOwn
	// countDatagrams counts datagrams, whatever they hold.
	countDatagrams
	numCounting
)

// String returns the name in statistics.
func (c counting) String() string {
	switch c {
	case countRecords:
		return "records"
	case countRecordsWithOwn:
		return "records-with-own"
	case countTemplates:
		return "records-and-templates"
	case countTemplatesWithOwn:
		return "records-and-templates-with-own"
	case countDatagrams:
		return "datagrams"
	}
	return "standard"
}

// advance notes a datagram's sequence number, its data records (negative where
// that cannot be known) and its template records. Exporters count differently,
// so that all ways are followed and the one that fits is believed.
func (s *stream) advance(seq uint32, records, templates int) {
	if s.exp.shared {
		return
	}
	standard := records
	if s.key.proto == NetFlow9 {
		standard = 1
	}
	s.seq[countStandard].advance(seq, standard)
	s.seq[countDatagrams].advance(seq, 1)
	if records < 0 {
		for _, c := range [...]counting{countRecords, countRecordsWithOwn, countTemplates, countTemplatesWithOwn} {
			s.seq[c].known = false
		}
		return
	}
	all := records + templates
	s.seq[countRecords].advance(seq, records)
	s.seq[countRecordsWithOwn].advance(seq-uint32(records), records)
	s.seq[countTemplates].advance(seq, all)
	s.seq[countTemplatesWithOwn].advance(seq-uint32(all), all)
	s.numbered += uint64(records)
	s.numberedTemplates += uint64(templates)
}

// sequenceLoss returns the loss by the way of counting that fits best, in the
// unit of the standard one: an exporter that counts in its own way has few
// irregularities by that one, and one at nearly every datagram by others.
func (s *stream) sequenceLoss() (loss, counting) {
	best, how := &s.seq[countStandard], countStandard
	for c := countRecords; c < numCounting; c++ {
		q := &s.seq[c]
		if q.checked*10 >= best.checked*9 && q.irregular()*best.checked < best.irregular()*q.checked {
			best, how = q, c
		}
	}
	l := best.loss
	l.lost = s.inStandardUnit(l.lost, how)
	return l, how
}

// inStandardUnit converts what was lost by one way of counting to records, of
// NetFlow v9 to datagrams, by the averages of what arrived; it rounds up.
func (s *stream) inStandardUnit(lost uint64, how counting) uint64 {
	per, want := s.numbered, s.numbered // counted of what arrived: in that way, in the standard one
	switch how {
	case countStandard:
		return lost
	case countTemplates, countTemplatesWithOwn:
		per += s.numberedTemplates
	case countDatagrams:
		per = s.stats.Datagrams
	}
	if s.key.proto == NetFlow9 {
		want = s.stats.Datagrams
	}
	if per == 0 {
		return lost
	}
	return (lost*want + per - 1) / per
}

// irregular counts what speaks against a way of counting.
func (q *sequence) irregular() uint64 { return q.gaps + q.late + q.restarts }

func (q *sequence) advance(seq uint32, n int) {
	if q.known {
		q.checked++
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
