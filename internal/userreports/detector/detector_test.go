package detector

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/model"
)

var services = []*model.Service{
	{Slug: "x", Name: "X", Category: "social", Components: []model.Component{{Slug: "app", Name: "App"}, {Slug: "website", Name: "Website"}}},
	{Slug: "mail", Name: "Mail", Category: "mail", Components: []model.Component{{Slug: "login", Name: "Login"}}},
}

var start = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC).UnixNano()

func newDetector() *Detector {
	return New(Config{Services: services, Budget: model.Budget{Max: 1, Per: model.Year}})
}

// person is a report of somebody.
func person(r *rand.Rand, at int64, slug string) *model.Report {
	c := []string{"app", "app", "website", ""}[r.IntN(4)]
	if slug == "mail" {
		c = "login"
	}
	return &model.Report{At: at, Service: slug, Component: c, Country: model.Code2(0x5553), ASN: uint32(100 + r.IntN(40)), Network: "access",
		Person: r.Uint64(), Prefix: r.Uint64(), Client: uint32(r.IntN(30))}
}

// play hears so many reports a minute, at times drawn at random.
func play(l *Detector, r *rand.Rand, from, minutes int, rate float64) (out []model.Change) {
	for m := from; m < from+minutes; m++ {
		at := start + int64(m)*minute
		out = append(out, l.Advance(at)...)
		t := float64(at)
		for {
			if t += r.ExpFloat64() / rate * float64(minute); t >= float64(at+minute) {
				break
			}
			l.Add(person(r, int64(t), "x"))
		}
	}
	return out
}

func types(changes []model.Change) (out []model.ChangeType) {
	for _, c := range changes {
		if c.Type != model.Updated && c.Type != model.Changed && c.Type != model.Escalated {
			out = append(out, c.Type)
		}
	}
	return out
}

func TestAnOutageFromReportsToChanges(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	l := newDetector()
	if got := play(l, r, 0, 2*24*60, 0.1); len(types(got)) != 0 {
		t.Fatalf("ordinary days: %v", types(got))
	}
	got := play(l, r, 2880, 30, 20)
	if len(got) < 2 || got[0].Type != model.Noticed {
		t.Fatalf("an outage of 200 times the usual: %v", types(got))
	}
	v := l.Views(start + 2910*minute)[0]
	if v.State != model.Open || v.Incident == nil || v.Last15m.Problems < 200 || v.Top.Slug != "app" {
		t.Fatalf("the view: %s, %d problems, top %q", v.State, v.Last15m.Problems, v.Top.Slug)
	}
	if c := v.Incident.UserReports; c.Total < 400 || c.Peak.Problems > uint32(c.Total) || c.Networks < 20 {
		t.Errorf("crowd: %+v", c)
	}
	end := types(play(l, r, 2910, 6*60, 0.1))
	if d := cmp.Diff([]model.ChangeType{model.Eased, model.Ended}, end); d != "" {
		t.Errorf("afterwards: %s", d)
	}
	if v := l.Views(start + 3270*minute)[0]; v.State != "" || len(v.Day) != shown {
		t.Errorf("afterwards: %q, %d quarters", v.State, len(v.Day))
	}
}

func TestOnePersonIsNoOutage(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 1))
	l := newDetector()
	play(l, r, 0, 600, 0.05)
	one := person(r, 0, "x")
	for i := range 200 {
		at := start + int64(600+i)*minute
		l.Advance(at)
		one.At = at + 1
		l.Add(one)
	}
	if v := l.Views(start + 800*minute)[0]; v.State == model.Open {
		t.Errorf("one person opened an incident of %d problems", v.Last15m.Problems)
	}
}

// TestKeptLineGoesOn wants that a line read back says what the line itself says.
func TestKeptLineGoesOn(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	a := newDetector()
	play(a, r, 0, 900, 0.2)
	play(a, r, 900, 12, 15)
	a.Advance(start + 912*minute)
	var b bytes.Buffer
	if err := a.Save(&b, 77); err != nil {
		t.Fatal(err)
	}
	c := newDetector()
	seq, err := c.Load(&b)
	if err != nil || seq != 77 {
		t.Fatalf("%d %v", seq, err)
	}
	x := play(a, rand.New(rand.NewPCG(4, 1)), 912, 400, 0.2)
	y := play(c, rand.New(rand.NewPCG(4, 1)), 912, 400, 0.2)
	if d := cmp.Diff(x, y); d != "" || len(x) == 0 {
		t.Errorf("%d changes; the line read back differs: %s", len(x), d)
	}
}

