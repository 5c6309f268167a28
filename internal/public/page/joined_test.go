package page

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"floodmark/internal/model"
	"floodmark/internal/public/publictest/stories"
)

func plain(b []byte) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(textOf(b))
}

// TestStories holds the page of each kind of incident to what it must say, and
// to what it must not.
func TestStories(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct {
		story     stories.Story
		lang      string
		want, not []string
	}{
		{stories.Outside(noon), "en", []string{"Users report problems with Murmur; cause not known yet", "Confidence: low.", "User reports only; not confirmed by another signal", "Traffic of this service is not monitored here.",
			"The most likely cause is a fault of its own, at 50 %", "A probe of the service would show whether and how it fails.", "Whether it is an attack", "This service is not probed from here", "Whether a state is behind it."}, []string{"The attack", "What was claimed", "Busiest ten seconds"}},
		{stories.Attack(noon), "en", []string{"Users report problems with Chirper; very likely an attack", "Confidence: moderate.", "Traffic evidence shows an attack when this began, and reports", "strong, 12×", "1.10 Tbit/s 327 M packets per second", "at least 31,250",
			"packets come from the networks that the addresses belong to", "UDP flood 62 %", "Mexico 14 %", "An address shows which network it is registered to", "Probe failing: Website", "Traffic 2 16:22 UTC ongoing", "Evidence report"},
			[]string{"Reports only", "No traffic of this service"}},
		{stories.Attack(noon), "de", []string{"Nutzer melden Probleme mit Chirper; sehr wahrscheinlich ein Angriff", "Verlässlichkeit: mittel.", "1,10 Tbit/s", "stark, 12×", "mindestens 31.250", "Vereinigte Staaten"}, nil},
		{stories.After(noon), "en", []string{"Users reported problems with Warbler; almost certainly an attack", "5 bursts", "Public assessment: user reports only The cause is unknown.", "User reports 5", "Traffic 5", "“It came from IP addresses originating in the Ukraine area.” The owner, on television", "✗ contradicted The data allows 0.3–0.6 %.",
			"cannot be determined until 12:27 UTC , contradicted since 12:27 UTC", "? cannot be determined"}, []string{"secret-operator", "192.0.2", "Secret Net"}},
		{stories.After(noon), "es", []string{"Los usuarios informaron de problemas con Warbler; casi con certeza un ataque", "✗ contradicha"}, nil},
		{stories.OwnFault(noon), "en", []string{"very likely a fault of its own", "Probe failing: Login", "Its traffic is watched, and no attack was seen at that time."}, []string{"The attack"}},
		{stories.Elsewhere(noon), "en", []string{"very likely the outage of Chirper", "Mostly explained by the outage of Chirper"}, nil},
		{stories.Made(noon), "en", []string{"very likely inauthentic reports", "Some of these reports look inauthentic"}, nil},
		{stories.Empty(noon), "en", []string{"cause not known yet", "No assessment yet.", "No data yet.", "Few reports so far: 9."}, nil},
	} {
		b := s.Incident(c.lang, storyView(&c.story))
		text := plain(b)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s in %s: no %q in %s", c.story.Slug, c.lang, want, text)
			}
		}
		for _, not := range c.not {
			if strings.Contains(string(b), not) {
				t.Errorf("%s in %s holds %q", c.story.Slug, c.lang, not)
			}
		}
		if len(b) > 100e3 {
			t.Errorf("%s in %s: %d octets", c.story.Slug, c.lang, len(b))
		}
	}
}

// TestFalseAlarmsHaveNoCause keeps a cause out of the headline of what was none.
func TestFalseAlarmsHaveNoCause(t *testing.T) {
	s, story := newSite(t), stories.Attack(noon)
	story.Incident.FalseAlarm = &model.Remark{At: noon.UnixNano()}
	if text := plain(s.Incident("en", storyView(&story))); strings.Contains(text, "ery likely an attack") || strings.Contains(text, "Likely cause") {
		t.Error("a false alarm has a cause")
	}
}

