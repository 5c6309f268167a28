package incident

import (
	"cmp"
	"time"

	"floodmark/internal/model"
)

// Config shapes the incident engine. The zero value is the defaults, without customers.
type Config struct {
	Hold     time.Duration // quiet time after which easing closes; bursts within it are waves of one incident; 0 is 5 min
	Confirm  time.Duration // longest suspicion without a word of evidence; 0 is 10 s
	MaxHold  time.Duration // longest suspicion that first looks may hold, however often they repeat it; 0 is 2 min
	Critical float64       // multiple of a bound from which on an incident is critical; 0 is 5
	Active   int           // most targets with an incident at a time; 0 is 10,000
	// Customers names the customers that a host or prefix belongs to, the
	// narrowest first. Nil is none. It must give the same answer while the
	// machine lives.
	Customers func(model.TargetID) []string
}

// withDefaults fills in what is zero.
func (c Config) withDefaults() Config {
	c.Hold = cmp.Or(c.Hold, 5*time.Minute)
	c.Confirm = cmp.Or(c.Confirm, 10*time.Second)
	c.MaxHold = cmp.Or(c.MaxHold, 2*time.Minute)
	c.Critical = cmp.Or(c.Critical, 5)
	c.Active = cmp.Or(c.Active, 10_000)
	if c.Customers == nil {
		c.Customers = func(model.TargetID) []string { return nil }
	}
	return c
}

const (
	mergeWithin = int64(time.Minute)      // a prefix takes over the incidents inside that began so shortly before it
	splitAfter  = int64(time.Minute)      // a host goes on alone for so long until it is an incident of its own
	updateEvery = int64(10 * time.Second) // between two changes that bring values only
	lostAfter   = int64(time.Minute)      // an anomaly told every second is over when nothing is heard for so long
	blindAtMax  = int64(time.Hour)        // an exporter that is silent for longer is gone: nothing waits for it
	oldest      = int64(time.Hour)        // no anomaly is believed to have begun longer ago

	dominates = 5.0 // times its own bound: with half of its prefix's traffic an incident beside the prefix's
	explains  = 0.5 // part of a wider target's rate that makes its anomaly the same thing
	outgrows  = 3.0 // times what was dismissed: not the same any more
	pulses    = 3   // short bursts within Hold that are a pulse wave
	newVector = 0.1 // share from which on a further vector is reported

	maxHosts   = 64
	maxMembers = 4096 // addresses of a /20
	maxWaves   = 100
	maxMerged  = 64
	maxPast    = 1024 // closed incidents that can still be marked as false alarms
	maxNames   = 65536
	maxWindows = 1024
	maxNote    = 500
)

// Window is planned work: incidents of its targets are marked with its name and
// wake nobody.
type Window struct {
	Name    string           `json:"name"`
	Targets []model.TargetID `json:"targets"` // with all inside them
	From    int64            `json:"from"`    // Unix ns
	To      int64            `json:"to"`      // Unix ns, exclusive
}

// Input is all that was heard since the last step. Lists may be empty, in any
// order, late or twice.
type Input struct {
	Now       int64            `json:"now"` // Unix ns; a clock that goes back stands still here
	Anomalies []model.Anomaly  `json:"anomalies,omitempty"`
	Findings  []model.Findings `json:"findings,omitempty"`
	Commands  []model.Command  `json:"commands,omitempty"`
	// Blind lists all exporters that are silent now, and replaces the last such
	// list; nil leaves it. Silence is not calm: what was going on when one fell
	// silent does not ease until it is heard again. After a start, list every
	// exporter until it has been heard.
	Blind []string `json:"blind"`
	// Windows replaces all maintenance windows; nil leaves them.
	Windows []Window `json:"windows"`
}

// Stats counts what was not taken, since the first start.
type Stats struct {
	Late    uint64 `json:"late"`    // anomalies and findings older than what is known
	Strange uint64 `json:"strange"` // anomalies with an unknown phase or metric, or no target
	Unknown uint64 `json:"unknown"` // findings and commands for incidents that are not known (any more)
	Folded  uint64 `json:"folded"`  // anomalies told as part of a wider incident, because Active was reached
	Dropped uint64 `json:"refused"` // maintenance windows beyond 1,024
}
