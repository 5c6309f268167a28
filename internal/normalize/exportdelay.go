package normalize

import "math/bits"

// export delay estimates the delay between a packet and the flow record that
// reports it. Exporters hold flows in a cache until the active or inactive
// timeout expires.
//
// Ages are kept in steps of a quarter of an octave from 0.27 s up, counted once
// by records and once by packets: weighting by packets keeps long flows, which
// are few records, from being compressed into a spike when the delay is
// underestimated. Counts halve in about eleven minutes. The maximum of both
// quantiles is used.
type exportDelay struct {
	records [ageSteps]uint64
	packets [ageSteps]uint64
	n       uint64 // records in it
}

const (
	ageSteps        = 64
	ageUnit         = 28      // 2^28 ns is 0.27 s
	maxPacketWeight = 1 << 16 // weight of one record, so that a single wrong value does not decide
	minAges         = 200     // records before a quantile of 99.5 % means anything
	unmeasuredDelay = 300 * second
	minExportDelay  = 2 * second // allowed clock difference
)

// add counts a record that is so old, in ns.
func (h *exportDelay) add(age int64, packets uint64) {
	i := ageStep(age)
	h.records[i]++
	h.packets[i] += min(packets, maxPacketWeight)
	h.n++
}

func ageStep(age int64) int {
	if age < 0 {
		return 0
	}
	v := uint64(age) >> ageUnit
	if v < 4 {
		return int(v)
	}
	l := bits.Len64(v)
	return min((l-2)*4+int(v>>(l-3)&3), ageSteps-1)
}

// ageEdge returns the age at which step i ends, in ns.
func ageEdge(i int) int64 {
	if i < 4 {
		return int64(i+1) << ageUnit
	}
	l := i/4 + 2
	return int64(i%4+4+1) << (l - 3) << ageUnit
}

// fade makes older counts weigh less: by a sixteenth each minute.
func (h *exportDelay) fade() {
	h.n = 0
	for i := range h.records {
		h.records[i] -= (h.records[i] + 15) / 16
		h.packets[i] -= (h.packets[i] + 15) / 16
		h.n += h.records[i]
	}
}

// quantile returns the age that 99.5 % of records and of packets do not exceed,
// in ns, and whether there were enough records.
func (h *exportDelay) quantile() (int64, bool) {
	if h.n < minAges {
		return 0, false
	}
	return max(quantileOf(&h.records), quantileOf(&h.packets)), true
}

func quantileOf(counts *[ageSteps]uint64) int64 {
	var sum uint64
	for _, c := range counts {
		sum += c
	}
	over := sum / 200
	for i := ageSteps - 1; i > 0; i-- {
		if counts[i] > over {
			return ageEdge(i)
		}
		over -= counts[i]
	}
	return ageEdge(0)
}
