package alert

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/view"
)

// Syslog is a syslog server (RFC 5424): a line for each event.
type Syslog struct {
	Address   string // host:port, or the path of a socket
	Transport string // udp, tcp, tls or unix; "" for udp
	Facility  string // user, daemon, or local0 to local7; "" for local0
}

type syslog struct {
	Syslog
	facility int
	host     string
}

func newSyslog(c *Syslog, host string) (*syslog, error) {
	s := &syslog{Syslog: *c, host: field(host, 255)}
	if s.Transport == "" {
		s.Transport = "udp"
	}
	if !slices.Contains([]string{"udp", "tcp", "tls", "unix"}, s.Transport) || s.Address == "" {
		return nil, fmt.Errorf("syslog: no transport %q to %q", s.Transport, s.Address)
	}
	// RFC 5424 section 6.2.1.
	n := slices.Index([]string{"user", "daemon", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}, c.Facility)
	switch {
	case c.Facility == "":
		s.facility = 16
	case n < 0:
		return nil, fmt.Errorf("syslog: no facility %q", c.Facility)
	default:
		s.facility = []int{1, 3, 16, 17, 18, 19, 20, 21, 22, 23}[n]
	}
	return s, nil
}

// maxDatagram is what every receiver should take by UDP (RFC 5426 section 3.2).
const maxDatagram = 2048

func (s *syslog) send(ctx context.Context, m *Message) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return fmt.Errorf("syslog: %w", err)
	}
	defer conn.Close()
	if t, ok := ctx.Deadline(); ok {
		conn.SetDeadline(t)
	}
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	framed := s.Transport == "tcp" || s.Transport == "tls"
	for i := range m.Events {
		line := s.line(m, &m.Events[i])
		if framed {
			line = append([]byte(strconv.Itoa(len(line))+" "), line...) // RFC 6587 section 3.4.1
		}
		if _, err := conn.Write(line); err != nil {
			return fmt.Errorf("syslog: %w", err)
		}
	}
	if framed {
		return s.settle(conn)
	}
	return nil
}

// dial connects for one message: a connection that is kept may be dead without
// either end knowing, and what is written to it is lost without an error.
func (s *syslog) dial(ctx context.Context) (net.Conn, error) {
	switch s.Transport {
	case "tls":
		return (&tls.Dialer{Config: &tls.Config{MinVersion: tls.VersionTLS12}}).DialContext(ctx, "tcp", s.Address)
	case "unix":
		return new(net.Dialer).DialContext(ctx, "unixgram", s.Address)
	}
	return new(net.Dialer).DialContext(ctx, s.Transport, s.Address)
}

// settle ends the stream and waits a moment for the other end to do so, so that
// a reset is seen. A server that says nothing took what it got.
func (s *syslog) settle(conn net.Conn) error {
	if c, ok := conn.(interface{ CloseWrite() error }); ok {
		if err := c.CloseWrite(); err != nil {
			return fmt.Errorf("syslog: %w", err)
		}
	}
	conn.SetReadDeadline(time.Now().Add(time.Second))
	_, err := io.Copy(io.Discard, io.LimitReader(conn, 4096))
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		return fmt.Errorf("syslog: %w", err)
	}
	return nil
}

// line writes one event. The structured data is named under 32473, the number
// that RFC 5612 leaves to those who have none.
func (s *syslog) line(m *Message, e *Event) []byte {
	in := &e.Incident
	level := severity(model.Severity(in.Severity), 6, 4, 2) // informational, warning, critical
	if e.Last {
		level = 5 // notice: over
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<%d>1 %s %s floodmark %d %s ", s.facility*8+level, m.Created, s.host, os.Getpid(), field(string(e.Type), 32))
	b.WriteString("[floodmark@32473")
	fields := [][2]string{{"key", m.Key}, {"reason", string(m.Reason)}, {"incident", in.ID}, {"target", in.Target}, {"direction", in.Direction},
		{"severity", string(in.Severity)}, {"state", string(in.State)}, {"customer", in.Customer}, {"group", in.Group}}
	if c := in.UserReports; c != nil {
		fields = append(fields, [2]string{"part", leadingComponent(c)}, [2]string{"problems", strconv.FormatUint(uint64(c.Peak.Problems), 10)},
			[2]string{"effective", strconv.FormatFloat(float64(c.Peak.Effective), 'f', 0, 64)}, [2]string{"confirmed", strconv.FormatBool(c.Confirmed)})
	} else {
		fields = append(fields, [2]string{"vector", class(in)}, [2]string{"bits", metricOf(in, model.Bits)}, [2]string{"packets", metricOf(in, model.Packets)})
	}
	for _, p := range append(fields, [2]string{"link", e.Link}) {
		if p[1] != "" {
			b.WriteString(" " + p[0] + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`).Replace(strings.ToValidUTF8(p[1], "")) + `"`)
		}
	}
	subject := e.Subject
	if len(m.Events) == 1 {
		subject = m.Subject
	}
	b.WriteString("] \xef\xbb\xbf" + strings.ToValidUTF8(subject+"; "+strings.ReplaceAll(e.Text, "\n", " "), ""))
	line := b.String()
	if s.Transport == "udp" || s.Transport == "unix" {
		line = strings.ToValidUTF8(line[:min(len(line), maxDatagram)], "")
	}
	return []byte(line)
}

func metricOf(in *view.Incident, m model.Metric) string {
	return strconv.FormatFloat(in.Rates.Of(m), 'f', 0, 64)
}

// field makes a header field of printable ASCII, "-" for none.
func field(s string, highest int) string {
	s = strings.Map(func(r rune) rune {
		if r < 33 || r > 126 {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), highest)]
}
