package settings

import (
	"errors"
	"fmt"

	"floodmark/internal/conf"
	"floodmark/internal/model"
)

// Group is the thresholds of a group of targets.
type Group struct {
	// Thresholds by kind of target.
	Thresholds Thresholds `conf:"thresholds"`
}

// Thresholds are what a group's targets may not exceed.
type Thresholds struct {
	// Thresholds for each host address.
	Host Bounds `conf:"host"`
	// Thresholds for the total of each /24, /22 and /20 (IPv6: /64, /56 and /48), which detect attacks spread over many addresses (carpet bombing).
	Prefix Bounds `conf:"prefix"`
	// Thresholds for the total of each customer.
	Customer Bounds `conf:"customer"`
	// Thresholds for the total of all monitored networks. Allowed in group default only.
	Network Bounds `conf:"network"`
}

// Bounds are the thresholds of one kind of target.
type Bounds struct {
	// Traffic to the target.
	In Limits `conf:"in"`
	// Traffic from the target: attacks by your own hosts.
	Out Limits `conf:"out"`
}

// Limits are thresholds by metric. A metric that is not in the map has no
// threshold of this group, but that of group default.
type Limits map[model.Metric]Limit

// UnmarshalText reads the word off, which switches off every metric there is,
// those of later versions included.
func (l *Limits) UnmarshalText(b []byte) error {
	if err := wantOff(b, "metrics"); err != nil {
		return err
	}
	*l = make(Limits)
	for m := range model.Metrics {
		(*l)[m] = Limit{Off: true}
	}
	return nil
}

// UnmarshalText reads the word off for both directions.
func (b *Bounds) UnmarshalText(text []byte) error {
	if err := wantOff(text, "in and out"); err != nil {
		return err
	}
	return errors.Join(b.In.UnmarshalText(text), b.Out.UnmarshalText(text))
}

// UnmarshalText reads the word off for every kind of target.
func (t *Thresholds) UnmarshalText(text []byte) error {
	if err := wantOff(text, "kinds of targets"); err != nil {
		return err
	}
	for _, k := range t.kinds() {
		if err := k.bounds.UnmarshalText(text); err != nil {
			return err
		}
	}
	return nil
}

func wantOff(text []byte, keys string) error {
	if string(text) == "off" {
		return nil
	}
	return conf.Hint(fmt.Sprintf("%q is not a section", text), `write "off", or `+keys+" below it, indented")
}

// Choices lists the metrics.
func (Limits) Choices() []string {
	var out []string
	for m := range model.Metrics {
		out = append(out, m.String())
	}
	return out
}

// Limit is a threshold, or off.
type Limit struct {
	Off  bool
	Rate conf.Rate
}

// Form names the form of a limit.
func (Limit) Form() string { return conf.Rate{}.Form() + ", or \"off\"" }

// UnmarshalText reads a rate or off.
func (l *Limit) UnmarshalText(b []byte) error {
	if string(b) == "off" {
		*l = Limit{Off: true}
		return nil
	}
	l.Off = false
	return l.Rate.UnmarshalText(b)
}

// String prints the limit as it is written.
func (l Limit) String() string {
	if l.Off {
		return "off"
	}
	return l.Rate.String()
}

// unitOf is how rates of a metric are written.
func unitOf(m model.Metric) conf.RateUnit {
	switch m.Unit() {
	case "bits/s":
		return conf.BitRate
	case "flows/s":
		return conf.FlowRate
	}
	return conf.PacketRate
}

// fits returns an error if a limit does not fit its metric.
func (l Limit) fits(m model.Metric) error {
	u := unitOf(m)
	switch {
	case l.Off:
		return nil
	case l.Rate.Unit != u:
		return conf.Hint(fmt.Sprintf("%s are counted in %s, not in %s", m, u, l.Rate.Unit), "write it such as "+sensible[u])
	case l.Rate.Value <= 0:
		return conf.Hint("a threshold of zero is always exceeded", "write off to have none")
	}
	return nil
}

var sensible = [...]string{conf.PacketRate: "20kpps", conf.BitRate: "1Gbps", conf.FlowRate: "3500fps"}

// kinds lists the bounds with their key and kind of target.
func (t *Thresholds) kinds() [4]kindBounds {
	return [4]kindBounds{
		{"host", model.HostTarget, &t.Host}, {"prefix", model.PrefixTarget, &t.Prefix},
		{"customer", model.CustomerTarget, &t.Customer}, {"network", model.NetworkTarget, &t.Network},
	}
}

type kindBounds struct {
	key    string
	kind   model.TargetKind
	bounds *Bounds
}

// Rates gives the thresholds of a group for a kind of target and direction,
// with what it takes from group default: 0 where there is none. An unknown
// group is default.
func (s *Settings) Rates(group string, kind model.TargetKind, d model.Direction) model.Rates {
	var out model.Rates
	for _, name := range [...]string{DefaultGroup, group} {
		g, ok := s.Groups[name]
		if !ok {
			continue
		}
		for _, k := range g.Thresholds.kinds() {
			limits := k.bounds.In
			if d == model.Out {
				limits = k.bounds.Out
			}
			if k.kind != kind || d == model.Through {
				continue
			}
			for m, l := range limits {
				out[m] = l.Rate.Value
				if l.Off {
					out[m] = 0
				}
			}
		}
	}
	return out
}