// TestForgedAddressesHaveNoPlace shows no country of forged addresses, whatever
// came with them.
func TestForgedAddressesHaveNoPlace(t *testing.T) {
	s, story := newSite(t), stories.Attack(noon)
	story.Incident.Traffic[0].Spoofing = model.SpoofSpoofed
	text := plain(s.Incident("en", storyView(&story)))
	if strings.Contains(text, "Mexico") || !strings.Contains(text, "Spoofed places are therefore not shown") {
		t.Error(text)
	}
}

func TestCourse(t *testing.T) {
	l := newLocale("en")
	story := stories.After(noon)
	c := newCourse(l, &story.Incident, story.Now)
	if len(c.ReportWaves) != 5 || len(c.FlowWaves) != 5 || c.Flow == nil || len(c.Lanes) != 1 || len(c.Lanes[0].Bars) != 3 {
		t.Fatalf("%d and %d waves, %d lanes", len(c.ReportWaves), len(c.FlowWaves), len(c.Lanes))
	}
	if c.Flow.Band == "" || c.Flow.Mean == "" || c.Flow.Peaks == "" || c.Flow.Max != "1.10\u00a0Tbit/s" || len(c.Waves) != 10 || !c.HasFlow {
		t.Errorf("flow %+v, %d waves", c.Flow, len(c.Waves))
	}
	for _, want := range []string{"peak 40,8", "Traffic to the service: peak 1.10", "5 bursts of reports, 5 bursts of traffic", "Failing probes: Website"} {
		if !strings.Contains(c.Alt, want) {
			t.Errorf("no %q in %s", want, c.Alt)
		}
	}
	// A week later the day is forgotten: what the incident itself remembers is left.
	c = newCourse(l, &story.Incident, nil)
	if c.Flow == nil || c.Flow.Blocks == "" || c.Flow.Old == "" || c.HasFlow || len(c.FlowWaves) != 5 {
		t.Errorf("flow %+v", c.Flow)
	}
	own := stories.OwnFault(noon)
	if c := newCourse(l, &own.Incident, own.Now); c.Flow == nil || c.Flow.Top != nil {
		t.Error("ordinary traffic has a peak")
	}
}

// TestCourseTakesAnything draws figures that no server would make.
func TestCourseTakesAnything(t *testing.T) {
	r, l := rand.New(rand.NewPCG(3, 4)), newLocale("de")
	odd := []float64{0, -1, 3, 1e12, math.Inf(1), math.NaN(), math.MaxFloat64, 1e-300}
	for range 500 {
		story := stories.Attack(noon)
		f := func() float64 { return odd[r.IntN(len(odd))] }
		for i := range story.Now.Flows {
			story.Now.Flows[i] = model.FlowBucket{At: story.Now.Flows[i].At + int64(r.IntN(3)-1)*last15m*int64(r.IntN(2)), Mean: f(), Peak: f(), Low: f(), High: f(), Known: r.IntN(2) > 0}
		}
		if r.IntN(3) == 0 {
			story.Now.Flows = nil
		}
		for i := range story.Incident.Phases {
			story.Incident.Phases[i].Start, story.Incident.Phases[i].End, story.Incident.Phases[i].Peak = int64(r.Uint64()), int64(r.Uint64()), f()
		}
		c := newCourse(l, &story.Incident, story.Now)
		if c.Flow == nil {
			continue
		}
		for _, path := range []string{c.Flow.Band, c.Flow.Mean, c.Flow.Peaks, c.Flow.Blocks} {
			if strings.ContainsAny(path, "NIe%") {
				t.Fatalf("a path of %q", path)
			}
		}
	}
}

