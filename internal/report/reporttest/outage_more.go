package reporttest

import "floodmark/internal/model"

// attacked is an assessment that is sure of an attack.
func attacked() *model.Assessment {
	r := func(s model.Signal, c model.CauseName, w float64, text string) model.Reason {
		return model.Reason{Signal: s, Cause: c, Weight: w, Text: text}
	}
	return &model.Assessment{
		Cause: model.Attack, Likelihood: 0.9712, Words: "almost certain", Confidence: model.HighConfidence,
		Signals: []model.Signal{model.SignalReport, model.SignalProbe, model.SignalFlow},
		Causes: []model.CauseWeight{{Cause: model.Attack, Likelihood: 0.9712, Words: "almost certain"}, {Cause: model.OwnFault, Likelihood: 0.0183, Words: "almost no chance"},
			{Cause: model.NetworkFault, Likelihood: 0.0061, Words: "almost no chance"}, {Cause: model.Dependency, Likelihood: 0.0024, Words: "almost no chance"},
			{Cause: model.Demand, Likelihood: 0.0018, Words: "almost no chance"}, {Cause: model.FalseReports, Likelihood: 0.0001, Words: "almost no chance"}, {Cause: model.Elsewhere, Likelihood: 0.0001, Words: "almost no chance"}},
		Reasons: []model.Reason{
			r(model.SignalFlow, model.Attack, 2.4, "Traffic evidence shows an attack when this began."),
			r(model.SignalFlow, model.Attack, 0.71, "The attack began shortly before it."),
			r(model.SignalProbe, model.Attack, 0.42, "Connections to one part that is asked time out."),
			r(model.SignalReport, model.FalseReports, -1.1, "The reports come from many networks."),
			r(model.SignalReport, model.Attack, -0.2, "One place stands out among the reports."),
			r("", model.Attack, -0.12, "This service has had more faults of its own than attacks."),
		},
		Changes: []string{"If evidence came to call the traffic ordinary, it would be a fault of its own.", "If probes had answered as usual during the waves."},
		Text:    "Almost certain an attack: traffic evidence shows an attack when this began, and connections to one part that is asked time out.",
	}
}

// undecided is an assessment of what is seen from outside alone.
func undecided() *model.Assessment {
	return &model.Assessment{
		Cause: model.NoCause, Likelihood: 0.5121, Words: "roughly even chance", Confidence: model.LowConfidence,
		Signals: []model.Signal{model.SignalReport, model.SignalProbe},
		Causes: []model.CauseWeight{{Cause: model.OwnFault, Likelihood: 0.5121, Words: "roughly even chance"}, {Cause: model.Attack, Likelihood: 0.3011, Words: "unlikely"},
			{Cause: model.Dependency, Likelihood: 0.1204, Words: "very unlikely"}, {Cause: model.NetworkFault, Likelihood: 0.0664, Words: "very unlikely"}},
		Reasons: []model.Reason{
			{Signal: model.SignalProbe, Cause: model.OwnFault, Weight: 0.41, Text: "The one part that is asked fails."},
			{Signal: model.SignalReport, Cause: model.FalseReports, Weight: -0.9, Text: "The reports come from many networks."},
		},
		Changes: []string{"Traffic of its networks, if it were seen here."},
		Text:    "Undecided between a fault of its own (51 %) and an attack (30 %): nothing is known of its traffic.",
	}
}

// stated are public claims with their sources, and how verdicts on them changed.
func stated() []model.ReportClaim {
	const largest = "more than 50 % of attack packets come from addresses in Ukraine"
	const more = "no other country sent more packets than Ukraine"
	check := func(minute int, v, w model.Verdict) model.ReportCheck {
		return model.ReportCheck{At: at(minute), Verdicts: []model.ReportAnswer{{Reading: largest, Verdict: v}, {Reading: more, Verdict: w}}}
	}
	one := func(text, source string, minute int, reading string, v model.Verdict) model.ReportClaim {
		return model.ReportClaim{Text: text, Source: source, Stated: at(minute), Checks: []model.ReportCheck{{At: at(minute + 4), Verdicts: []model.ReportAnswer{{Reading: reading, Verdict: v}}}}}
	}
	return []model.ReportClaim{
		{Text: "country=UA majority of packets", Source: "a broadcaster, evening news", Stated: at(240), Checks: []model.ReportCheck{
			check(243, model.CannotBeDetermined, model.CannotBeDetermined), check(266, model.CannotBeDetermined, model.Contradicted), check(300, model.Contradicted, model.Contradicted)}},
		one("over 1 Tbps", "the service’s status page", 310, "the peak of one second is above 1 Tbit/s", model.CannotBeDetermined),
		one("worldwide", "a post of the operator", 333, "sources in at least 20 countries, none with more than half", model.Supported),
	}
}
