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

// wording returns subject and text of a notice, the same for all recipients. It
// describes what users report, never what is true of the service.
func (m *Mailer) wording(c *model.Change) (subject, body string) {
	in := &c.Incident
	name := serviceName(in)
	if n, ok := m.c.Name(in.Target.Name); ok {
		name = text.Clean(n, 80)
	}
	var lines []string
	switch c.Type {
	case model.Ended:
		subject = "Resolved: problems with " + name
		lines = append(lines, fmt.Sprintf("User reports of problems with %s are back to normal. The incident lasted from %s to %s.", name, clock(in.Started), clock(cmp.Or(in.Ended, in.ClosedAt, c.At))))
		if in.FalseAlarm != nil {
			lines = append(lines, "It was a false alarm.")
		}
	case model.Resumed:
		subject = "Users report problems again with " + name
		lines = append(lines, fmt.Sprintf("Users report problems with %s again, after reports had returned to normal.", name))
	default:
		subject = "Users report problems with " + name
		lines = append(lines, fmt.Sprintf("More users than usual have reported problems with %s since %s.", name, clock(in.Started)))
	}
	if cr := in.UserReports; cr != nil && in.FalseAlarm == nil {
		if cr.Peak.Problems > 0 {
			lines = append(lines, fmt.Sprintf("Peak: %s reports in 15 minutes.", text.Count(float64(cr.Peak.Problems))))
		}
		if k := cr.Cause.Kind; cr.Cause.Text != "" && (k == model.CauseElsewhere || k == model.CauseShared) {
			lines = append(lines, wording.Sentence(cr.Cause.Text, 300))
		}
	}
	if in.UserReports != nil && in.UserReports.Confirmed {
		lines = append(lines, "Another kind of signal confirms the incident.")
	} else {
		lines = append(lines, "The incident is based on user reports only and is not confirmed.")
	}
	return subject, strings.Join(lines, "\n\n") + "\n\nCurrent state: " + m.c.BaseURL + "/i/" + plain(in.ID) + "?from=mail\n"
}

func serviceName(in *model.Incident) string {
	if in.UserReports != nil && in.UserReports.Name != "" {
		return text.Clean(in.UserReports.Name, 80)
	}
	return text.Clean(in.Target.Name, 80)
}

func clock(ns int64) string { return time.Unix(0, ns).UTC().Format("2 January, 15:04 UTC") }

// plain keeps characters that need no escaping in a URL or a header.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.' || r == '_' {
			return r
		}
		return -1
	}, s)
}

// confirmation returns subject and text of the mail that asks for confirmation.
func (m *Mailer) confirmation(s *sub) (subject, body string) {
	name, ok := m.c.Name(s.Service)
	if !ok {
		name = s.Service
	}
	name = text.Clean(name, 80)
	link := m.c.BaseURL + "/mail/confirm?token=" + m.token(confirms, s.ID, m.c.Now().Add(keepAsked))
	return "Please confirm your subscription to " + name, fmt.Sprintf(
		"Someone, most likely you, asked for mails when users report problems with %s.\n\n"+
			"To confirm the subscription, open this page within 24 hours:\n\n%s\n\n"+
			"Otherwise do nothing: you will get no further mail, and your address is deleted after 24 hours.\n", name, link)
}
