package alert

import (
	"fmt"
	"log/slog"
	"slices"
	"time"

	"floodmark/internal/model"
)

// Limits where a Receiver does not set its own, and such that are fixed.
const (
	defaultMaxAge = 24 * time.Hour   // a message that old is given up
	maxQueue      = 1000             // messages that wait for one receiver; endings come on top
	maxThreads    = 10_000           // incidents whose threads are remembered
	maxEvents     = 100              // events of one joined message
	sendTimeout   = 10 * time.Second // of one attempt over a network
	keepThreads   = 7 * 24 * time.Hour
)

// Config is who is told of what.
type Config struct {
	Receivers []Receiver
	Rules     []Rule              // none: every receiver is told of everything but suspicions
	Customers map[string][]string // names of receivers of a customer's incidents, besides those of the rules
	Link      string              // address of the pages, without a slash at the end; "" for no links
	Host      string              // what this instance is called, for syslog and Alertmanager; "" for the host's name
}

// Receiver is one place that alerts go to; exactly one of the ways is set.
type Receiver struct {
	Name         string
	Webhook      *Webhook
	Alertmanager *Alertmanager
	PagerDuty    *PagerDuty
	Syslog       *Syslog
	Shoutrrr     *Shoutrrr
	Exec         *Exec
	MaxAge       time.Duration // how long a message is tried; 0 for defaultMaxAge
}

// Rule sends some incidents to some receivers.
type Rule struct {
	Receivers []string
	Match     Match
	Quiet     func(time.Time) bool // whether only what is critical is sent now; nil for never
	GroupWait time.Duration        // gather events for one receiver so long; only for those that people read
	Repeat    time.Duration        // remind so often of what nobody acknowledged; 0 for never
}

// Match is what an incident and its change must be. All that is set must hold;
// of a list, one.
type Match struct {
	Severity   model.Severity // at least; "" for any
	Customers  []string
	Groups     []string
	Targets    []model.TargetID   // of or within; the network holds no services
	Directions []model.Direction  // services have none
	Changes    []model.ChangeType // none: all but Noticed
}

// Kind names the way of a receiver: webhook, alertmanager, pagerduty, syslog,
// shoutrrr or exec.
func (r *Receiver) Kind() string {
	for _, w := range r.ways() {
		if w.set {
			return w.name
		}
	}
	return ""
}

type way struct {
	name string
	set  bool
}

func (r *Receiver) ways() []way {
	return []way{{"webhook", r.Webhook != nil}, {"alertmanager", r.Alertmanager != nil}, {"pagerduty", r.PagerDuty != nil},
		{"syslog", r.Syslog != nil}, {"shoutrrr", r.Shoutrrr != nil}, {"exec", r.Exec != nil}}
}

// machine reports receivers that keep a state of their own, which must end when
// the incident does. They are told of each incident by itself and at once.
func (r *Receiver) machine() bool {
	return r.Alertmanager != nil || r.PagerDuty != nil || r.Exec != nil
}

func (r *Receiver) maxAge() time.Duration {
	if r.MaxAge > 0 {
		return r.MaxAge
	}
	return defaultMaxAge
}

// sender makes what carries the messages of r; host is what this instance is
// called.
func (r *Receiver) sender(host string, log *slog.Logger) (sender, error) {
	switch {
	case r.Webhook != nil:
		return newWebhook(r.Webhook)
	case r.Alertmanager != nil:
		return newAlertmanager(r.Alertmanager, host)
	case r.PagerDuty != nil:
		return newPagerDuty(r.PagerDuty)
	case r.Syslog != nil:
		return newSyslog(r.Syslog, host)
	case r.Shoutrrr != nil:
		return newChat(r.Shoutrrr)
	case r.Exec != nil:
		return newProgram(r.Exec, log)
	}
	return nil, fmt.Errorf("receiver %s has no way to send", r.Name)
}

// check wants names that are told apart and exist, and one way each.
func (c *Config) check() error {
	var names []string
	for i := range c.Receivers {
		r := &c.Receivers[i]
		if r.Name == "" || slices.Contains(names, r.Name) {
			return fmt.Errorf("receiver %d: name %q is empty or used twice", i+1, r.Name)
		}
		names = append(names, r.Name)
		n := 0
		for _, w := range r.ways() {
			if w.set {
				n++
			}
		}
		if n != 1 {
			return fmt.Errorf("receiver %s has %d ways to send, want 1", r.Name, n)
		}
	}
	for i, rule := range c.Rules {
		for _, n := range rule.Receivers {
			if !slices.Contains(names, n) {
				return fmt.Errorf("rule %d: no receiver %q", i+1, n)
			}
		}
	}
	for customer, list := range c.Customers {
		for _, n := range list {
			if !slices.Contains(names, n) {
				return fmt.Errorf("customer %s: no receiver %q", customer, n)
			}
		}
	}
	return nil
}

// rules are those of the configuration, or one for everybody, and one for each
// customer with receivers of its own.
func (c *Config) rules() []Rule {
	out := slices.Clone(c.Rules)
	if len(out) == 0 {
		var all []string
		for _, r := range c.Receivers {
			all = append(all, r.Name)
		}
		out = []Rule{{Receivers: all}}
	}
	for customer, list := range c.Customers {
		out = append(out, Rule{Receivers: list, Match: Match{Customers: []string{customer}}})
	}
	return out
}
