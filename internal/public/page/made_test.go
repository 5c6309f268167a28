package page

import (
	"fmt"
	"math"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/public/publictest/stories"
)

// Made-up services of a made-up day, for the tests and the browser.

var noon = time.Date(2026, 11, 24, 17, 37, 0, 0, time.UTC)

var features = model.Features{Comments: true, Mail: true, Parquet: true, Version: "test", BaseURL: "https://floodmark.example",
	Budget: "at most one false incident per service and year", Measured: "0.4 false incidents per service and year over 1,000 simulated years",
	Geo: model.GeoInfo{Status: "looked-up", Date: "2026-06-17", Attributed: []string{"IP geolocation by DB-IP (CC BY 4.0)"}}}

func frameOf(path string) Common { return Common{Now: noon, Speed: 1, Features: features, Path: path} }

func made(slug, name string) *model.ServiceNow {
	s := &model.Service{Slug: slug, Name: name, Category: "social", Aliases: []string{slug}, DependsOn: []string{"cloud"}, Components: []model.Component{
		{Slug: "app", Name: "App"}, {Slug: "website", Name: "Website"}, {Slug: "login", Name: "Login"}, {Slug: "images", Name: "Images"}, {Slug: "links", Name: "Links"}, {Slug: "radio", Name: "Live radio"}}}
	return &model.ServiceNow{Service: s, At: noon.UnixNano(), Since: noon.AddDate(0, -3, 0).UnixNano()}
}

// day fills the last day: usual reports with noise, and more as of says by the
// hour before now.
func day(n *model.ServiceNow, level float64, more func(ago float64) float64) {
	last := noon.Truncate(15 * time.Minute)
	for i := range maxDay {
		at := last.Add(time.Duration(i-maxDay+1) * 15 * time.Minute)
		usual := level * (1 + 0.6*math.Sin(float64(at.Hour()*60+at.Minute())/1440*2*math.Pi-2.2))
		v := max(usual*(1+0.5*math.Sin(float64(i)*2.7)), 0) + more(noon.Sub(at).Hours())
		n.Day = append(n.Day, model.Bucket{At: at.UnixNano(), Problems: uint32(v), Effective: float32(math.Floor(v)), Works: uint32(v / 9), Expected: float32(usual),
			Low: float32(math.Floor(max(usual-2*math.Sqrt(usual), 0))), High: float32(math.Ceil(usual + 2.5*math.Sqrt(usual))), Known: true, Partial: i == maxDay-1})
	}
	n.Last15m = n.Day[maxDay-2]
	n.Last15m.At = noon.Add(-15 * time.Minute).UnixNano()
}

func none(float64) float64 { return 0 }

func newCalm() *model.ServiceNow {
	n := made("calm", "Lighthouse Mail")
	day(n, 4, none)
	n.Top = model.PartShare{Slug: "login", Name: "Login", Reports: 3, Share: 0.4}
	return n
}

func newUnknown() *model.ServiceNow {
	n := made("fresh", "Brand New Pay")
	day(n, 1, none)
	for i := range n.Day {
		n.Day[i].Known, n.Day[i].Expected, n.Day[i].Low, n.Day[i].High = false, 0, 0, 0
		if i < 70 {
			n.Day[i].Problems, n.Day[i].Effective = 0, 0
		}
	}
	n.Last15m.Known, n.Why = false, "not enough history: 2 of 7 days seen"
	return n
}

func incident(n *model.ServiceNow, s model.State, ago time.Duration) *model.Incident {
	start := noon.Add(-ago)
	in := &model.Incident{
		Header: model.Header{
			ID: "s-" + n.Service.Slug + "-20261124T1405Z", Revision: 42, State: s, Severity: model.Warning,
			Target: model.ServiceID(n.Service.Slug), Started: start.UnixNano(),
			Noticed: start.Add(4 * time.Minute).UnixNano(), Opened: start.Add(9 * time.Minute).UnixNano(),
			LastSeen: noon.UnixNano(),
		},
	}
	if s == model.Suspected {
		in.Opened = 0
	}
	peak := model.Bucket{}
	total := uint64(0)
	var shape []float32
	for i := range n.Day {
		b := &n.Day[i]
		if b.At+last15m > in.Started {
			b.State = s
			total += uint64(b.Problems)
			shape = append(shape, b.Effective)
			if b.Problems > peak.Problems {
				peak = *b
			}
		}
	}
	in.Waves, in.WaveCount = []model.Wave{{Start: in.Started, Peak: float64(peak.Problems)}}, 1
	in.UserReports = &model.UserReports{Service: n.Service.Slug, Name: n.Service.Name, Evidence: 18.2, Strongest: 21.4, Limit: 5.1, Budget: features.Budget, Peak: peak, Total: total,
		Effective: float64(total) * 0.97, Works: total / 30, Networks: 412, Sustained: ago > time.Hour, Parts: parts(), Places: places(), Cause: model.Cause{Kind: model.CauseOwn}, Shape: shape,
		Similar: []model.Similar{{ID: "s-old", Score: 0.83, Started: noon.AddDate(0, -2, -3).UnixNano(), Lasted: int64(134 * time.Minute), Peak: 20514}}}
	n.State, n.Severity, n.Incident, n.Parts, n.Places = s, model.Warning, in, parts(), places()
	n.Probes = probes()
	n.Top = n.Parts[0]
	return in
}

