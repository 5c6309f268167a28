package cause

import "floodmark/internal/model"

// causes are the columns of the table below.
var causes = [...]model.CauseName{model.Attack, model.OwnFault, model.Dependency, model.NetworkFault, model.Elsewhere, model.FalseReports, model.Demand}

const attack = 0 // its column

// odds has a figure for each cause.
type odds [len(causes)]float64

// Base rates: what incidents of a service are before anything is known of this
// one, by what began them. Set by judgement after published reviews of outages,
// in which changes and faults of one's own lead and attacks are few; see
// docs/methods.md. A service's own incidents replace them slowly.
//
//	attack own-fault dependency network elsewhere false-reports demand
var (
	baseReports = odds{0.10, 0.37, 0.19, 0.12, 0.12, 0.04, 0.06}
	// Nobody reports, a probe fails: nothing that is only said can be the cause.
	baseProbes = odds{0.12, 0.42, 0.20, 0.17, 0.001, 0.001, 0.088}
	// Nobody reports and nothing fails: an incident of traffic alone.
	baseTraffic = odds{0.45, 0.17, 0.08, 0.06, 0.001, 0.001, 0.238}
)

const (
	pseudo     = 20   // incidents that a base rate weighs as, beside the service's own
	maxCounted = 60   // of a service's own that weigh
	usualRate  = 0.05 // attacks a day on a service of which nothing is known
	usualDays  = 5    // days that this weighs as
	usualMins  = 20   // length of an attack where none is known
)

// row is one observation: how probable it is under each cause. Only ratios
// within a row matter.
type row struct {
	signal model.Signal // "" for history, duration and time
	count  float64      // part of its weight that counts: below 1 where other rows of its signal say partly the same, or where services differ
	p      odds
	why    string // where the figures come from
}

// rows is all that weighs. The figures are judgements, tried on the generator
// of causetest with its Made ranges and with no others.
//
//	attack own-fault dependency network elsewhere false-reports demand
var rows = map[string]row{
	// What people report.
	"told-elsewhere": {model.SignalReport, 1, odds{0.02, 0.02, 0.08, 0.06, 0.85, 0.04, 0.02},
		"evidence/sharedcause calls 92 % of spilt reports so, and 2 % of an own outage's"},
	"told-shared": {model.SignalReport, 1, odds{0.03, 0.03, 0.80, 0.12, 0.12, 0.02, 0.03},
		"evidence/sharedcause finds 80 % of failed suppliers and hardly invents any"},
	"told-owner": {model.SignalReport, 1, odds{0.30, 0.35, 0.30, 0.30, 0.05, 0.02, 0.15},
		"all services of an owner: they share machines, networks and enemies"},
	"told-own": {model.SignalReport, 1, odds{0.80, 0.80, 0.50, 0.75, 0.06, 0.75, 0.80},
		"no other service explains it; a supplier that nobody entered remains"},
	"forged": {model.SignalReport, 1, odds{0.02, 0.02, 0.02, 0.03, 0.02, 0.75, 0.02},
		"aggregate/usercount suspects hardly any honest crowd; some forgers escape"},
	"not-forged": {model.SignalReport, 1, odds{0.98, 0.98, 0.98, 0.97, 0.97, 0.30, 0.97},
		"a careful forger is not seen"},
	"one-part": {model.SignalReport, 0.5, odds{0.18, 0.45, 0.35, 0.08, 0.12, 0.25, 0.22},
		"attacks and networks rarely pick one function of a service"},
	"one-place": {model.SignalReport, 1, odds{0.05, 0.05, 0.07, 0.50, 0.15, 0.30, 0.05},
		"faults of the service are felt by all who use it; forgers come from few places"},
	"few-networks": {model.SignalReport, 1, odds{0.02, 0.02, 0.03, 0.35, 0.08, 0.50, 0.02},
		"as with places, by networks"},
	"everywhere": {model.SignalReport, 0.5, odds{0.70, 0.70, 0.70, 0.30, 0.50, 0.40, 0.70},
		"a network between some people and the service does not reach all places"},
	"many-works": {model.SignalReport, 0.5, odds{0.12, 0.15, 0.15, 0.35, 0.45, 0.40, 0.15},
		"it works for many: not all are touched, or nothing is wrong"},
	// What this server measures. Services fail in their own ways: manners count
	// less than in full.
	"fails-server": {model.SignalProbe, 0.8, odds{0.13, 0.38, 0.34, 0.02, 0.02, 0.02, 0.22},
		"the way is free and the program answers with an error: its own, or one it hands on"},
	"fails-response": {model.SignalProbe, 0.8, odds{0.25, 0.22, 0.24, 0.12, 0.02, 0.02, 0.30},
		"no answer in time: too much work, for whatever reason"},
	"fails-connect": {model.SignalProbe, 0.8, odds{0.36, 0.16, 0.07, 0.35, 0.02, 0.02, 0.12},
		"packets are lost: a full line, a lost route, a host that is gone"},
	"fails-refused": {model.SignalProbe, 0.8, odds{0.06, 0.22, 0.07, 0.04, 0.01, 0.01, 0.05},
		"the host is there and the program is not"},
	"fails-name": {model.SignalProbe, 0.8, odds{0.06, 0.10, 0.09, 0.05, 0.005, 0.005, 0.01},
		"names are the service's own doing, or its supplier's; name servers are attacked, too"},
	"fails-tls": {model.SignalProbe, 0.8, odds{0.035, 0.10, 0.04, 0.03, 0.005, 0.005, 0.01},
		"certificates expire"},
	"fails-words": {model.SignalProbe, 0.8, odds{0.03, 0.14, 0.06, 0.01, 0.01, 0.01, 0.03},
		"the answer is wrong: the program's doing"},
	"throttled": {model.SignalProbe, 1, odds{0.08, 0.03, 0.02, 0.01, 0.01, 0.01, 0.12},
		"a service turns requests away when there are too many"},
	"slow": {model.SignalProbe, 1, odds{0.28, 0.18, 0.20, 0.16, 0.04, 0.04, 0.45},
		"too much work or a full line"},
	"failed-once": {model.SignalProbe, 1, odds{0.42, 0.42, 0.40, 0.36, 0.05, 0.05, 0.38},
		"it failed and answers again; the manner is not kept"},
	"some-fail": {model.SignalProbe, 0.5, odds{0.20, 0.38, 0.40, 0.06, 0.30, 0.30, 0.25},
		"one part fails beside others that answer"},
	"all-answer": {model.SignalProbe, 1, odds{0.10, 0.16, 0.20, 0.45, 0.92, 0.92, 0.10},
		"nothing is wrong, or not on our way, or not in what is asked"},
	// What the network carries.
	"no-attack": {model.SignalFlow, 1, odds{0.13, 0.90, 0.90, 0.88, 0.90, 0.90, 0.80},
		"an attack on a program's weak place is not seen in traffic"},
	"unclear": {model.SignalFlow, 1, odds{0.35, 0.22, 0.18, 0.15, 0.12, 0.12, 0.40},
		"more traffic than usual of which nobody knows what it is"},
	"crowd-first": {model.SignalFlow, 1, odds{0.08, 0.06, 0.05, 0.03, 0.03, 0.03, 0.75},
		"real clients came before anything failed"},
	"crowd-alone": {model.SignalFlow, 1, odds{0.06, 0.28, 0.22, 0.08, 0.03, 0.03, 0.45},
		"the same, where neither reports nor probes tell what came first"},
	"retries": {model.SignalFlow, 0.8, odds{0.05, 0.38, 0.30, 0.12, 0.03, 0.03, 0.07},
		"clients that are turned away come again, after the failure"},
	"less-traffic": {model.SignalFlow, 1, odds{0.20, 0.35, 0.30, 0.55, 0.06, 0.03, 0.03},
		"who cannot reach a service does not use it"},
	"usual-traffic": {model.SignalFlow, 0.5, odds{0.35, 0.45, 0.50, 0.40, 0.92, 0.95, 0.20},
		"who is served uses it"},
	"more-traffic": {model.SignalFlow, 0.5, odds{0.40, 0.15, 0.15, 0.08, 0.08, 0.04, 0.60},
		"more of the ordinary kind"},
}

