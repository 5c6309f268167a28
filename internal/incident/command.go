package incident

import (
	"fmt"
	"slices"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// UnknownError tells that no incident of this id is known any more.
type UnknownError struct{ ID string }

// Error names the id.
func (e *UnknownError) Error() string { return fmt.Sprintf("incident %q is not known", e.ID) }

// Check reports whether Step would obey a command: an *UnknownError, or why not.
// Ask before the command is journalled.
func (m *Machine) Check(c model.Command) error {
	switch c.Type {
	case model.Acknowledge, model.Silence, model.CloseNow, model.MarkFalseAlarm:
	default:
		return fmt.Errorf("command %q: expected acknowledge, silence, false-alarm or close", c.Type)
	}
	if l := m.byID[c.Incident]; l != nil && !l.Muted {
		return nil
	}
	if m.buried(c.Incident) == nil {
		return &UnknownError{c.Incident}
	}
	if c.Type != model.MarkFalseAlarm {
		return fmt.Errorf("%s incident %q: it is closed", c.Type, c.Incident)
	}
	return nil
}

// buried finds an incident that was closed lately.
func (m *Machine) buried(id string) *model.Incident {
	i := slices.IndexFunc(m.past, func(in model.Incident) bool { return in.ID == id })
	if i < 0 {
		return nil
	}
	return &m.past[i]
}

// applyCommand carries a command out.
func (m *Machine) applyCommand(c *model.Command) {
	if m.Check(*c) != nil {
		m.stats.Unknown++
		return
	}
	findings := &model.Remark{By: text.Clean(c.By, 64), At: m.now, Note: text.Clean(c.Note, maxNote)}
	l := m.byID[c.Incident]
	if l == nil || l.Muted {
		m.correct(l, m.buried(c.Incident), findings)
		return
	}
	in := &l.Incident
	who := in.Target.String() + ": "
	switch c.Type {
	case model.Acknowledge:
		in.Acknowledged = findings
		m.change(l, model.AcknowledgedNow, who+"acknowledged"+by(findings))
	case model.Silence:
		in.SilencedTo = 0
		text := "no longer silenced"
		if c.Until > m.now {
			in.SilencedTo, text = c.Until, "silenced until "+clock(c.Until)
		}
		m.change(l, model.SilencedNow, who+text+by(findings))
	case model.MarkFalseAlarm:
		in.FalseAlarm, in.Severity = findings, model.Info
		m.stop(l)
		m.close(l, model.MarkedFalse, who+"a false alarm, closed"+by(findings))
	case model.CloseNow:
		kind := model.Ended
		if in.State == model.Suspected {
			kind = model.Dismissed
		}
		m.stop(l)
		m.close(l, kind, who+"closed"+by(findings))
	}
}

// stop gives an incident that still goes on an end.
func (m *Machine) stop(l *Live) {
	if l.Incident.Ended == 0 {
		l.Incident.Ended = m.now
	}
}

// correct marks what is closed already as a false alarm. l is its muted rest,
// or nil.
func (m *Machine) correct(l *Live, in *model.Incident, findings *model.Remark) {
	in.FalseAlarm, in.Severity = findings, model.Info
	in.Revision++
	if l != nil {
		l.Incident.FalseAlarm, l.Incident.Severity, l.Incident.Revision = findings, in.Severity, in.Revision
	}
	m.out = append(m.out, model.Change{At: m.now, Type: model.MarkedFalse, Incident: clone(in), Text: in.Target.String() + ": was a false alarm" + by(findings)})
}

func by(r *model.Remark) string {
	s := ""
	if r.By != "" {
		s = " by " + r.By
	}
	if r.Note != "" {
		s += ": " + r.Note
	}
	return s
}
