package incident

import (
	"slices"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// listen takes what evidence says of an incident.
func (m *Machine) listen(f *model.Findings) {
	l := m.byID[f.Incident]
	if l == nil {
		m.stats.Unknown++
		return
	}
	w := &l.Word
	if f.Revision < w.Revision || f.Revision == w.Revision && w.At > 0 && (f.Revision > 0 || f.At <= w.Findings) {
		m.stats.Late++
		return
	}
	if l.Muted {
		m.reconsider(l, f)
		return
	}
	before := l.Incident.AttackVerdict
	l.Word = Word{At: m.now, Findings: f.At, Revision: f.Revision, AttackVerdict: f.AttackVerdict, Hold: f.Hold && f.Revision == 0}
	l.take(f)
	switch {
	case l.Incident.State == model.Suspected:
		m.applyFindings(l)
	case f.AttackVerdict != before || l.hasNewVector():
		old := l.Incident.Severity
		l.Incident.Severity = m.severity(l)
		m.change(l, changeOf(old, l.Incident.Severity), m.textChanged(l, before))
	}
}

// changeOf tells a rise of severity from any other change.
func changeOf(before, after model.Severity) model.ChangeType {
	if rank(after) > rank(before) {
		return model.Escalated
	}
	return model.Changed
}

func rank(s model.Severity) int {
	return slices.Index([]model.Severity{model.Info, model.Warning, model.Critical}, s)
}

// applyFindings decides on a suspicion by what has just been said.
func (m *Machine) applyFindings(l *Live) {
	w := &l.Word
	switch {
	case w.AttackVerdict == model.AttackYes:
		m.open(l, "")
	case w.AttackVerdict == model.AttackNo:
		l.Incident.Severity = model.Info
		m.close(l, model.Dismissed, m.textDismissed(l, "ordinary traffic"))
	case !w.Hold && w.Revision == 0:
		m.open(l, "")
	case !w.Hold && m.now >= l.WaveAt+int64(m.c.Confirm):
		m.open(l, "")
	}
}

// reconsider listens to later evidence on what was closed while it goes on.
func (m *Machine) reconsider(l *Live, f *model.Findings) {
	l.Word.Revision, l.Word.Findings, l.Word.At = f.Revision, f.At, m.now
	if f.AttackVerdict != model.AttackYes || l.Incident.FalseAlarm != nil || !m.active(l) {
		return
	}
	e := l.lead()
	if e.Bound == 0 && e.Peak == 0 {
		return
	}
	fresh := m.revive(l, &model.Anomaly{At: m.now, Since: m.now, Phase: model.Ongoing, Kind: e.Kind, Target: l.Incident.Target,
		Direction: l.Incident.Direction, Metric: e.Metric, Rate: l.Incident.Rates[e.Metric], Bound: e.Bound, Rates: l.Incident.Rates, Group: l.Incident.Group})
	fresh.Word = Word{At: m.now, Findings: f.At, AttackVerdict: f.AttackVerdict}
	fresh.take(f)
	fresh.Incident.Evidence = 0 // documents of the new id count from 1
	m.open(fresh, "")
}

// maxWeights bounds each list of findings.
const maxWeights = 20

// take copies what evidence found into the incident.
func (l *Live) take(f *model.Findings) {
	in := &l.Incident
	in.AttackVerdict, in.Because = f.AttackVerdict, text.Clean(f.Because, maxNote)
	in.Spoofing, in.Evidence = f.Spoofing, max(in.Evidence, f.Revision)
	in.Sources = max(in.Sources, f.Sources)
	if len(f.Vectors) > 0 {
		in.Vectors = few(f.Vectors)
	}
	if len(f.Countries) > 0 {
		in.Countries = few(f.Countries)
	}
	if len(f.Networks) > 0 {
		in.Networks = few(f.Networks)
	}
	l.Dirty = true
}

func few(w []model.Weight) []model.Weight {
	out := copied(w[:min(len(w), maxWeights)])
	for i := range out {
		out[i].Share = finite(out[i].Share)
	}
	return out
}

// hasNewVector reports a vector of weight that was not told yet.
func (l *Live) hasNewVector() bool {
	return slices.ContainsFunc(l.Incident.Vectors, func(v model.Weight) bool {
		return v.Share >= newVector && !slices.Contains(l.Reported.Vectors, v.Value)
	})
}
