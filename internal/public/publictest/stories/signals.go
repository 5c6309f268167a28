package stories

import (
	"math"
	"strings"
	"time"

	"floodmark/internal/model"
)

// causes lists causes and their likelihoods, in turn.
func causes(all ...any) (out []model.CauseWeight) {
	for i := 0; i+1 < len(all); i += 2 {
		p := all[i+1].(float64)
		words := "almost no chance"
		for _, x := range []struct {
			from float64
			word string
		}{{0.05, "very unlikely"}, {0.2, "unlikely"}, {0.45, "roughly even chance"}, {0.55, "likely"}, {0.8, "very likely"}, {0.95, "almost certain"}} {
			if p >= x.from {
				words = x.word
			}
		}
		out = append(out, model.CauseWeight{Cause: all[i].(model.CauseName), Likelihood: p, Words: words})
	}
	return out
}

// attacked is the assessment of an attack that reports followed.
func attacked(p float64, words string, c model.Confidence, waves string) *model.Assessment {
	rest := 1 - p
	return &model.Assessment{Cause: model.Attack, Likelihood: p, Words: words, Confidence: c, Signals: []model.Signal{model.SignalReport, model.SignalProbe, model.SignalFlow},
		Causes: causes(model.Attack, p, model.OwnFault, rest*0.6, model.NetworkFault, rest*0.2, model.Dependency, rest*0.11, model.Demand, rest*0.06, model.Elsewhere, rest*0.02, model.FalseReports, rest*0.01),
		Reasons: []model.Reason{{Signal: model.SignalFlow, Cause: model.Attack, Weight: 1.08, Text: "Traffic evidence shows an attack when this began."},
			{Signal: model.SignalReport, Cause: model.Attack, Weight: 0.94, Text: "Reports rose and fell with its " + waves + " waves."},
			{Signal: model.SignalProbe, Cause: model.Elsewhere, Weight: -0.73, Text: "Asked from here, connections to it are not made."},
			{Signal: model.SignalReport, Cause: model.Elsewhere, Weight: -0.65, Text: "No other service's incident explains the reports."},
			{Signal: model.SignalFlow, Cause: model.OwnFault, Weight: -0.36, Text: "Traffic evidence shows an attack when this began."},
			{Signal: model.SignalFlow, Cause: model.Attack, Weight: 0.38, Text: "The attack began within 15 minutes of it."},
			{Signal: model.SignalProbe, Cause: model.Attack, Weight: 0.35, Text: "Asked from here, connections to it are not made."},
			{Cause: model.Attack, Weight: -0.3, Text: "Attacks on it are rare: one in 60 days."},
			{Signal: model.SignalReport, Cause: model.FalseReports, Weight: -0.32, Text: "Reports do not look made up."}},
		Changes: []string{"Trouble that goes on when the traffic is ordinary again would speak against an attack."},
		Text:    strings.ToUpper(words[:1]) + words[1:] + " an attack: traffic evidence shows an attack when this began, and reports rose and fell with its " + waves + " waves."}
}

func probe(slug, name string, state model.ProbeState, since int64, text string) model.ProbeNow {
	p := model.ProbeNow{Component: slug, Name: name, Vantage: "here", State: state, Since: since, Last: since + 10*minute, Median: 84e6, Text: text}
	if state == model.ProbeFailing {
		p.Failure = model.ConnectTimeout
	}
	return p
}

func failing(part string, start, end int64, text string) model.Phase {
	return model.Phase{Signal: model.SignalProbe, Part: part, Start: start, End: end, Text: text}
}

// flows fills a day of traffic: what is usual, and waves.
func (s *Story) flows(now time.Time, waves ...wave) {
	for _, b := range s.Now.Day {
		t := time.Unix(0, b.At).UTC()
		usual := 2.1e9 * (1 + 0.5*math.Sin(float64(t.Hour()*60+t.Minute())/1440*2*math.Pi-2.2))
		f := model.FlowBucket{At: b.At, Mean: usual * (1 + 0.05*math.Sin(float64(b.At/last15m))), Usual: usual, Low: 0.7 * usual, High: 1.4 * usual, Known: true}
		f.Peak = 1.3 * f.Mean
		for _, w := range waves {
			x := w.level(now.Sub(t).Minutes() - 7)
			f.Mean, f.Peak = f.Mean+0.6*w.peak*x, max(f.Peak, w.peak*min(1.0001*math.Ceil(x), x+0.2))
		}
		s.Now.Flows = append(s.Now.Flows, f)
	}
}

