package settings

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"floodmark/internal/conf"
)

func (s *Settings) customers() []string { return slices.Sorted(maps.Keys(s.Customers)) }

func (a *Alerts) names() []string {
	var out []string
	for _, r := range a.Receivers {
		out = append(out, r.Name)
	}
	return out
}

func (a *Alerts) check(c *checker, k conf.Key) {
	names := make(map[string]bool)
	for i := range a.Receivers {
		rk := k.Sub("receivers").Item(i)
		c.name(rk.Sub("name"), a.Receivers[i].Name, names)
		a.Receivers[i].check(c, rk)
	}
	groups := slices.Sorted(maps.Keys(c.s.Groups))
	for i, r := range a.Rules {
		rk := k.Sub("rules").Item(i)
		if len(r.Receivers) == 0 {
			c.wrong(rk, conf.Hint("has no receivers", "write receivers: [NAME]"))
		}
		for j, name := range r.Receivers {
			c.known(rk.Sub("receivers").Item(j), "receiver", name, a.names())
		}
		m := rk.Sub("match")
		for j, name := range r.Match.Customers {
			c.known(m.Sub("customers").Item(j), "customer", name, c.s.customers())
		}
		for j, name := range r.Match.Groups {
			c.known(m.Sub("groups").Item(j), "group", name, groups)
		}
		c.targets(m.Sub("targets"), r.Match.Targets)
		if q := r.QuietHours; q != nil && q.From == q.To {
			c.wrong(rk.Sub("quiet_hours"), errors.New("from and to are the same"))
		}
		c.within(rk.Sub("group_wait"), r.GroupWait, 0, 3600*second)
	}
	h := k.Sub("heartbeat")
	c.within(h.Sub("every"), a.Heartbeat.Every, 5*second, conf.Duration(day))
	if url := a.Heartbeat.URL.Reveal(); url != "" {
		c.wrong(h.Sub("url"), conf.CheckURL(url))
	}
}

// check requires exactly one integration and the keys that it needs.
func (r *Receiver) check(c *checker, k conf.Key) {
	count, need := 0, func(way, key string, ok bool) {
		if wk := k.Sub(way); !ok && !c.f.Has(wk.Sub(key)) {
			c.wrong(wk, fmt.Errorf("has no %s", key))
		}
	}
	if r.Webhook != nil {
		count++
		need("webhook", "url", r.Webhook.URL != "")
	}
	if r.Alertmanager != nil {
		count++
		need("alertmanager", "url", r.Alertmanager.URL != "")
	}
	if r.PagerDuty != nil {
		count++
		need("pagerduty", "routing_key", r.PagerDuty.RoutingKey.IsSet())
	}
	if r.Syslog != nil {
		count++
		need("syslog", "address", r.Syslog.Address.IsValid())
	}
	if r.Shoutrrr != nil {
		count++
		need("shoutrrr", "url", r.Shoutrrr.URL.IsSet())
	}
	if r.Exec != nil {
		count++
		need("exec", "command", r.Exec.Command != "")
		c.exists(k.Sub("exec").Sub("command"), r.Exec.Command)
		c.within(k.Sub("exec").Sub("timeout"), r.Exec.Timeout, second, 3600*second)
	}
	if count != 1 {
		c.wrong(k, conf.Hint(fmt.Sprintf("has %d integrations", count), "write exactly one of webhook, alertmanager, pagerduty, syslog, shoutrrr, exec"))
	}
}
