package mail

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// words are the subject and the text of a notice, the same for all readers. They
// say what people report, never what is so.
func (m *Mailer) words(c *model.Change) (subject, body string) {
	in := &c.Incident
	name := serviceName(in)
	if n, ok := m.c.Name(in.Target.Name); ok {
		name = text.Clean(n, 80)
	}
	var say []string
	switch c.Type {
	case model.Ended:
		subject = "Over: problems that users reported with " + name
		say = append(say, fmt.Sprintf("The problems that users reported with %s are over, as far as reports can tell. They lasted from %s to %s.", name, clock(in.Started), clock(cmp.Or(in.Ended, in.ClosedAt, c.At))))
		if in.FalseAlarm != nil {
			say = append(say, "It was a false alarm.")
		}
	case model.Resumed:
		subject = "Again: users report problems with " + name
		say = append(say, fmt.Sprintf("Users report problems with %s again, after reports had been back to what is usual.", name))
	default:
		subject = "Users report problems with " + name
		say = append(say, fmt.Sprintf("More users than usual report problems with %s since %s.", name, clock(in.Started)))
	}
	if cr := in.Crowd; cr != nil && in.FalseAlarm == nil {
		if cr.Peak.Problems > 0 {
			say = append(say, fmt.Sprintf("Reports in the 15 minutes with the most: %s.", text.Count(float64(cr.Peak.Problems))))
		}
		if k := cr.Cause.Kind; cr.Cause.Text != "" && (k == model.CauseElsewhere || k == model.CauseShared) {
			say = append(say, wording.Sentence(cr.Cause.Text, 300))
		}
	}
	if in.Crowd != nil && in.Crowd.Confirmed {
		say = append(say, "Another kind of signal says so too.")
	} else {
		say = append(say, "This rests on reports only and is not confirmed.")
	}
	return subject, strings.Join(say, "\n\n") + "\n\nNow: " + m.c.BaseURL + "/i/" + plain(in.ID) + "?from=mail\n"
}

func serviceName(in *model.Incident) string {
	if in.Crowd != nil && in.Crowd.Name != "" {
		return text.Clean(in.Crowd.Name, 80)
	}
	return text.Clean(in.Target.Name, 80)
}

func clock(ns int64) string { return time.Unix(0, ns).UTC().Format("2 January, 15:04 UTC") }

// plain keeps what needs no escaping in an address or a header.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.' || r == '_' {
			return r
		}
		return -1
	}, s)
}

// asking is the mail that asks for confirmation.
func (m *Mailer) asking(s *sub) (subject, body string) {
	name, ok := m.c.Name(s.Service)
	if !ok {
		name = s.Service
	}
	name = text.Clean(name, 80)
	link := m.c.BaseURL + "/mail/confirm?token=" + m.token(confirms, s.ID, m.c.Now().Add(keepAsked))
	return "Please confirm: mails about " + name, fmt.Sprintf(
		"Somebody, most likely you, asked to be told by mail when users report problems with %s.\n\n"+
			"If that is what you want, open this page and confirm it, within 24 hours:\n\n%s\n\n"+
			"If not, do nothing: you will hear no more, and your address is forgotten after 24 hours.\n", name, link)
}
