package usercount

import (
	"math"
	"math/rand/v2"
	"slices"

	"floodmark/internal/model"
)

// start is a Monday midnight.
const start = int64(1_750_032_000) * 1e9

var service = &model.Service{Slug: "example", Components: []model.Component{{Slug: "app"}, {Slug: "login"}, {Slug: "website"}, {Slug: "images"}}}

// crowd draws reports of people: networks whose sizes follow Zipf's law, browsers
// and components with shares.
type crowd struct {
	r          *rand.Rand
	networks   int
	zipf       float64 // exponent of the networks' sizes
	first      uint32  // number of the first network
	kind       string
	country    model.Code2
	prefixes   int // of the largest network
	clients    []float64
	parts      []float64 // in the order of the service; what is left names none
	works      float64   // share of reports that it works
	linked     float64   // share that follows a link elsewhere
	dispersion float64   // of the reports of a minute
	sizes      []float64
}

// ordinaryCrowd is an ordinary crowd with drawn parameters.
func ordinaryCrowd(r *rand.Rand) *crowd {
	k := &crowd{r: r, networks: 20 + r.IntN(300), zipf: 0.8 + 0.6*r.Float64(), first: 1000, kind: "access", country: model.ParseCode2("DE"),
		prefixes: 200 + r.IntN(2000), works: 0.05 + 0.2*r.Float64(), linked: 0.1 * r.Float64(), dispersion: r.Float64()}
	k.clients = shares(r, 20+r.IntN(100), 1+r.Float64())
	k.parts = []float64{0.3, 0.25, 0.2, 0.1}
	return k
}

// shares draws n shares that fall by a power.
func shares(r *rand.Rand, n int, power float64) []float64 {
	out := make([]float64, n)
	sum := 0.0
	for i := range out {
		out[i] = (0.5 + r.Float64()) / math.Pow(float64(i+1), power)
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out
}

func pick(r *rand.Rand, p []float64) int {
	x := r.Float64()
	for i, v := range p {
		if x -= v; x < 0 {
			return i
		}
	}
	return len(p)
}

// report draws one at a time.
func (k *crowd) report(at int64) model.Report {
	if k.sizes == nil {
		k.sizes = make([]float64, k.networks)
		sum := 0.0
		for i := range k.sizes {
			k.sizes[i] = math.Pow(float64(i+1), -k.zipf)
			sum += k.sizes[i]
		}
		for i := range k.sizes {
			k.sizes[i] /= sum
		}
	}
	n := min(pick(k.r, k.sizes), k.networks-1)
	size := max(1, int(float64(k.prefixes)*k.sizes[n]/k.sizes[0]))
	x := model.Report{At: at, ASN: k.first + uint32(n), Network: k.kind, Country: k.country, Person: k.r.Uint64(),
		Prefix: mix(uint64(n)<<32 + uint64(k.r.IntN(size)) + uint64(k.first)<<48), Client: uint32(pick(k.r, k.clients)) + 77}
	if k.kind == "access" && n%3 == 1 {
		x.Network = "mobile"
	}
	if p := pick(k.r, k.parts); p < len(service.Components) {
		x.Component = service.Components[p].Slug
	}
	if k.r.Float64() < k.works {
		x.Kind, x.Component = model.Works, ""
	}
	if k.r.Float64() < k.linked {
		x.Referral = model.FromElsewhere
	}
	return x
}

// arrive draws the reports of one minute at a mean rate, at random times and with
// a rate that changes from minute to minute.
func (k *crowd) arrive(at int64, rate float64) []model.Report {
	if k.dispersion > 0 {
		shape := 1 / k.dispersion
		rate *= gamma(k.r, shape) / shape
	}
	var out []model.Report
	for x := k.r.ExpFloat64() / rate; x < 1; x += k.r.ExpFloat64() / rate {
		out = append(out, k.report(at+int64(x*float64(minute))))
	}
	return out
}

// gamma draws from the gamma distribution (Marsaglia and Tsang, 2000).
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	for {
		x := r.NormFloat64()
		v := math.Pow(1+x/math.Sqrt(9*d), 3)
		if v > 0 && math.Log(1-r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// bots draws reports that one program makes.
type bots struct {
	r        *rand.Rand
	networks int
	first    uint32
	kind     string
	prefixes int
	clients  int     // browsers that it pretends
	jitter   float64 // of the gaps, 0 to 1; above 1 is at random
	part     string  // "" for any
	next     int64
	n        int
}

func (k *bots) arrive(at int64, rate float64) []model.Report {
	gap := float64(minute) / rate
	k.next = max(k.next, at)
	var out []model.Report
	for k.next < at+minute {
		asn := k.first + uint32(k.n%k.networks)
		x := model.Report{At: k.next, ASN: asn, Network: k.kind, Country: model.ParseCode2("DE"), Person: k.r.Uint64(),
			Prefix: mix(uint64(asn)<<20 + uint64(k.r.IntN(k.prefixes))), Client: 900 + uint32(k.r.IntN(k.clients)), Component: k.part}
		if k.part == "" {
			x.Component = service.Components[k.r.IntN(4)].Slug
		}
		out = append(out, x)
		k.n++
		if k.jitter > 1 {
			k.next += int64(gap * k.r.ExpFloat64())
		} else {
			k.next += int64(gap * (1 + k.jitter*(2*k.r.Float64()-1)))
		}
	}
	return out
}

// source gives the reports of the nth minute.
type source func(n int, at int64) []model.Report

// result is what a play came to: the window at its worst and the greatest figures.
type result struct {
	last      Window
	effective float64 // greatest of a window
	enough    int     // minutes in which Enough
	suspected int     // minutes in which a forgery is suspected
	minutes   int
	text      string
}

// play closes n minutes with what the sources give.
func play(t *Tally, at int64, n int, ordinary bool, sources ...source) result {
	out := result{minutes: n}
	for i := range n {
		var all []model.Report
		for _, s := range sources {
			all = append(all, s(i, at)...)
		}
		slices.SortStableFunc(all, func(a, b model.Report) int { return int(min(max(a.At-b.At, -1), 1)) })
		for j := range all {
			t.Add(&all[j])
		}
		t.Close(at)
		if t.w != nil {
			out.last = t.Window()
			out.effective = max(out.effective, out.last.Effective)
			if out.last.Enough {
				out.enough++
			}
			if out.last.Forgery.Suspected {
				out.suspected++
				out.text = out.last.Forgery.Text
			}
		}
		t.Learn(ordinary)
		at += minute
	}
	return out
}

// steady gives a crowd of one rate.
func (k *crowd) steady(rate float64) source {
	return func(_ int, at int64) []model.Report { return k.arrive(at, rate) }
}

// outage gives a crowd that rises over ramp minutes to a peak and stays.
func (k *crowd) outage(peak float64, ramp int) source {
	return func(n int, at int64) []model.Report { return k.arrive(at, peak*min(1, float64(n+1)/float64(ramp))) }
}

func (k *bots) steady(rate float64) source {
	return func(_ int, at int64) []model.Report { return k.arrive(at, rate) }
}

// taught is a Tally after days of the crowd at that rate, and the time after.
func taught(k *crowd, rate float64, days int) (*Tally, int64) {
	t := New(service)
	n := days * 24 * 60
	for i := range n {
		at := start + int64(i)*minute
		for _, r := range k.arrive(at, rate) {
			t.Add(&r)
		}
		t.Close(at)
		t.Learn(true)
	}
	return t, start + int64(n)*minute
}
