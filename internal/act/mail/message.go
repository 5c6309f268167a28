package mail

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

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

// messageID is the same for the same subscription and what is told.
func (m *Mailer) messageID(id, what string) string {
	return "<" + hex.EncodeToString(m.sum("message", id, what)[:idSize]) + "@" + m.domain() + ">"
}

// notice is the mail on an incident for one subscription. Its root is the mail
// on the opening, whether or not that was sent: mail programs make one thread of
// what refers to the same.
func (m *Mailer) notice(t *thread, s *sub) *message {
	leave := m.c.BaseURL + "/mail/unsubscribe?token=" + m.token(leaves, s.ID, time.Time{})
	root := m.messageID(s.ID, t.Incident)
	x := &message{to: s.Address, id: root, leave: leave, list: s.Service, at: time.Unix(0, t.At), subject: t.Subject,
		text: t.Text + "\n-- \nYou asked to be told of this. To hear no more: " + leave + "\n"}
	if t.Type != model.Opened {
		x.id, x.root = m.messageID(s.ID, fmt.Sprintf("%s %d", t.Incident, t.Revision)), root
	}
	return x
}

// bytes writes the mail (RFC 5322). Every line of the header is made of parts
// that cannot hold a line break: addresses of parseAddress, encoded words, our
// own links and hashes.
func (m *Mailer) bytes(x *message) []byte {
	var b bytes.Buffer
	line := func(name, value string) {
		fmt.Fprintf(&b, "%s: %s\r\n", name, strings.NewReplacer("\r", "", "\n", "").Replace(value))
	}
	line("From", m.from.String())
	line("To", "<"+x.to+">")
	fmt.Fprintf(&b, "Subject: %s\r\n", encoded(x.subject))
	line("Date", x.at.UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"))
	line("Message-ID", x.id)
	if x.root != "" {
		line("In-Reply-To", x.root)
		line("References", x.root)
	}
	line("Auto-Submitted", "auto-generated") // RFC 3834: no answers of machines, please
	if x.list != "" {
		line("List-Id", "<"+plain(x.list)+".floodmark."+m.domain()+">")
	}
	if x.leave != "" {
		line("List-Unsubscribe", "<"+x.leave+">")
		line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click") // RFC 8058
	}
	line("MIME-Version", "1.0")
	line("Content-Type", "text/plain; charset=utf-8")
	line("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	w := quotedprintable.NewWriter(&b)
	w.Write([]byte(strings.ReplaceAll(strings.ReplaceAll(x.text, "\r", ""), "\n", "\r\n"))) // a Buffer takes all
	w.Close()
	return b.Bytes()
}

// encoded writes text as a header may hold it (RFC 2047), folded between its
// words.
func encoded(s string) string {
	s = mime.QEncoding.Encode("utf-8", text.Clean(s, 150))
	return strings.ReplaceAll(s, "?= =?", "?=\r\n =?")
}