func parts() []model.PartShare {
	return []model.PartShare{{Slug: "app", Name: "App", Reports: 19210, Share: 0.57, Low: 0.565, High: 0.575, Usual: 0.44, Evidence: 30, StandsOut: true},
		{Slug: "website", Name: "Website", Reports: 11320, Share: 0.336, Low: 0.331, High: 0.341, Usual: 0.31}, {Slug: "login", Name: "Login", Reports: 2100, Share: 0.062, Low: 0.06, High: 0.065, Usual: 0.15},
		{Slug: "radio", Name: "Live radio", Reports: 900, Share: 0.027, Low: 0.025, High: 0.029, Usual: 0.02}, {Reports: 7363}}
}

func places() []model.PlaceShare {
	return []model.PlaceShare{{Country: "GB", Reports: 10800, Effective: 10500, Expected: 2300, Excess: 4.6, Low: 4.5, High: 4.7, StandsOut: true},
		{Country: "US", Reports: 22000, Effective: 21500, Expected: 9300, Excess: 2.3, Low: 2.27, High: 2.33, StandsOut: true}, {Country: "US", Region: "CA", Reports: 4800, Effective: 4700, Expected: 1500, Excess: 3.1, Low: 3.0, High: 3.2},
		{Country: "IE", Reports: 900, Effective: 880, Expected: 90, Excess: 9.8, Low: 9.1, High: 10.5}, {Country: "ES", Reports: 410, Effective: 400, Expected: 240, Excess: 1.7, Low: 1.5, High: 1.8},
		{Country: "KE", Reports: 8, Effective: 8, Expected: 3.5, Excess: 2.3, Low: 0.7, High: 4.8}, {Country: "BR", Reports: 17, Effective: 16, Expected: 10, Excess: 1.6, Low: 0.9, High: 2.5},
		{Country: "DE", Reports: 1210, Effective: 1200, Expected: 1190, Excess: 1.01, Low: 0.95, High: 1.06}, {Country: "JP", Reports: 61, Effective: 60, Expected: 2100, Excess: 0.03, Low: 0.02, High: 0.04},
		{Country: "MT", Reports: 12, Effective: 12, Expected: 3, Excess: 4, Low: 2, High: 7}, {Reports: 240, Effective: 230, Expected: 260, Excess: 0.9, Low: 0.8, High: 1}}
}

func newSuspected() *model.ServiceNow {
	n := made("suspected", "Murmur")
	day(n, 5, func(ago float64) float64 { return 12 * math.Exp(-ago*3) })
	incident(n, model.Suspected, 20*time.Minute)
	return n
}

func newOpen() *model.ServiceNow {
	n := made("big", "Chirper")
	day(n, 12, func(ago float64) float64 {
		return 20500*bump(ago, 6.5, 0.5) + 40880*bump(ago, 3.1, 0.4) + 30000/(1+math.Exp((ago-1.2)*9))
	})
	for i := range n.Day {
		switch b := &n.Day[i]; {
		case b.Problems > 38000:
			b.Problems, b.Effective, b.Refused, b.Suppressed, b.Followed = 40893, 40100, 6100, 1400, 5200
		case b.Problems > 25000:
			b.Suppressed = 900
		}
	}
	in := incident(n, model.Open, 6*time.Hour+50*time.Minute)
	in.Severity, in.WaveCount = model.Critical, 3
	in.Waves = []model.Wave{{Start: in.Started, End: noon.Add(-5 * time.Hour).UnixNano(), Peak: 20514}, {Start: noon.Add(-4 * time.Hour).UnixNano(), End: noon.Add(-140 * time.Minute).UnixNano(), Peak: 40893}, {Start: noon.Add(-80 * time.Minute).UnixNano(), Peak: 31000}}
	in.UserReports.Refused, in.UserReports.Strongest = 6100, 5120
	n.Last15m = n.Day[maxDay-2]
	return n
}

