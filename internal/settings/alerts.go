package settings

import (
	"floodmark/internal/conf"
	"floodmark/internal/model"
)

// Alerts is who is told of incidents.
type Alerts struct {
	// Where alerts can go, each with a name and exactly one way.
	Receivers []Receiver `conf:"receivers"`
	// Who is told of what. Every rule that matches sends, each receiver once. Without rules every receiver is told of everything.
	Rules []Rule `conf:"rules"`
	// A sign of life for a dead-man's switch.
	Heartbeat Heartbeat `conf:"heartbeat"`
}

// Receiver is one place that alerts go to, in one of several ways.
type Receiver struct {
	// Its name in rules and logs.
	Name string `conf:"name"`
	// JSON by POST, signed, repeated until it was received.
	Webhook *Webhook `conf:"webhook"`
	// Alertmanager, API v2.
	Alertmanager *Alertmanager `conf:"alertmanager"`
	// PagerDuty, Events API v2.
	PagerDuty *PagerDuty `conf:"pagerduty"`
	// Syslog, RFC 5424.
	Syslog *Syslog `conf:"syslog"`
	// Chat, mail or phone by the shoutrrr library.
	Shoutrrr *Shoutrrr `conf:"shoutrrr"`
	// A program that gets JSON on standard input and ban or unban as its last argument, in FastNetMon's form.
	Exec *Exec `conf:"exec"`
}

// Webhook is JSON by POST.
type Webhook struct {
	// Where to.
	URL conf.URL `conf:"url"`
	// Key of the signature (HMAC-SHA256) in the header. Without it there is no signature.
	Secret conf.Secret `conf:"secret"`
}

// Alertmanager is a Prometheus Alertmanager.
type Alertmanager struct {
	// Its address, without /api/v2.
	URL conf.URL `conf:"url"`
	// Bearer token, where it wants one.
	Token conf.Secret `conf:"token"`
}

// PagerDuty is an integration of a PagerDuty service.
type PagerDuty struct {
	// Integration key.
	RoutingKey conf.Secret `conf:"routing_key"`
	// Address of the API.
	URL conf.URL `conf:"url"`
}

// SetDefaults gives the address of the public API.
func (p *PagerDuty) SetDefaults() { p.URL = "https://events.pagerduty.com/v2/enqueue" }

// Syslog is a syslog server.
type Syslog struct {
	// Address and port.
	Address conf.AddrPort `conf:"address"`
	// How lines are carried. tls checks the certificate against the system's roots.
	Transport Transport `conf:"transport"`
	// Facility of the lines.
	Facility Facility `conf:"facility"`
}

// SetDefaults gives UDP and local0.
func (s *Syslog) SetDefaults() { *s = Syslog{Transport: "udp", Facility: "local0"} }

// Shoutrrr is a service of the shoutrrr library.
type Shoutrrr struct {
	// Service address, such as slack://… or smtp://…; it holds the password.
	URL conf.Secret `conf:"url"`
}

// Exec is a program that is run for an alert.
type Exec struct {
	// Path of the program. It is run directly, not by a shell.
	Command conf.FilePath `conf:"command"`
	// Arguments before those of the alert.
	Args []string `conf:"args"`
	// Time after which it is killed and the alert repeated.
	Timeout conf.Duration `conf:"timeout"`
}

// SetDefaults gives a timeout.
func (e *Exec) SetDefaults() { *e = Exec{Timeout: conf.Duration(minute)} }

// Heartbeat is a request in regular intervals, as long as the program judges.
type Heartbeat struct {
	// Where to, by GET. Unset is none.
	URL conf.Secret `conf:"url"`
	// How often.
	Every conf.Duration `conf:"every"`
}

// Rule sends some incidents to some receivers.
type Rule struct {
	// Names of receivers.
	Receivers []string `conf:"receivers"`
	// What the incident must be. All that is set must hold; of a list, one.
	Match Match `conf:"match"`
	// Times in which this rule sends nothing but what is critical. What was held back is told in one message afterwards, if it still lasts.
	QuietHours *QuietHours `conf:"quiet_hours"`
	// Time to gather incidents into one message.
	GroupWait conf.Duration `conf:"group_wait"`
}

// Match is what an incident must be.
type Match struct {
	// At least so severe.
	Severity Severity `conf:"severity"`
	// Of one of these customers.
	Customers []string `conf:"customers"`
	// Of one of these groups.
	Groups []string `conf:"groups"`
	// Of or within one of these targets: an address, a prefix, customer:NAME, network (all traffic) or service:SLUG (reports of people).
	Targets []model.TargetID `conf:"targets"`
	// In one of these directions. Services have none.
	Directions []Direction `conf:"directions"`
	// At one of these changes. Unset is all but noticed, which is a suspicion only.
	Changes []Change `conf:"changes"`
}

// SetDefaults matches every incident.
func (r *Rule) SetDefaults() { *r = Rule{Match: Match{Severity: "info"}} }

// QuietHours is a time of day on some days.
type QuietHours struct {
	// Begin.
	From conf.TimeOfDay `conf:"from"`
	// End; before from it is on the next day.
	To conf.TimeOfDay `conf:"to"`
	// Days that it begins on. Unset is every day.
	Days []Weekday `conf:"days"`
	// Time zone of both.
	Zone conf.Zone `conf:"zone"`
}

// SetDefaults gives UTC.
func (q *QuietHours) SetDefaults() { *q = QuietHours{Zone: "UTC"} }

// Maintenance is a time in which incidents of some targets send no alerts. They
// are still recorded, and marked with its name. It is once (from, to) or every
// week (days, at, for).
type Maintenance struct {
	// What it is.
	Name string `conf:"name"`
	// Begin, once.
	From conf.Moment `conf:"from"`
	// End, once.
	To conf.Moment `conf:"to"`
	// Days that it begins on, every week.
	Days []Weekday `conf:"days"`
	// Time of day that it begins at.
	At *conf.TimeOfDay `conf:"at"`
	// How long it lasts.
	For conf.Duration `conf:"for"`
	// Time zone of at and days.
	Zone conf.Zone `conf:"zone"`
	// Whose incidents: addresses, prefixes, customer:NAME or network. Unset is all.
	Targets []model.TargetID `conf:"targets"`
}

// SetDefaults gives UTC.
func (m *Maintenance) SetDefaults() { *m = Maintenance{Zone: "UTC"} }