// TestReasonsAreWeighed wants the heaviest first and nothing without a weight.
func TestReasonsAreWeighed(t *testing.T) {
	l := newLocale("en")
	a := &model.Assessment{Reasons: []model.Reason{{Cause: model.Attack, Weight: 0.3, Text: "b"}, {Cause: model.Attack, Weight: 1.2, Text: "a"}, {Cause: model.Attack, Weight: math.NaN(), Text: "x"}, {Cause: model.Attack, Weight: -9, Text: "c"}, {Cause: model.OwnFault, Weight: 1, Text: "y"}}}
	yes, no := l.reasons(a, model.Attack)
	if len(yes) != 2 || yes[0].Text != "a" || yes[0].Word != "strong" || yes[0].Times != "16×" || yes[1].Word != "some" || yes[1].Signal != "History" {
		t.Errorf("for: %+v", yes)
	}
	if len(no) != 1 || no[0].Width != "100%" || no[0].Times != "1,000,000×" {
		t.Errorf("against: %+v", no)
	}
}

func TestServicesNameTheCause(t *testing.T) {
	s := newSite(t)
	for want, story := range map[string]stories.Story{"Very likely an attack. Confidence: moderate.": stories.Attack(noon), "Cause not known yet.": stories.Outside(noon)} {
		if text := plain(s.Service("en", serviceView(story.Now))); !strings.Contains(text, want) || strings.Contains(text, "No other monitored service explains") {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

func TestCardsNameTheCause(t *testing.T) {
	s := newSite(t)
	var all []*model.ServiceNow
	for _, story := range stories.All(noon) {
		all = append(all, story.Now)
	}
	after := stories.After(noon)
	text := plain(s.Home("en", HomeView{Common: frameOf("/"), Services: all, Ended: []model.Incident{after.Incident}}))
	for _, want := range []string{"Very likely an attack. Confidence: moderate. Traffic data confirm an attack.", "Cause not known yet. Traffic is not monitored here.", "Very likely a fault of its own. Confidence: moderate. Traffic data show no attack.", "almost certainly an attack"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %s", want, text)
		}
	}
}

// TestTheFullestIncidentIsLight fills every list of an incident beyond what one
// would hold: its page stays near the size of others. The map is 27 kB of it.
func TestTheFullestIncidentIsLight(t *testing.T) {
	s, story := newSite(t), stories.After(noon)
	long := strings.Repeat("A sentence that somebody wrote at length. ", 20)
	in := &story.Incident
	for i := range 200 {
		at := in.Started + int64(i)*180e9
		in.Waves = append(in.Waves, model.Wave{Start: at, End: at + 60e9, Peak: 12345})
		in.Phases = append(in.Phases, model.Phase{Signal: model.SignalFlow, Start: at, End: at + 60e9, Peak: 1e11, Unit: "bits/s"}, model.Phase{Signal: model.SignalProbe, Part: "part-" + itoa(i), Start: at, Text: long})
		in.Traffic = append(in.Traffic, in.Traffic[0])
		in.Assessment.Reasons = append(in.Assessment.Reasons, model.Reason{Signal: model.SignalReport, Cause: in.Assessment.Causes[i%7].Cause, Weight: float64(i%3) - 1.5, Text: long})
		in.Assessment.Changes = append(in.Assessment.Changes, long)
		story.Changes = append(story.Changes, model.Change{At: at, Type: model.Escalated, Incident: *in})
		c := model.Claim{Text: long, Reading: long + itoa(i), Verdict: model.Supported}
		for range 40 {
			c.Reasons = append(c.Reasons, long)
		}
		check := model.ClaimCheck{At: at}
		for range 40 {
			check.Claims = append(check.Claims, c)
		}
		in.Claims = append(in.Claims, model.EnteredClaim{Text: long, Source: long, History: []model.ClaimCheck{check}})
	}
	in.Assessment.Text = long
	for _, lang := range Languages() {
		if b := s.Incident(lang, storyView(&story)); len(b) > 120e3 {
			t.Errorf("%s: %d octets", lang, len(b))
		} else {
			t.Logf("%s: %d octets, packed %d", lang, len(b), packed(b))
			if text := plain(b); lang == "en" && (!strings.Contains(text, "more are available in the API.") || !strings.Contains(text, "198 more traffic incidents are available in the API.")) {
				t.Error("what is left out is not said")
			}
		}
	}
}