func bump(x, at, width float64) float64 { return math.Exp(-(x - at) * (x - at) / width / width) }

func newMild() *model.ServiceNow {
	n := made("mild", "Fernsehen Plus")
	day(n, 9, func(ago float64) float64 { return 100 * bump(ago, 0.4, 0.9) })
	incident(n, model.Open, 95*time.Minute)
	return n
}

func newEasing() *model.ServiceNow {
	n := made("easing", "Cinema at Home")
	day(n, 8, func(ago float64) float64 { return 240 * bump(ago, 3, 0.8) })
	in := incident(n, model.Easing, 4*time.Hour)
	in.Ended = noon.Add(-70 * time.Minute).UnixNano()
	in.Waves[0].End = in.Ended
	for i := range n.Day {
		if n.Day[i].At > in.Ended {
			n.Day[i].State = model.Easing
		}
	}
	return n
}

func newForged() *model.ServiceNow {
	n := made("forged", "Corner Bank")
	day(n, 3, none)
	for i := maxDay - 9; i < maxDay-1; i++ {
		n.Day[i].Problems, n.Day[i].Effective, n.Day[i].Suppressed = uint32(60+i%7*4), float32(4+i%3), 40
	}
	n.Last15m = n.Day[maxDay-2]
	n.Fraud = model.Fraud{Synchronized: 0.94, Brigading: 0.71, Suspected: true}
	n.Parts = parts()[:2]
	return n
}

func newElsewhere() *model.ServiceNow {
	n := made("tenant", "Parcel Tracker")
	day(n, 6, func(ago float64) float64 { return 90 * bump(ago, 0.6, 1) })
	in := incident(n, model.Open, 2*time.Hour)
	in.UserReports.Cause = model.Cause{Kind: model.CauseElsewhere, By: "cloud", Name: "Cloud Nine", Share: 0.92, Low: 0.85, High: 0.97}
	return n
}

func newCloud() *model.ServiceNow {
	n := made("cloud", "Cloud Nine")
	day(n, 3, func(ago float64) float64 { return 3000 * bump(ago, 0.5, 1.1) })
	in := incident(n, model.Open, 2*time.Hour)
	in.UserReports.Confirmed = true
	return n
}

// nasty is text that must stay text.
const nasty = `<img src=x onerror=alert(1)>"'&{{.}}</script>` + "\u202e\x1b[31m\n"

func newHostile() *model.ServiceNow {
	n := newOpen()
	s := *n.Service
	s.Slug, s.Name, s.Category, s.Aliases = "hostile", nasty, nasty, []string{nasty}
	s.Components = []model.Component{{Slug: "x", Name: nasty}}
	n.Service, n.Why, n.Top = &s, nasty, model.PartShare{Slug: "x", Name: nasty, Reports: 4, Share: 7}
	n.Parts = []model.PartShare{{Slug: "x", Name: nasty, Reports: 9, Share: math.NaN(), Low: 3, High: -1, StandsOut: true}}
	n.Places = []model.PlaceShare{{Country: nasty, Region: nasty, Reports: 8, Excess: math.Inf(1), Low: math.NaN()}, {Country: "US", Excess: 1e300, High: -4}}
	n.Fraud = model.Fraud{Suspected: true, Text: nasty, Synchronized: math.Inf(1)}
	in := *n.Incident
	c := *in.UserReports
	c.Name, c.Budget, c.Parts, c.Places, c.Fraud = nasty, nasty, n.Parts, n.Places, n.Fraud
	c.Cause = model.Cause{Kind: model.CauseElsewhere, By: nasty, Name: nasty, Text: nasty, Share: math.NaN()}
	c.Evidence, c.Strongest, c.Limit = math.NaN(), math.Inf(1), 5
	in.ID, in.UserReports, in.Because = `x"><script>`, &c, nasty
	joinHostile(&in)
	n.Incident = &in
	return n
}

