package outage

import (
	"fmt"

	"floodmark/internal/model"
)

// unknownError says that an incident is not there or is closed.
type unknownError struct{ ID string }

func (e *unknownError) Error() string { return "there is no open incident " + e.ID }

// Command does what an operator asks and returns what changed. Confirmations
// and false alarms are theirs to say; a closed one is not told of again until
// its episode is over.
func (j *Evaluate) Command(c model.Command) ([]model.Change, error) {
	var l *Live
	for _, x := range j.live {
		if x.Incident.ID == c.Incident && !x.Ignored {
			l = x
		}
	}
	if l == nil {
		return nil, &unknownError{c.Incident}
	}
	in := &l.Incident
	remark := &model.Remark{By: c.By, At: c.At, Note: c.Note}
	switch c.Type {
	case model.Acknowledge:
		in.Acknowledged = remark
		return []model.Change{l.change(c.At, model.AcknowledgedNow)}, nil
	case model.Silence:
		in.SilencedTo = c.Until
		return []model.Change{l.change(c.At, model.SilencedNow)}, nil
	case model.MarkFalseAlarm:
		in.FalseAlarm = remark
		l.Ignored = true
		in.State, in.ClosedAt = model.Closed, c.At
		return []model.Change{l.change(c.At, model.MarkedFalse)}, nil
	case model.CloseNow:
		l.Ignored = true
		if in.Opened != 0 && in.Ended == 0 {
			l.endWave()
		}
		in.State, in.ClosedAt = model.Closed, c.At
		return []model.Change{l.change(c.At, model.Ended)}, nil
	}
	return nil, fmt.Errorf("%s incident %s: no such command", c.Type, c.Incident)
}
