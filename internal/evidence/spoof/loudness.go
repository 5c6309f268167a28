package spoof

import (
	"fmt"
	"math"

	"floodmark/internal/model"
)

const (
	thriceNeeded = 30  // sources with three packets or more
	loudUneven   = 2.0 // lower limit above which loudness is uneven
	loudEven     = 1.5 // upper limit below which it is even
)

// loudness compares triples of packets from one source with pairs. If all
// sources are equally loud, as addresses drawn at random from a pool are,
// sum p^3 / (sum p^2)^2 is 1, however packets are sampled; real devices differ
// in their lines and the ratio is well above. It is a ratio of factorial
// moments, and its limits take sources as the sampling unit.
func loudness(in Input) model.SpoofTest {
	var samples, pairs, triples, thrice float64
	for i := range in.Sources {
		c := float64(in.Sources[i].Packets)
		samples += c
		pairs += c * (c - 1)
		triples += c * (c - 1) * (c - 2)
		if c >= 3 {
			thrice++
		}
	}
	if thrice < thriceNeeded {
		return without(Loudness, int(thrice), model.SpoofUndecided,
			fmt.Sprintf("only %.0f sources were seen three times; %d are needed to tell whether sources differ in loudness", thrice, thriceNeeded))
	}
	ratio := triples * samples / (pairs * pairs)
	variance := 0.0
	for i := range in.Sources {
		c := float64(in.Sources[i].Packets)
		e := c*(c-1)*(c-2)/triples - 2*c*(c-1)/pairs + c/samples
		variance += e * e
	}
	spread := math.Exp(1.96 * math.Sqrt(variance))
	t := test(Loudness, int(thrice), ratio, ratio/spread, ratio*spread)
	switch {
	case *t.Low > loudUneven:
		t.Verdict = model.SpoofReal
		t.Reason = fmt.Sprintf("sources differ in loudness (ratio %.2f, at least %.2f) as devices on different lines do; addresses drawn at random give 1", ratio, *t.Low)
	case *t.High < loudEven:
		t.Reason = fmt.Sprintf("sources are equally loud (ratio %.2f, at most %.2f), as addresses drawn from a pool are and as devices paced alike may be", ratio, *t.High)
	default:
		t.Reason = fmt.Sprintf("the spread of loudness (ratio %.2f, %.2f to %.2f) fits both", ratio, *t.Low, *t.High)
	}
	return t
}
