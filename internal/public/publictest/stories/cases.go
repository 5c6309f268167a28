package stories

import (
	"time"

	"floodmark/internal/model"
)

// Outside is an outage of which nothing but reports is known.
func Outside(now time.Time) Story {
	s := begin(now, "outside", "Murmur", model.Open, wave{95, 0, 2600})
	s.Incident.Assessment = &model.Assessment{Cause: model.NoCause, Likelihood: 0.5, Words: "roughly even chance", Confidence: model.LowConfidence, Signals: []model.Signal{model.SignalReport},
		Causes: causes(model.OwnFault, 0.4999, model.Dependency, 0.1675, model.Demand, 0.1117, model.Attack, 0.1097, model.NetworkFault, 0.0826, model.Elsewhere, 0.0177, model.FalseReports, 0.0109),
		Reasons: []model.Reason{{Signal: model.SignalReport, Cause: model.Elsewhere, Weight: -1.04, Text: "No other service's incident explains the reports."},
			{Signal: model.SignalReport, Cause: model.FalseReports, Weight: -0.51, Text: "Reports do not look made up."},
			{Signal: model.SignalReport, Cause: model.NetworkFault, Weight: -0.37, Text: "Reports come from the usual places, as many as usual from each."},
			{Signal: model.SignalReport, Cause: model.OwnFault, Weight: 0.26, Text: "No other service's incident explains the reports."},
			{Cause: model.Attack, Weight: -0.14, Text: "It has lasted 95 minutes."}},
		Changes: []string{"Traffic records of the service's own networks would show whether there is an attack.", "A probe of the service would show whether and how it fails."},
		Text:    "Undecided: the likeliest is a fault of its own (50 %), and there is nothing to see of the traffic of its own networks and of how it answers when it is asked."}
	return s.reported()
}

// Attack is one while its second wave lasts.
func Attack(now time.Time) Story {
	s := begin(now, "attack", "Chirper", model.Open, wave{255, 175, 20500}, wave{68, 0, 40800})
	in := &s.Incident
	in.Severity, in.UserReports.Confirmed = model.Critical, true
	s.traffic(now, wave{262, 180, 680e9}, wave{75, 0, 1.1e12})
	in.Probes = []model.ProbeNow{probe("website", "Website", model.ProbeFailing, now.UnixNano()-62*minute, "Asked from here, connections to it are not made in time."),
		probe("login", "Login", model.ProbeOK, now.UnixNano()-170*minute, "It answers as usual.")}
	in.Phases = append(in.Phases, failing("website", now.UnixNano()-250*minute, now.UnixNano()-176*minute, "Connections are not made in time."),
		failing("website", now.UnixNano()-62*minute, 0, "Connections are not made in time."))
	s.Now.Probes = in.Probes
	in.Assessment = attacked(0.94, "very likely", model.ModerateConfidence, "two")
	in.Claims = []model.EnteredClaim{{ID: "c1", Text: "We are under a massive cyberattack.", Source: "The owner, in a post", Stated: now.UnixNano() - 50*minute, At: now.UnixNano() - 45*minute,
		History: []model.ClaimCheck{{At: now.UnixNano() - 45*minute, Claims: []model.Claim{{Text: "massive cyberattack", Reading: "\"massive\": a size without a number", Verdict: model.CannotBeDetermined,
			Reasons: []string{"There is an attack: the traffic shows that. How large “massive” is has no measure."}}}}}}}
	return s.reported()
}

// After is an attack of five waves that is over, with claims about it.
func After(now time.Time) Story {
	s := begin(now, "after", "Warbler", model.Closed, wave{820, 760, 20500}, wave{700, 660, 9000}, wave{580, 500, 40800}, wave{430, 390, 12000}, wave{330, 240, 31000})
	in := &s.Incident
	in.Severity, in.UserReports.Confirmed = model.Critical, true
	s.traffic(now, wave{828, 765, 680e9}, wave{705, 663, 240e9}, wave{586, 505, 1.1e12}, wave{436, 395, 310e9}, wave{338, 250, 870e9})
	in.Phases = append(in.Phases, failing("website", now.UnixNano()-810*minute, now.UnixNano()-758*minute, "Connections are not made in time."),
		failing("website", now.UnixNano()-570*minute, now.UnixNano()-498*minute, "Connections are not made in time."), failing("website", now.UnixNano()-325*minute, now.UnixNano()-245*minute, "Connections are not made in time."))
	in.Probes = []model.ProbeNow{probe("website", "Website", model.ProbeOK, now.UnixNano()-240*minute, "It answers as usual.")}
	in.Assessment = attacked(0.98, "almost certain", model.HighConfidence, "five")
	in.Outside = Outside(now).Incident.Assessment
	in.Claims = claims(now.UnixNano())
	return s.reported()
}