// joinHostile fills what other signals tell with what nobody would say.
func joinHostile(in *model.Incident) {
	odd := math.NaN()
	in.Assessment = &model.Assessment{Cause: nasty, Likelihood: odd, Words: nasty, Confidence: nasty, Signals: []model.Signal{nasty}, Text: nasty + ": " + nasty, Changes: []string{nasty},
		Causes: []model.CauseWeight{{Cause: nasty, Likelihood: odd, Words: nasty}, {Cause: model.Attack, Likelihood: -3}}, Reasons: []model.Reason{{Signal: nasty, Cause: nasty, Weight: 1e300, Text: nasty}, {Cause: nasty, Weight: -1, Text: nasty}}}
	in.Phases = []model.Phase{{Signal: model.SignalProbe, Part: nasty, Start: in.Started, Text: nasty}, {Signal: model.SignalFlow, Start: in.Started, Peak: math.Inf(1), Unit: nasty}}
	in.Traffic = []model.TrafficPart{{ID: nasty, Target: nasty, AttackVerdict: model.AttackYes, Spoofing: nasty, Sources: math.MaxUint64, Vectors: []model.Weight{{Value: nasty, Share: odd}}, Countries: []model.Weight{{Value: nasty, Share: 9}}}, {AttackVerdict: nasty}}
	in.Probes = []model.ProbeNow{{Component: nasty, Name: nasty, State: nasty, Text: nasty}}
	in.Claims = []model.EnteredClaim{{Text: nasty, Source: nasty, By: nasty, History: []model.ClaimCheck{{Claims: []model.Claim{{Text: nasty, Reading: nasty, Verdict: nasty, Low: &odd, High: &odd, Unit: nasty, Reasons: []string{nasty}}}}}}, {Text: nasty}}
}

func newAll() []*model.ServiceNow {
	all := []*model.ServiceNow{newCalm(), newUnknown(), newSuspected(), newOpen(), newMild(), newEasing(), newForged(), newElsewhere(), newCloud()}
	for i := range 31 {
		n := made(fmt.Sprintf("service-%d", i), fmt.Sprintf("Service number %d", i+1))
		day(n, 1+float64(i%9)*3, none)
		all = append(all, n)
	}
	return all
}

func serviceView(n *model.ServiceNow) ServiceView {
	old := model.Incident{Header: model.Header{ID: "s-old", State: model.Closed, Started: noon.AddDate(0, -2, -3).UnixNano(), Opened: 1, Ended: noon.AddDate(0, -2, -3).Add(134 * time.Minute).UnixNano()},
		ServiceIncident: model.ServiceIncident{UserReports: &model.UserReports{Name: n.Service.Name, Peak: model.Bucket{Problems: 20514}}}}
	v := ServiceView{Common: frameOf("/s/" + n.Service.Slug), Service: n, Names: map[string]string{"cloud": "Cloud Nine"}, Earlier: []model.Incident{old}}
	if n.Service.Slug == "big" {
		v.Notes = []model.Note{{By: "Chirper operations", At: noon.Add(-time.Hour).UnixNano(), Text: "We see errors when timelines are loaded and are working on it."}}
		v.Comments = []model.Comment{{At: noon.Add(-50 * time.Minute).UnixNano(), Text: "Timeline stays empty since lunch, messages work.", Country: "GB"}, {At: noon.Add(-20 * time.Minute).UnixNano(), Text: "Back for a minute, then gone again.", Country: "US"}}
	}
	return v
}

func changesOf(in *model.Incident) []model.Change {
	out := []model.Change{{At: in.Noticed, Type: model.Noticed, Incident: *in, Text: "x"}}
	if in.Opened > 0 {
		out = append(out, model.Change{At: in.Opened, Type: model.Opened, Incident: *in}, model.Change{At: in.Opened + 300e9, Type: model.Updated, Incident: *in},
			model.Change{At: in.Opened + 600e9, Type: model.Changed, Incident: *in}, model.Change{At: in.Opened + 900e9, Type: model.Escalated, Incident: *in})
	}
	if in.WaveCount > 1 {
		out = append(out, model.Change{At: in.Waves[0].End, Type: model.Eased, Incident: *in}, model.Change{At: in.Waves[1].Start, Type: model.Resumed, Incident: *in})
	}
	return out
}

func incidentView(n *model.ServiceNow) IncidentView {
	return IncidentView{Common: frameOf("/i/" + n.Incident.ID), Incident: *n.Incident, Changes: changesOf(n.Incident), Service: n, Names: map[string]string{"cloud": "Cloud Nine"}}
}

func storyView(s *stories.Story) IncidentView {
	return IncidentView{Common: frameOf("/i/" + s.Slug), Incident: s.Incident, Changes: s.Changes, Service: s.Now, Names: map[string]string{"attack": "Chirper"}}
}

func attacks() []model.PublicAttack {
	return []model.PublicAttack{{ID: "a1", State: "ongoing", Severity: "warning", Started: noon.Add(-2 * time.Hour), Text: "A network that is watched here is under attack."},
		{ID: "a2", State: "resolved", Severity: "info", Started: noon.Add(-9 * time.Hour), Ended: noon.Add(-8 * time.Hour), Text: "An attack on a network that is watched here is over."}}
}
