package health

import (
	"cmp"
	"slices"

	"floodmark/internal/model"
)

const (
	mostExporters  = 16384
	mostInterfaces = 65536
)

// Watcher remembers what is needed to tell what changed.
type Watcher struct {
	codes     map[string]Code
	held      map[key]*held
	exporters map[uint32]*exporter
	sockets   map[string]*window
	audits    map[ifKey]*audit
	began     int64
}

type key struct{ code, subject string }

// held is a condition that is told, or may be soon.
type held struct {
	since, last int64
	visible     bool
	text        string
	severity    model.Severity
}

// exporter is what is remembered of one exporter.
type exporter struct {
	window   window
	heard    int64
	gaps     [32]int64
	gap      int
	met      int64 // first update that held it
	rate     uint32
	restarts uint64
	rates    []model.RateShare // as at the last settled minute
	settled  int64
	repeated map[uint32]uint64
	pairsAt  int64
	share    map[uint32]uint64 // repeated in the last settled minute, by owner
	records  uint64            // at the last settled minute
	minute   uint64            // records of it
}

// New returns a Watcher that has seen nothing.
func New() *Watcher {
	w := &Watcher{codes: make(map[string]Code), held: make(map[key]*held), exporters: make(map[uint32]*exporter),
		sockets: make(map[string]*window), audits: make(map[ifKey]*audit)}
	for _, c := range Codes() {
		w.codes[c.Name] = c
	}
	return w
}

// Update takes the state of everything at now (Unix ns), about once a second,
// and returns the conditions that hold, heaviest first, then by code and
// subject. It completes the statuses: trust, and traffic by counters.
func (w *Watcher) Update(now int64, statuses []model.ExporterStatus, sockets []model.SocketStatus) []model.Condition {
	if w.began == 0 {
		w.began = now
	}
	for i := range statuses {
		if e := w.exporter(statuses[i].Number, now); e != nil {
			w.judge(now, e, &statuses[i])
		}
	}
	w.judgePairs(now, statuses)
	for i := range sockets {
		w.judgeSocket(now, &sockets[i])
	}
	out := w.settle(now)
	for i := range statuses {
		w.trust(&statuses[i])
	}
	return out
}

func (w *Watcher) exporter(number uint32, now int64) *exporter {
	e := w.exporters[number]
	if e == nil && len(w.exporters) < mostExporters {
		e = &exporter{met: now}
		w.exporters[number] = e
	}
	return e
}

// raise says that a condition holds now.
func (w *Watcher) raise(now int64, code, subject, text string) *held {
	k := key{code, subject}
	h := w.held[k]
	if h == nil {
		h = &held{since: now, severity: w.codes[code].Severity}
		w.held[k] = h
	}
	h.last, h.text = now, text
	return h
}

// settle decides what is told and forgets what has passed.
func (w *Watcher) settle(now int64) []model.Condition {
	out := []model.Condition{}
	for k, h := range w.held {
		c := w.codes[k.code]
		quiet := now - h.last
		if quiet > 0 && (!h.visible || quiet >= c.Clears) {
			delete(w.held, k)
			continue
		}
		h.visible = h.visible || now-h.since >= c.Visible
		if h.visible {
			out = append(out, model.Condition{Code: k.code, Subject: k.subject, Severity: h.severity, Text: h.text, Since: h.since})
		}
	}
	weight := map[model.Severity]int{model.Critical: 0, model.Warning: 1, model.Info: 2}
	slices.SortFunc(out, func(a, b model.Condition) int {
		return cmp.Or(weight[a.Severity]-weight[b.Severity], cmp.Compare(a.Code, b.Code), cmp.Compare(a.Subject, b.Subject))
	})
	return out
}

// told reports whether a condition is told now.
func (w *Watcher) told(code, subject string) bool {
	h := w.held[key{code, subject}]
	return h != nil && h.visible
}

// trust says whether figures of an exporter can be built on.
func (w *Watcher) trust(s *model.ExporterStatus) {
	s.QualityIssues = []string{}
	for _, c := range Codes() {
		if c.Distrust && w.told(c.Name, s.Name) {
			s.QualityIssues = append(s.QualityIssues, c.Name)
		}
	}
	s.QualityOK = len(s.QualityIssues) == 0
}