// traffic adds an attack to the day and to the incident.
func (s *Story) traffic(now time.Time, waves ...wave) {
	s.flows(now, waves...)
	at := func(ago float64) int64 { return now.UnixNano() - int64(ago*float64(minute)) }
	p := model.TrafficPart{ID: "in-host-192.0.2.7-1", Target: "192.0.2.7/32", State: model.Open, AttackVerdict: model.AttackYes, Because: "80 % of 192.0.2.7's packets come from 198.51.100.0/24.",
		Started: at(waves[0].start), Unit: model.Bits.Unit(), Spoofing: model.SpoofReal, Sources: 31250, Evidence: 7,
		Vectors:   []model.Weight{{Value: "udp-flood", Share: 0.62}, {Value: "syn-flood", Share: 0.27}, {Value: "ack-flood", Share: 0.11}},
		Countries: []model.Weight{{Value: "US", Share: 0.22}, {Value: "MX", Share: 0.14}, {Value: "ES", Share: 0.11}, {Value: "IT", Share: 0.1}, {Value: "BR", Share: 0.09}, {Value: "VN", Share: 0.05}, {Value: "UA", Share: 0.004}},
		Networks:  []model.Weight{{Value: "AS64500 Secret Net", Share: 0.2}}}
	for _, w := range waves {
		x := model.Wave{Start: at(w.start), Peak: w.peak}
		if w.end > 0 {
			x.End = at(w.end)
		}
		p.Waves = append(p.Waves, x)
		p.Peak[model.Bits] = max(p.Peak[model.Bits], w.peak)
		s.Incident.Phases = append(s.Incident.Phases, model.Phase{Signal: model.SignalFlow, Incident: p.ID, Start: x.Start, End: x.End, Peak: w.peak, Unit: p.Unit})
	}
	p.Peak[model.Packets] = p.Peak[model.Bits] / 8 / 420
	if end := p.Waves[len(p.Waves)-1].End; end != 0 {
		p.State, p.Ended = model.Closed, end
	}
	s.Incident.Traffic = append(s.Incident.Traffic, p)
}

// claims are two statements about an attack that is over.
func claims(now int64) []model.EnteredClaim {
	low, high := 0.003, 0.006
	place := func(v model.Verdict, reasons ...string) model.Claim {
		return model.Claim{Text: "from IP addresses originating in the Ukraine area", Reading: "more than half of the attack packets came from addresses located in Ukraine (with and without contested territory)",
			Verdict: v, Unit: "share", Reasons: reasons}
	}
	measured := place(model.Contradicted, "0.3 % to 0.6 % of the attack packets came from there.", "The addresses are real: from the networks that they claim.", "Places of addresses do not show that people or a government there ran it.")
	measured.Low, measured.High = &low, &high
	who := model.Claim{Text: "either a large, coordinated group or a country is involved", Reading: "people, a group or a government ran the attack", Verdict: model.CannotBeDetermined,
		Reasons: []string{"Nothing: traffic carries no sign of who ordered it, who operated it or why."}}
	return []model.EnteredClaim{{ID: "c1", Text: "It came from IP addresses originating in the Ukraine area.", Source: "The owner, on television", Stated: now - 400*minute, By: "secret-operator", At: now - 395*minute,
		History: []model.ClaimCheck{{At: now - 395*minute, Claims: []model.Claim{place(model.CannotBeDetermined, "The evidence of traffic is not complete yet.")}},
			{At: now - 310*minute, Evidence: 7, Claims: []model.Claim{measured}}}},
		{ID: "c2", Text: "Either a large, coordinated group or a country is involved.", Source: "The owner, in a post", Stated: now - 420*minute, By: "secret-operator", At: now - 390*minute,
			History: []model.ClaimCheck{{At: now - 390*minute, Claims: []model.Claim{who}}}}}
}
