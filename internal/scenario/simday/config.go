package simday

import (
	"cmp"
	"fmt"
	"strings"
)

// Addresses are the sockets of a server that a day is played to. Empty ones are
// the usual.
type Addresses struct {
	Operator, Public string // HTTP
	NetFlow, SFlow   string // UDP
	Front            string // that plays the services, asked by probes; empty: no probes
}

// Config gives the configuration that a server needs for the day, as YAML.
func (d *Day) Config(a Addresses) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p("# For floodmark scenario run %s. All that is told there is made up.\nsynthetic: %s\n", d.Name, d.Name)
	p("http:\n  operator: {listen: %q}\n  public: {listen: %q}\n", cmp.Or(a.Operator, "127.0.0.1:8080"), cmp.Or(a.Public, "127.0.0.1:8081"))
	p("user_reports:\n  false_alarm_budget: 1 per year\n  trusted_proxies: [127.0.0.0/8]\n")
	if d.Traffic.Export == "none" {
		p("collectors: []\n")
	} else {
		p("collectors:\n  - {protocol: netflow, listen: %q}\n  - {protocol: sflow, listen: %q}\n", cmp.Or(a.NetFlow, "127.0.0.1:2055"), cmp.Or(a.SFlow, "127.0.0.1:6343"))
		d.exporters(p)
		p("networks: [%s]\n", strings.Join(d.networks(), ", "))
		d.thresholds(p)
	}
	p("services:\n")
	for i := range d.Services {
		d.Services[i].config(p, a.Front)
	}
	return b.String()
}

// exporters are those of scenario.RunSchedule.
func (d *Day) exporters(p func(string, ...any)) {
	p("exporters:\n")
	for i, ports := range [][3]int{{10, 1, 2}, {64, 5, 6}} {
		p("  - address: 127.0.0.%d\n    name: border-%d\n    interfaces:\n", 31+i, i+1)
		p("      - {index: %d, role: internal}\n      - {index: %d, role: external}\n      - {index: %d, role: external}\n", ports[0], ports[1], ports[2])
	}
}

// usualSampling is how coarsely routers may sample for the usual thresholds to
// suit: at one packet in 10,000 a single one stands for 120 Mbit in a second.
const usualSampling = 10_000

// thresholds are the usual ones, raised where two packets of one second that
// happen to be drawn would exceed them.
func (d *Day) thresholds(p func(string, ...any)) {
	f := float64(d.Traffic.Sampling) / usualSampling
	if f <= 1 {
		return
	}
	p("groups:\n  default:\n    thresholds:\n      host:\n")
	for _, way := range []string{"in", "out"} {
		p("        %s: {packets: %.0fkpps, bits: %.0fMbps, udp-packets: %.0fkpps, syn-packets: %.0fkpps}\n", way, 100*f, 1000*f, 50*f, 10*f)
	}
}

func (d *Day) networks() (out []string) {
	for i := range d.Services {
		for _, n := range d.Services[i].Networks {
			out = append(out, n.Prefix.String())
		}
	}
	return out
}

func (s *Service) config(p func(string, ...any), front string) {
	p("  - slug: %s\n    name: %q\n    timezone: %s\n    components: [%s]\n", s.Slug, s.Name, s.Zone, strings.Join(s.Components, ", "))
	if s.Category != "" {
		p("    category: %q\n", s.Category)
	}
	if s.Owner != "" {
		p("    organization: %q\n", s.Owner)
	}
	if len(s.DependsOn) > 0 {
		p("    depends_on: [%s]\n", strings.Join(s.DependsOn, ", "))
	}
	var networks []string
	for _, n := range s.Networks {
		networks = append(networks, n.Prefix.String())
	}
	if len(networks) > 0 {
		p("    networks: [%s]\n", strings.Join(networks, ", "))
	}
	if front == "" {
		return
	}
	p("    probes:\n")
	for _, c := range s.Components {
		p("      - {component: %s, url: %q, every: 30s, timeout: 2s}\n", c, "http://"+front+"/"+s.Slug+"/"+c)
	}
}