// lengths are the means of how long incidents last, in hours, by cause. What
// still lasts after d hours has probability 1 / (1 + d / mean) in each: lengths
// have heavy tails.
var lengths = odds{1.0, 2.0, 3.0, 2.5, 3.0, 1.0, 1.5}

// Of an attack by traffic evidence, its time decides: probabilities that an
// attack which is the cause shows it. By chance the same happens as often as
// attacks are common.
const (
	causeActive = 0.85 // it goes on when reports or failures begin
	minChance   = 0.07 // by chance, and for what is wrongly called an attack
	maxChance   = 0.70
)

// Weights in log10 of the attack against all else, at most. They are small
// beside what a model of chance would give: what fails may itself bring traffic,
// and beginnings are estimates.
const (
	weightNear    = 0.3  // it began within 12 minutes before reports or failures
	weightFar     = 0.35 // or more than 40 before, or after
	weightInside  = 0.6  // reports lie within its waves, beyond chance
	weightOutside = 1.2  // and outside them
	weightFelt    = 0.4  // its waves have reports; and have none
	moreWaves     = 0.3  // of both, for each further wave, up to two
	maxFollow     = 1.2
	weightSize    = 0.4 // ten times the usual attack's peak, or a tenth
)

// bounds: how far apart, in log10, one kind of signal may bring two causes. A
// model of it is never better known than that.
var bounds = map[model.Signal]float64{model.SignalReport: 1.7, model.SignalProbe: 1.3, model.SignalFlow: 1.9, "": 0.4}

// Limits of a likelihood by how many kinds of signal speak for the cause.
const (
	limitUnseen = 0.50 // none that could show it
	limitOne    = 0.79
	limitTwo    = 0.94 // two or three: "almost certain" is never said, since no simulation shows that it may be
	speaksFrom  = 0.2  // log10 of the likelihood ratio from which a signal begins to speak for a cause
	speaksFully = 0.5
	decided     = 0.55 // above it a cause is named
	clearly     = 2.0  // and it is at least so many times as likely as the next
)

// shownBy are the signals that can show a cause; without one of them it is not
// named. Reports alone show no attack and no fault: they say that something is
// felt.
var shownBy = [len(causes)][]model.Signal{
	{model.SignalFlow},
	{model.SignalProbe, model.SignalFlow},
	{model.SignalReport},
	{model.SignalReport, model.SignalProbe},
	{model.SignalReport},
	{model.SignalReport},
	{model.SignalFlow, model.SignalProbe},
}
