package server

import (
	"slices"
	"time"

	"floodmark/internal/act/alert"
	"floodmark/internal/model"
	"floodmark/internal/settings"
)

// alertConfig maps the configuration onto that of alerts.
func alertConfig(s *settings.Settings, link string) alert.Config {
	c := alert.Config{Customers: make(map[string][]string), Link: link}
	for i := range s.Alerts.Receivers {
		c.Receivers = append(c.Receivers, receiverOf(&s.Alerts.Receivers[i]))
	}
	for i := range s.Alerts.Rules {
		c.Rules = append(c.Rules, ruleOf(&s.Alerts.Rules[i]))
	}
	for name, customer := range s.Customers {
		if len(customer.Notify) > 0 {
			c.Customers[name] = slices.Clone(customer.Notify)
		}
	}
	return c
}

func receiverOf(r *settings.Receiver) alert.Receiver {
	o := alert.Receiver{Name: r.Name}
	switch {
	case r.Webhook != nil:
		o.Webhook = &alert.Webhook{URL: string(r.Webhook.URL), Secret: r.Webhook.Secret.Reveal(), AllowPlain: true}
	case r.Alertmanager != nil:
		o.Alertmanager = &alert.Alertmanager{URL: string(r.Alertmanager.URL), Token: r.Alertmanager.Token.Reveal()}
	case r.PagerDuty != nil:
		o.PagerDuty = &alert.PagerDuty{RoutingKey: r.PagerDuty.RoutingKey.Reveal(), URL: string(r.PagerDuty.URL)}
	case r.Syslog != nil:
		o.Syslog = &alert.Syslog{Address: r.Syslog.Address.String(), Transport: string(r.Syslog.Transport), Facility: string(r.Syslog.Facility)}
	case r.Shoutrrr != nil:
		o.Shoutrrr = &alert.Shoutrrr{URL: r.Shoutrrr.URL.Reveal()}
	case r.Exec != nil:
		o.Exec = &alert.Exec{Command: string(r.Exec.Command), Args: r.Exec.Args, Timeout: time.Duration(r.Exec.Timeout)}
	}
	return o
}

func ruleOf(r *settings.Rule) alert.Rule {
	o := alert.Rule{Receivers: r.Receivers, GroupWait: time.Duration(r.GroupWait),
		Match: alert.Match{Severity: model.Severity(r.Match.Severity), Customers: r.Match.Customers, Groups: r.Match.Groups, Targets: r.Match.Targets}}
	for _, d := range r.Match.Directions {
		var dir model.Direction
		if dir.UnmarshalText([]byte(d)) == nil {
			o.Match.Directions = append(o.Match.Directions, dir)
		}
	}
	for _, c := range r.Match.Changes {
		o.Match.Changes = append(o.Match.Changes, model.ChangeType(c))
	}
	if r.QuietHours != nil {
		o.Quiet = r.QuietHours.Covers
	}
	return o
}
