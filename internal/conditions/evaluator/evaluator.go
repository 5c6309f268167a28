package evaluator

import (
	"floodmark/internal/conditions"
	"floodmark/internal/model"
)

const (
	maxExporters  = 16384
	maxInterfaces = 65536
)

// Evaluator evaluates exporters and sockets. It remembers what it needs to see
// changes.
type Evaluator struct {
	held      map[key]*held
	exporters map[uint32]*exporter
	sockets   map[string]*window
	audits    map[ifKey]*audit
	began     int64
}

const second = int64(1e9)

type key struct{ code, subject string }

// held is a condition that is raised, or may be soon.
type held struct {
	since, last int64
	visible     bool
	text        string
	severity    model.Severity
}

// exporter is what is remembered of one exporter.
type exporter struct {
	window     window
	seen       int64
	gaps       [32]int64
	gap        int
	firstSeen  int64 // first update with it
	rate       uint32
	restarts   uint64
	rates      []model.RateShare // as at the last settled minute
	settled    int64
	duplicates map[uint32]uint64
	pairsAt    int64
	share      map[uint32]uint64 // repeated in the last settled minute, by primary
	records    uint64            // at the last settled minute
	minute     uint64            // records of it
}

// New returns an Evaluator that has seen nothing.
func New() *Evaluator {
	return &Evaluator{held: make(map[key]*held), exporters: make(map[uint32]*exporter),
		sockets: make(map[string]*window), audits: make(map[ifKey]*audit)}
}

// Update takes the state of everything at now (Unix ns), about once a second,
// and returns the conditions that hold, heaviest first, then by code and
// subject. It completes the statuses: quality, and traffic by counters.
func (v *Evaluator) Update(now int64, statuses []model.ExporterStatus, sockets []model.SocketStatus) []model.Condition {
	if v.began == 0 {
		v.began = now
	}
	for i := range statuses {
		if e := v.exporter(statuses[i].Number, now); e != nil {
			v.evaluate(now, e, &statuses[i])
		}
	}
	v.evaluatePairs(now, statuses)
	for i := range sockets {
		v.evaluateSocket(now, &sockets[i])
	}
	out := v.settle(now)
	for i := range statuses {
		v.setQuality(&statuses[i])
	}
	return out
}

func (v *Evaluator) exporter(number uint32, now int64) *exporter {
	e := v.exporters[number]
	if e == nil && len(v.exporters) < maxExporters {
		e = &exporter{firstSeen: now}
		v.exporters[number] = e
	}
	return e
}

// raise notes that a condition holds now.
func (v *Evaluator) raise(now int64, code, subject, text string) *held {
	k := key{code, subject}
	h := v.held[k]
	if h == nil {
		h = &held{since: now, severity: conditions.Lookup(code).Severity}
		v.held[k] = h
	}
	h.last, h.text = now, text
	return h
}

// settle decides what is raised and forgets what has passed.
func (v *Evaluator) settle(now int64) []model.Condition {
	out := []model.Condition{}
	for k, h := range v.held {
		c := conditions.Lookup(k.code)
		quiet := now - h.last
		if quiet > 0 && (!h.visible || quiet >= c.ClearedAfter) {
			delete(v.held, k)
			continue
		}
		h.visible = h.visible || now-h.since >= c.RaisedAfter
		if h.visible {
			out = append(out, model.Condition{Code: k.code, Subject: k.subject, Severity: h.severity, Text: h.text, Since: h.since})
		}
	}
	conditions.Sort(out)
	return out
}

// raised reports whether a condition is raised now.
func (v *Evaluator) raised(code, subject string) bool {
	h := v.held[key{code, subject}]
	return h != nil && h.visible
}

// setQuality completes whether the data of an exporter is reliable.
func (v *Evaluator) setQuality(s *model.ExporterStatus) {
	s.QualityIssues = []string{}
	for _, c := range conditions.Codes() {
		if c.Unreliable && v.raised(c.Name, s.Name) {
			s.QualityIssues = append(s.QualityIssues, c.Name)
		}
	}
	s.QualityOK = len(s.QualityIssues) == 0
}
