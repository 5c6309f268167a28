package settings

import (
	"time"

	"floodmark/internal/model"
)

const (
	minute = time.Minute
	day    = 24 * time.Hour
)

// Protocol is the protocol of a collector.
type Protocol string

// The protocols.
const (
	NetFlow Protocol = "netflow"
	SFlow   Protocol = "sflow"
)

// Choices lists the protocols.
func (Protocol) Choices() []string { return []string{"netflow", "sflow"} }

// Role is the role of an interface.
type Role string

// The roles.
const (
	External Role = "external"
	Internal Role = "internal"
	Ignored  Role = "ignored"
	Unknown  Role = "unknown"
)

// Choices lists the roles.
func (Role) Choices() []string { return []string{"external", "internal", "ignored", "unknown"} }

// Level is the minimum level of log lines.
type Level string

// Choices lists the levels.
func (Level) Choices() []string { return []string{"debug", "info", "warn", "error"} }

// LogFormat is the format of log lines.
type LogFormat string

// Choices lists the formats.
func (LogFormat) Choices() []string { return []string{"text", "json"} }

// Scope is what a token may do.
type Scope string

// The scopes. scopeOperate includes read, and admin includes every other scope.
const (
	scopeRead    Scope = "read"    // read everything on the operator's listener
	scopeOperate Scope = "operate" // acknowledge, silence, close
	scopeAdmin   Scope = "admin"   // back up, reload
	scopeScrape  Scope = "metrics" // /metrics and nothing else
)

// Choices lists the scopes.
func (Scope) Choices() []string { return []string{"read", "operate", "admin", "metrics"} }

// MailSecurity is how the connection to a mail server is encrypted.
type MailSecurity string

// Choices lists the ways to encrypt.
func (MailSecurity) Choices() []string { return []string{"starttls", "tls", "none"} }

// Severity is the minimum severity of a rule.
type Severity string

// Choices lists the severities in ascending order.
func (Severity) Choices() []string { return []string{"info", "warning", "critical"} }

// Direction is relative to the monitored networks.
type Direction string

// Choices lists the directions that incidents have.
func (Direction) Choices() []string { return []string{"in", "out"} }

// Change is a step of an incident that alerts are sent for, by its name in
// model.ChangeType.
type Change string

// Choices lists the changes.
func (Change) Choices() []string {
	var out []string
	for _, c := range []model.ChangeType{model.Noticed, model.Opened, model.Escalated, model.Changed, model.Eased, model.Resumed, model.Ended, model.MarkedFalse} {
		out = append(out, string(c))
	}
	return out
}

// Weekday is a day of the week.
type Weekday string

// Choices lists the days.
func (Weekday) Choices() []string {
	return []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
}

// Weekday converts to time.Weekday.
func (w Weekday) Weekday() time.Weekday {
	for i, n := range w.Choices() {
		if n == string(w) {
			return time.Weekday((i + 1) % 7)
		}
	}
	return time.Sunday
}

// Facility is a syslog facility (RFC 5424 section 6.2.1).
type Facility string

// Choices lists the facilities that programs may use.
func (Facility) Choices() []string {
	return []string{"user", "daemon", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7"}
}

// Transport carries syslog.
type Transport string

// Choices lists the transports.
func (Transport) Choices() []string { return []string{"udp", "tcp", "tls"} }
