package mail

import (
	"encoding/hex"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/wneessen/go-mail"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// message is one mail to one address.
type message struct {
	to      string
	id      string // Message-ID, the same over retries and restarts
	root    string // Message-ID of the first mail of the thread, "" for none
	leave   string // address that ends the subscription, "" for none
	list    string // of List-Id, "" for none
	at      time.Time
	subject string
	text    string
}

// domain is what follows the @ of the sender.
func (m *Mailer) domain() string {
	_, d, _ := strings.Cut(m.from.Address, "@")
	return d
}

// messageID is the same for the same subscription and event.
func (m *Mailer) messageID(id, what string) string {
	return hex.EncodeToString(m.sum("message", id, what)[:idSize]) + "@" + m.domain()
}

// notice is the mail about an incident for one subscription. Its root is the mail
// about the opening, whether or not that was sent: mail programs group messages
// that refer to the same one.
func (m *Mailer) notice(t *thread, s *sub) *message {
	leave := m.c.BaseURL + "/mail/unsubscribe?token=" + m.token(leaves, s.ID, time.Time{})
	root := m.messageID(s.ID, t.Incident)
	x := &message{to: s.Address, id: root, leave: leave, list: s.Service, at: time.Unix(0, t.At), subject: t.Subject,
		text: t.Text + "\n-- \nYou receive this mail because you subscribed. Unsubscribe: " + leave + "\n"}
	if t.Type != model.Opened {
		x.id, x.root = m.messageID(s.ID, fmt.Sprintf("%s %d", t.Incident, t.Revision)), root
	}
	return x
}

// compose makes the mail (RFC 5322). Header fields are made of parts that cannot
// hold a line break: addresses of parseAddress, cleaned text, our own links and
// hashes.
func (m *Mailer) compose(x *message) *mail.Msg {
	b := mail.NewMsg(mail.WithEncoding(mail.EncodingQP), mail.WithNoDefaultUserAgent())
	b.FromMailAddress(m.from)
	b.ToMailAddress(&netmail.Address{Address: x.to})
	b.Subject(text.Clean(x.subject, 150))
	b.SetDateWithValue(x.at.UTC())
	b.SetMessageIDWithValue(x.id)
	if x.root != "" {
		b.SetGenHeaderPreformatted(mail.HeaderInReplyTo, "<"+x.root+">")
		b.SetGenHeaderPreformatted(mail.HeaderReferences, "<"+x.root+">")
	}
	b.SetGenHeaderPreformatted("Auto-Submitted", "auto-generated") // RFC 3834: asks programs not to answer
	if x.list != "" {
		b.SetGenHeaderPreformatted("List-Id", "<"+plain(x.list)+".floodmark."+m.domain()+">")
	}
	if x.leave != "" {
		b.SetGenHeaderPreformatted(mail.HeaderListUnsubscribe, "<"+x.leave+">")
		b.SetListUnsubscribePost() // RFC 8058
	}
	b.SetBodyString(mail.TypeTextPlain, strings.ReplaceAll(strings.ReplaceAll(x.text, "\r", ""), "\n", "\r\n"))
	return b
}