func TestKeptRubbishIsAnError(t *testing.T) {
	for _, s := range []string{"", "rubbish", "\x00\x01\x02"} {
		if _, err := newDetector().Load(bytes.NewReader([]byte(s))); err == nil {
			t.Errorf("%q was read", s)
		}
	}
}

func TestUnknownServicesAndJumps(t *testing.T) {
	l := newDetector()
	l.Advance(start)
	if l.Add(&model.Report{At: start, Service: "y"}) {
		t.Error("a report of no service was taken")
	}
	if got := l.Advance(start + 100*24*60*minute); got != nil {
		t.Errorf("a jump: %v", got)
	}
}

// TestHistoryIsTaught wants that a taught service knows what is usual at once,
// and that it finds an outage as one that has seen those days.
func TestHistoryIsTaught(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 1))
	l := newDetector()
	h := l.NewHistory()
	for q := range int64(14 * 96) {
		n := uint32(r.IntN(5))
		if q == 700 {
			n = 900 // an outage of the past
		}
		if !h.Add("x", "", start-14*96*quarter+q*quarter, n) {
			t.Fatalf("quarter %d was not taken", q)
		}
	}
	if h.Add("x", "", start-quarter, 3) || h.Add("z", "", start, 3) || h.Add("x", "engine", start, 3) || h.Add("x", "", start+1, 3) {
		t.Error("taken: what is not later, not known, or no minute")
	}
	if late := l.Adopt(h); late != 0 {
		t.Errorf("%d counts were left out", late)
	}
	if v := l.Views(start)[0]; v.Why != "" || v.Last15m.Expected < 1 || v.Last15m.Expected > 4 || v.Last15m.High > 40 {
		t.Errorf("%q, expected %g up to %g", v.Why, v.Last15m.Expected, v.Last15m.High)
	}
	if got := play(l, r, 0, 20, 15); len(types(got)) == 0 || l.Views(start + 20*minute)[0].State != model.Open {
		t.Errorf("an outage after taught days: %v", types(got))
	}
	if l.NewHistory().Add("x", "app", start-quarter+quarter*3, 1) {
		t.Error("taken: history after live minutes")
	}
}

// TestHistoryComesAfterSilence wants that a server that has run for a while may
// be taught, as long as nobody has reported.
func TestHistoryComesAfterSilence(t *testing.T) {
	l := newDetector()
	for m := range int64(300) {
		l.Advance(start + m*minute)
	}
	h := l.NewHistory()
	for q := range int64(14 * 96) {
		if !h.Add("x", "", start-14*96*quarter+q*quarter, uint32(q%5)) {
			t.Fatalf("quarter %d was not taken", q)
		}
		if q%96 == 0 { // minutes go on meanwhile
			l.Advance(start + (300+q/96)*minute)
		}
	}
	h.Add("x", "app", start-14*96*quarter, 1)
	if late := l.Adopt(h); late != 0 {
		t.Errorf("%d counts were left out", late)
	}
	l.Advance(start + 315*minute)
	if v := l.Views(start + 315*minute)[0]; v.Why != "" || v.Last15m.Expected < 1 || v.Last15m.Expected > 4 {
		t.Errorf("%q, expected %g", v.Why, v.Last15m.Expected)
	}
	l.Add(&model.Report{At: start + 315*minute, Service: "y"})
	l.Add(&model.Report{At: start + 315*minute, Service: "x"})
	h = l.NewHistory()
	if !h.Add("x", "app", start-quarter, 1) || l.Adopt(h) != 1 {
		t.Error("taken: history after a report")
	}
}

func BenchmarkIdleMinute(b *testing.B) {
	var many []*model.Service
	for i := range 10000 {
		s := *services[0]
		s.Slug = string(rune('a'+i%26)) + time.Duration(i).String()
		many = append(many, &s)
	}
	l := New(Config{Services: many, Budget: model.Budget{Max: 1, Per: model.Year}})
	l.Advance(start)
	b.ReportAllocs()
	for i := range b.N {
		l.Advance(start + int64(i+1)*minute)
	}
}
