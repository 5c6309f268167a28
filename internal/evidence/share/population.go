package share

import (
	"math"

	"floodmark/internal/model"
)

// Units adds up the clusters that a sample really consists of: sources, or the
// networks that sources stand in. The zero value is empty.
type Units struct {
	M  float64 // clusters
	C  float64 // sum of what each sent
	CC float64 // sum of its square
}

// Add takes one cluster that sent c packets, or bytes, in all.
func (u *Units) Add(c float64) {
	u.M++
	u.C += c
	u.CC += c * c
}

// Size is the number of equally loud clusters that weigh as much as these
// (Kish, Survey Sampling, 1965): (sum c)^2 / sum c^2.
func (u Units) Size() float64 {
	if u.CC <= 0 {
		return 0
	}
	return u.C * u.C / u.CC
}

// Part adds up what the clusters sent that belongs to one class. Only clusters
// that sent anything of the class need be added, so that a class costs nothing
// for the sources that are not in it.
type Part struct {
	M  float64 // clusters with anything of the class
	Y  float64 // sum of what of each is in the class
	YY float64
	CY float64
}

// Add takes one cluster that sent c in all, y of it in the class.
func (p *Part) Add(c, y float64) {
	if y <= 0 {
		return
	}
	p.M++
	p.Y += y
	p.YY += y * y
	p.CY += c * y
}

// Ratio is the share of one class with its clusters: Units over all of them,
// Part over those with anything of the class.
type Ratio struct {
	Units
	Part
}

// Add takes one cluster that sent c in all, y of it in the class.
func (r *Ratio) Add(c, y float64) {
	r.Units.Add(c)
	r.Part.Add(c, y)
}

// Share is the ratio estimate sum y / sum c, between 0 and 1.
func (r Ratio) Share() float64 {
	if r.C <= 0 {
		return 0
	}
	return math.Min(r.Y/r.C, 1)
}

// Variance is that of Share with clusters as the sampling unit (the linearised
// ratio estimator; Cochran, Sampling Techniques, 1977, chapter 6):
// m/(m-1) * sum (y - p c)^2 / (sum c)^2.
func (r Ratio) Variance() float64 {
	if r.Units.M < 2 || r.C <= 0 {
		return math.Inf(1)
	}
	p := r.Share()
	e := r.YY - 2*p*r.CY + p*p*r.CC
	return r.Units.M / (r.Units.M - 1) * math.Max(e, 0) / (r.C * r.C)
}

// size is the number of independent equal clusters that would leave the same
// uncertainty, already reduced for the few degrees of freedom of a variance
// that is itself estimated (Korn and Graubard 1998). It is never above Kish's
// size: an estimated variance that looks better than equal loudness allows
// comes from the loud sources being few, not from precision.
func (r Ratio) size(alpha float64) float64 {
	n := r.Size()
	p := r.Share()
	if v := r.Variance(); p > 0 && p < 1 && v > 0 {
		n = math.Min(n, p*(1-p)/v)
	}
	z, t := normalQuantile(1-alpha/2), tQuantile(1-alpha/2, r.Size()-1)
	return n * (z / t) * (z / t)
}

// Population is the share of a class among sources like these: in the botnet,
// or in its next attack. Sources are the sampling unit; where networks holds
// the same traffic clustered by network (/24 or AS) the wider interval is
// taken. networks may be empty. One source alone, or one network alone, gives
// no limits. Sources that a full table kept by their hash are a sample like any
// other, and need nothing special here.
func Population(sources, networks Ratio, alpha float64) model.Estimate {
	p := sources.Share()
	if sources.Units.M < 2 {
		return open(p, "sources as the sampling unit (fewer than two sources)")
	}
	low, high := sources.limits(alpha)
	if networks.Units.M == 0 {
		return estimate(p, low, high, "sources as the sampling unit (cluster)")
	}
	if networks.Units.M < 2 {
		return open(p, "networks as the sampling unit (a single network)")
	}
	basis := "sources as the sampling unit (cluster)"
	l, h := networks.limits(alpha)
	if h-l > high-low {
		basis = "networks as the sampling unit (cluster)"
	}
	return estimate(p, math.Min(low, l), math.Max(high, h), basis)
}

func (r Ratio) limits(alpha float64) (low, high float64) {
	n := r.size(alpha)
	return Proportion(r.Share()*n, n, alpha)
}

// WindowKept is Window for a table that kept only a fraction of the sources,
// chosen by the hash of their address, each counted completely: part and whole
// are of the kept sources, sources clusters the same traffic by source. The
// choice of sources adds (1-kept) times the variance between sources to that
// of packet sampling (two-phase sampling; Cochran 1977, chapter 12).
func WindowKept(part, whole Sum, sources Ratio, kept float64) model.Estimate {
	if kept >= 1 || kept <= 0 {
		return Window(part, whole, Alpha)
	}
	const basis = "sampling of sources by hash"
	p := sources.Share()
	if sources.Units.M < 2 || whole.Total <= 0 {
		return open(p, basis+" (fewer than two sources)")
	}
	inverse := (1 - kept) / sources.size(Alpha)
	if whole.Spread > 0 {
		inverse += 1 / windowSize(p, part, whole)
	}
	low, high := Proportion(p/inverse, 1/inverse, Alpha)
	return estimate(p, low, high, basis+" and of packets (cluster)")
}
