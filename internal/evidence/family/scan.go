package family

import (
	"fmt"
	"math"
	"strconv"

	"floodmark/internal/evidence/share"
	"floodmark/internal/text"
)

// Thresholds of the scan join. chance is the probability below which a join
// is more than chance; the shares are limits of its Wilson interval.
const (
	chance        = 0.001
	fewestMatches = 3
	moderateShare = 0.01
	strongShare   = 0.20
)

// scanJoin is what the scan join says.
type scanJoin struct {
	Scan
	share, low, high float64
	expected         float64 // matches by chance
	beyond           bool    // more than chance gives
}

// weigh compares the matches with chance: a sequence number equals the
// destination address with probability 2^-32 a SYN, so that m SYNs give
// m/2^32 matches (Antonakakis et al., USENIX Security 2017).
func (s Scan) weigh() scanJoin {
	j := scanJoin{Scan: s, expected: float64(s.SYNs) / (1 << 32)}
	j.Matched = min(j.Matched, j.Sources)
	if s.Sources == 0 {
		return j
	}
	j.share = float64(j.Matched) / float64(s.Sources)
	j.low, j.high = share.Wilson(float64(j.Matched), float64(s.Sources), share.Alpha)
	j.beyond = j.Matched >= fewestMatches && atMin(j.Matched, j.expected) < chance
	return j
}

// atMin returns P(X >= k) for X ~ Poisson(mean), k at least 1.
func atMin(k uint64, mean float64) float64 {
	if mean <= 0 {
		return 0
	}
	if float64(k) <= mean {
		return 1
	}
	lg, _ := math.Lgamma(float64(k) + 1)
	term, sum := math.Exp(float64(k)*math.Log(mean)-mean-lg), 0.0
	for i := k; term > sum*1e-12; i++ {
		sum += term
		term *= mean / float64(i+1)
	}
	return sum
}

func (j scanJoin) text() string {
	s := fmt.Sprintf("%d of %d real attack sources (%s, interval %s to %s) also scanned the way Mirai does, with SYNs whose sequence number is the destination address; chance would give %s",
		j.Matched, j.Sources, text.Percent(j.share), text.Percent(j.low), text.Percent(j.high), digits(j.expected))
	for i, p := range j.Ports {
		if i == 4 {
			break
		}
		lead := ", port "
		if i == 0 {
			lead = "; ports scanned: "
		}
		s += lead + strconv.Itoa(int(p.Port)) + " by " + strconv.FormatUint(p.Sources, 10)
	}
	return s + "."
}

// ports returns how many matches scanned one of the ports, at most all.
func (j scanJoin) ports(set map[uint16]string) uint64 {
	var n uint64
	for _, p := range j.Ports {
		if set[p.Port] != "" {
			n = max(n, p.Sources)
		}
	}
	return min(n, j.Matched)
}
