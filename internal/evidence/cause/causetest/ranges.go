package causetest

// Range is where a parameter of a service or an incident lies.
type Range struct{ Low, High float64 }

// Causes in the order of mixes: attack, own-fault, dependency, network,
// elsewhere, false-reports, demand.
const kinds = 7

// manners of failing, in the order of mixes: server-error, response-timeout,
// response, connect-timeout, connect, refused, dns, tls, unexpected,
// rate-limited, slow.
const manners = 11

// Ranges are what variants are drawn from. The tag of a field says what it is.
type Ranges struct {
	Mix     [kinds]Range            // weight of each cause among a service's incidents
	Manners [kinds][manners]float64 // how a service fails, by cause; 0 for elsewhere and false reports
	Tilt    float64                 // log-normal spread of Manners from service to service

	AttackRate Range `is:"log10 of attacks a day that have nothing to do with it"`
	AttackMins Range `is:"log10 of minutes of one of them"`
	Harmful    Range `is:"log10 of the peak of an attack that hurts, over that of one that does not"`
	Waves      Range `is:"waves of an attack that hurts"`
	Hurts      Range `is:"part of its waves, and of their time, that hurts"`
	Unseen     Range `is:"part of attacks and of crowds that traffic does not show"`
	NoTTL      Range `is:"part of services whose records mostly cannot tell what traffic is"`
	FalseYes   Range `is:"part of real clients in numbers that are called an attack"`
	FalseNo    Range `is:"part of attacks that are called none"`

	Watched Range `is:"part of incidents with traffic"`
	Probed  Range `is:"part of incidents with probes"`
	Silent  Range `is:"part of incidents without reports"`
	OwnLink Range `is:"part of probes whose own link is broken"`
	Flaky   Range `is:"part of components that fail for another reason"`

	Size   Range `is:"log10 of reports in the worst minute"`
	Normal Range `is:"log10 of usual reports in a minute"`
	Lag    Range `is:"minutes until people report"`
	Decay  Range `is:"minutes until half of them have stopped, when it is over"`
	Late   Range `is:"minutes by which its beginning is estimated too late"`
	Hours  Range `is:"log10 of hours that it lasts"`
	Seen   Range `is:"part of it that has passed when it is judged"`

	Blind        Range `is:"part of verdicts on whose outage it is that are undecided"`
	Wrong        Range `is:"part of them that are wrong"`
	Caught       Range `is:"part of forgers that are suspected"`
	Accused      Range `is:"part of honest crowds that are suspected"`
	Unconfigured Range `is:"part of suppliers that nobody entered"`
	OnePart      Range `is:"part of faults that touch one part"`
	OnePlace     Range `is:"part of faults of the network in one place"`
	Retry        Range `is:"part of failures after which clients come back in numbers"`
	Works        Range `is:"part of works-for-me where not all are touched"`
}

// Made is what the table of evidence/cause was made with.
var Made = Ranges{
	Mix: [kinds]Range{{5, 12}, {35, 45}, {15, 22}, {8, 15}, {8, 15}, {3, 5}, {4, 8}},
	Manners: [kinds][manners]float64{
		{10, 20, 5, 25, 5, 5, 3, 1, 1, 6, 20},
		{35, 12, 8, 6, 4, 12, 5, 5, 7, 2, 10},
		{35, 15, 8, 5, 2, 3, 6, 2, 5, 1, 14},
		{1, 10, 5, 45, 15, 2, 4, 1, 0, 0, 15},
		{}, {},
		{18, 20, 5, 8, 2, 3, 0, 0, 1, 10, 35},
	},
	Tilt:       0.3,
	AttackRate: Range{-2, 0.3}, AttackMins: Range{0.8, 1.5}, Harmful: Range{0, 1}, Waves: Range{1, 5}, Hurts: Range{0.7, 1},
	Unseen: Range{0.08, 0.16}, NoTTL: Range{0.1, 0.3}, FalseYes: Range{0.002, 0.015}, FalseNo: Range{0.02, 0.08},
	Watched: Range{0.5, 0.8}, Probed: Range{0.5, 0.8}, Silent: Range{0.05, 0.15}, OwnLink: Range{0.02, 0.08}, Flaky: Range{0.005, 0.02},
	Size: Range{0.7, 2.3}, Normal: Range{-1.5, 0.8}, Lag: Range{1, 6}, Decay: Range{4, 12}, Late: Range{-3, 6}, Hours: Range{-0.4, 0.9}, Seen: Range{0.2, 1.2},
	Blind: Range{0.05, 0.2}, Wrong: Range{0.01, 0.03}, Caught: Range{0.6, 0.9}, Accused: Range{0.002, 0.02}, Unconfigured: Range{0.1, 0.3},
	OnePart: Range{0.3, 0.5}, OnePlace: Range{0.5, 0.7}, Retry: Range{0.3, 0.5}, Works: Range{0.2, 0.5},
}

// Apart is what it is tested with: services that are attacked all day and that
// never are, records that see less, rooms that err more often, other manners
// of failing, smaller and longer incidents.
var Apart = Ranges{
	Mix: [kinds]Range{{2, 40}, {20, 55}, {8, 30}, {5, 25}, {5, 25}, {1, 12}, {2, 18}},
	Manners: [kinds][manners]float64{
		{18, 15, 10, 15, 10, 8, 6, 3, 2, 3, 10},
		{28, 18, 10, 10, 6, 8, 4, 3, 5, 1, 7},
		{25, 22, 12, 8, 4, 2, 10, 3, 3, 3, 8},
		{4, 15, 8, 35, 12, 5, 8, 3, 0, 0, 10},
		{}, {},
		{25, 25, 8, 12, 4, 5, 1, 1, 1, 5, 13},
	},
	Tilt:       0.7,
	AttackRate: Range{-3, 1.3}, AttackMins: Range{0.5, 2}, Harmful: Range{-0.3, 0.7}, Waves: Range{1, 9}, Hurts: Range{0.4, 0.95},
	Unseen: Range{0.1, 0.35}, NoTTL: Range{0, 0.6}, FalseYes: Range{0, 0.04}, FalseNo: Range{0, 0.2},
	Watched: Range{0.3, 0.95}, Probed: Range{0.3, 0.95}, Silent: Range{0, 0.3}, OwnLink: Range{0, 0.15}, Flaky: Range{0, 0.04},
	Size: Range{0.3, 3}, Normal: Range{-2, 1.2}, Lag: Range{0.5, 10}, Decay: Range{3, 20}, Late: Range{-6, 12}, Hours: Range{-0.7, 1.2}, Seen: Range{0.1, 1.5},
	Blind: Range{0, 0.4}, Wrong: Range{0, 0.06}, Caught: Range{0.3, 0.95}, Accused: Range{0, 0.04}, Unconfigured: Range{0, 0.6},
	OnePart: Range{0.1, 0.6}, OnePlace: Range{0.3, 0.8}, Retry: Range{0.1, 0.7}, Works: Range{0.05, 0.6},
}