// OwnFault is a certificate that ran out.
func OwnFault(now time.Time) Story {
	s := begin(now, "own", "Lighthouse Mail", model.Easing, wave{140, 22, 420})
	in := &s.Incident
	in.UserReports.Confirmed = true
	at := now.UnixNano()
	s.flows(now)
	in.Probes = []model.ProbeNow{probe("login", "Login", model.ProbeOK, at-24*minute, "It answers as usual."), probe("website", "Website", model.ProbeOK, at-25*minute, "It answers as usual.")}
	in.Phases = []model.Phase{failing("login", at-141*minute, at-24*minute, "Its certificate has run out."), failing("website", at-141*minute, at-25*minute, "Its certificate has run out.")}
	in.Assessment = &model.Assessment{Cause: model.OwnFault, Likelihood: 0.921, Words: "very likely", Confidence: model.ModerateConfidence, Signals: []model.Signal{model.SignalReport, model.SignalProbe, model.SignalFlow},
		Causes: causes(model.OwnFault, 0.921, model.Dependency, 0.048, model.NetworkFault, 0.0159, model.Demand, 0.0104, model.Attack, 0.0031, model.Elsewhere, 0.001, model.FalseReports, 0.0006),
		Reasons: []model.Reason{{Signal: model.SignalProbe, Cause: model.Elsewhere, Weight: -1.05, Text: "Asked from here, its certificate or handshake is not accepted."},
			{Signal: model.SignalFlow, Cause: model.Attack, Weight: -0.84, Text: "Its traffic is watched, and no attack was seen at that time."},
			{Signal: model.SignalProbe, Cause: model.OwnFault, Weight: 0.79, Text: "Asked from here, its certificate or handshake is not accepted."},
			{Signal: model.SignalReport, Cause: model.FalseReports, Weight: -0.51, Text: "Reports do not look made up."},
			{Signal: model.SignalReport, Cause: model.OwnFault, Weight: 0.22, Text: "No other service's incident explains the reports."}},
		Changes: []string{"An attack in the traffic of the same minutes, or the same trouble at services that share a supplier, would speak against a fault of its own."},
		Text:    "Very likely a fault of its own: asked from here, its certificate or handshake is not accepted, and no other service's incident explains the reports."}
	return s.reported()
}

// Elsewhere is somebody else's outage, reported here.
func Elsewhere(now time.Time) Story {
	s := begin(now, "tenants", "Parcel Tracker", model.Open, wave{70, 0, 90})
	in := &s.Incident
	in.UserReports.Cause = model.Cause{Kind: model.CauseElsewhere, By: "attack", Name: "Chirper", Share: 0.92, Low: 0.85, High: 0.97, Text: "Mostly explained by the outage of Chirper (92 %, 85 to 97)."}
	in.Assessment = &model.Assessment{Cause: model.Elsewhere, Likelihood: 0.88, Words: "very likely", Confidence: model.LowConfidence, Signals: []model.Signal{model.SignalReport},
		Causes:  causes(model.Elsewhere, 0.88, model.OwnFault, 0.06, model.Dependency, 0.03, model.Attack, 0.01, model.NetworkFault, 0.01, model.Demand, 0.005, model.FalseReports, 0.005),
		Reasons: []model.Reason{{Signal: model.SignalReport, Cause: model.Elsewhere, Weight: 1.6, Text: "92 % of the extra reports are explained by the outage of Chirper."}, {Signal: model.SignalReport, Cause: model.OwnFault, Weight: -0.7, Text: "92 % of the extra reports are explained by the outage of Chirper."}},
		Changes: []string{"A probe of the service would show whether and how it fails."}, Text: "Very likely somebody else's outage, of Chirper: 92 % of the extra reports are explained by it."}
	return s.reported()
}

// Made is an incident of made-up reports.
func Made(now time.Time) Story {
	s := begin(now, "made", "Corner Bank", model.Open, wave{80, 0, 150})
	in := &s.Incident
	in.UserReports.Networks = 4
	in.UserReports.Fraud = model.Fraud{Synchronized: 0.94, Brigading: 0.71, Suspected: true, Text: "Most of these reports come evenly spaced from three hosting networks."}
	for i := range s.Now.Day {
		if b := &s.Now.Day[i]; b.State != "" {
			b.Effective = b.Effective / 4
		}
	}
	in.Probes = []model.ProbeNow{probe("website", "Website", model.ProbeOK, now.UnixNano()-3000*minute, "It answers as usual.")}
	in.Assessment = &model.Assessment{Cause: model.FalseReports, Likelihood: 0.9, Words: "very likely", Confidence: model.ModerateConfidence, Signals: []model.Signal{model.SignalReport, model.SignalProbe},
		Causes:  causes(model.FalseReports, 0.9, model.OwnFault, 0.04, model.NetworkFault, 0.03, model.Elsewhere, 0.01, model.Attack, 0.01, model.Dependency, 0.005, model.Demand, 0.005),
		Reasons: []model.Reason{{Signal: model.SignalReport, Cause: model.FalseReports, Weight: 1.4, Text: "Most reports come in lockstep or from one link."}, {Signal: model.SignalProbe, Cause: model.FalseReports, Weight: 0.6, Text: "Asked from here, it answers as usual."}},
		Changes: []string{"A probe that fails would speak against made-up reports."}, Text: "Very likely made-up reports: most come in lockstep, and asked from here, it answers as usual."}
	return s.reported()
}

// Empty is an incident of which as little as possible is known: it has just
// been noticed and opened.
func Empty(now time.Time) Story {
	s := begin(now, "empty", "Brand New Pay", model.Open, wave{7, 0, 12})
	s.Incident.UserReports = &model.UserReports{Service: "empty", Name: "Brand New Pay", Total: 9, Effective: 9, Networks: 4}
	s.Now.Parts, s.Now.Places, s.Now.Day = nil, nil, nil
	return s.reported()
}
