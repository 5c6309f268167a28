package settings

import (
	"floodmark/internal/conf"
	"floodmark/internal/model"
)

// Alerts is the alert receivers and their routing.
type Alerts struct {
	// Alert receivers, each with a name and exactly one integration.
	Receivers []Receiver `conf:"receivers"`
	// Routing rules. An alert goes to the receivers of all matching rules, to each receiver once. Without rules every alert goes to every receiver.
	Rules []Rule `conf:"rules"`
	// Heartbeat for a dead man's switch.
	Heartbeat Heartbeat `conf:"heartbeat"`
}

// Receiver is one alert receiver with its integration.
type Receiver struct {
	// Name of the receiver in rules and logs.
	Name string `conf:"name"`
	// Webhook: signed JSON by POST, retried until it is accepted.
	Webhook *Webhook `conf:"webhook"`
	// Prometheus Alertmanager, API v2.
	Alertmanager *Alertmanager `conf:"alertmanager"`
	// PagerDuty, Events API v2.
	PagerDuty *PagerDuty `conf:"pagerduty"`
	// Syslog, RFC 5424.
	Syslog *Syslog `conf:"syslog"`
	// Chat, mail or push services through the shoutrrr library.
	Shoutrrr *Shoutrrr `conf:"shoutrrr"`
	// Program that receives JSON on standard input and FastNetMon-style arguments, of which the last is ban or unban.
	Exec *Exec `conf:"exec"`
}

// Webhook is a URL that receives JSON by POST.
type Webhook struct {
	// URL that receives the alerts.
	URL conf.URL `conf:"url"`
	// Key of the HMAC-SHA256 signature in the header. If unset, requests are not signed.
	Secret conf.Secret `conf:"secret"`
}

// Alertmanager is a Prometheus Alertmanager.
type Alertmanager struct {
	// Base URL, without /api/v2.
	URL conf.URL `conf:"url"`
	// Bearer token, if required.
	Token conf.Secret `conf:"token"`
}

// PagerDuty is an integration of a PagerDuty service.
type PagerDuty struct {
	// Integration key.
	RoutingKey conf.Secret `conf:"routing_key"`
	// URL of the Events API.
	URL conf.URL `conf:"url"`
}

// SetDefaults gives the URL of the public API.
func (p *PagerDuty) SetDefaults() { p.URL = "https://events.pagerduty.com/v2/enqueue" }

// Syslog is a syslog server.
type Syslog struct {
	// Address and port of the server.
	Address conf.AddrPort `conf:"address"`
	// Transport of messages. With tls the certificate is verified against the system's roots.
	Transport Transport `conf:"transport"`
	// Syslog facility of the messages.
	Facility Facility `conf:"facility"`
}

// SetDefaults gives UDP and local0.
func (s *Syslog) SetDefaults() { *s = Syslog{Transport: "udp", Facility: "local0"} }

// Shoutrrr is a service of the shoutrrr library.
type Shoutrrr struct {
	// Service URL, such as slack://… or smtp://…. It contains the password and is therefore a secret.
	URL conf.Secret `conf:"url"`
}

// Exec is a program that is run for each alert.
type Exec struct {
	// Path of the program. It is executed directly, without a shell.
	Command conf.FilePath `conf:"command"`
	// Arguments that precede those of the alert.
	Args []string `conf:"args"`
	// Timeout after which the program is killed and the alert retried.
	Timeout conf.Duration `conf:"timeout"`
}

// SetDefaults gives a timeout.
func (e *Exec) SetDefaults() { *e = Exec{Timeout: conf.Duration(minute)} }

// Heartbeat is a request at regular intervals while detection is running.
type Heartbeat struct {
	// URL to request with GET. If unset, no heartbeat is sent.
	URL conf.Secret `conf:"url"`
	// Interval between requests.
	Every conf.Duration `conf:"every"`
}

// Rule routes matching incidents to receivers.
type Rule struct {
	// Names of receivers.
	Receivers []string `conf:"receivers"`
	// Conditions on the incident. Every condition that is set must hold; a list matches if any element does.
	Match Match `conf:"match"`
	// Quiet hours, in which this rule sends critical alerts only. Other alerts are sent as one message afterwards if the incident is still active.
	QuietHours *QuietHours `conf:"quiet_hours"`
	// Time to wait for further incidents and send them as one message (Alertmanager group_wait).
	GroupWait conf.Duration `conf:"group_wait"`
}

// Match is the conditions of a rule.
type Match struct {
	// Minimum severity.
	Severity Severity `conf:"severity"`
	// Customers of the target.
	Customers []string `conf:"customers"`
	// Threshold groups of the target.
	Groups []string `conf:"groups"`
	// Targets, or prefixes that contain them: an address, a prefix, customer:NAME, network (all traffic) or service:SLUG (user reports).
	Targets []model.TargetID `conf:"targets"`
	// Directions of the traffic. Incidents of services have none.
	Directions []Direction `conf:"directions"`
	// Types of change that are sent. By default all except noticed, which is a pending incident.
	Changes []Change `conf:"changes"`
}

// SetDefaults matches every incident.
func (r *Rule) SetDefaults() { *r = Rule{Match: Match{Severity: "info"}} }

// QuietHours is a daily period on some days.
type QuietHours struct {
	// Start of the quiet hours.
	From conf.TimeOfDay `conf:"from"`
	// End of the quiet hours. If it is before from, it is on the next day.
	To conf.TimeOfDay `conf:"to"`
	// Days on which the quiet hours start. Defaults to every day.
	Days []Weekday `conf:"days"`
	// Time zone of from, to and days.
	Timezone conf.Zone `conf:"timezone"`
}

// SetDefaults gives UTC.
func (q *QuietHours) SetDefaults() { *q = QuietHours{Timezone: "UTC"} }

// Maintenance is a window in which incidents of some targets send no alerts.
// They are still recorded and marked with the name of the window. A window is
// either one-time (from, to) or weekly (days, at, for).
type Maintenance struct {
	// Name of the maintenance window.
	Name string `conf:"name"`
	// Start of a one-time window.
	From conf.Moment `conf:"from"`
	// End of a one-time window.
	To conf.Moment `conf:"to"`
	// Days on which a weekly window starts. Defaults to every day.
	Days []Weekday `conf:"days"`
	// Time of day at which a weekly window starts.
	At *conf.TimeOfDay `conf:"at"`
	// Duration of a weekly window.
	For conf.Duration `conf:"for"`
	// Time zone of at and days.
	Timezone conf.Zone `conf:"timezone"`
	// Targets: addresses, prefixes, customer:NAME or network. Defaults to all targets.
	Targets []model.TargetID `conf:"targets"`
}

// SetDefaults gives UTC.
func (m *Maintenance) SetDefaults() { *m = Maintenance{Timezone: "UTC"} }
