package presence

import (
	"net/netip"
	"slices"
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// snmpFlood and synackFlood are attacks in every test of this file.
func snmpFlood() cell   { return cell{class: vector.SNMP, sources: 100, each: 50} }
func synackFlood() cell { return cell{class: vector.TCPSynAck, sources: 100, each: 50} }

// TestAttached checks what the second cell becomes beside the attack in the
// first.
func TestAttached(t *testing.T) {
	from := func(port uint64, share float64) func(*model.Facts) {
		return func(f *model.Facts) { f.SrcPorts = mostly(port, share, 5, f.FieldRecords) }
	}
	cases := []struct {
		name          string
		attack, other cell
		slug          string // "": stays ordinary
	}{
		{"the same service by port", snmpFlood(), cell{class: vector.SNMPPort, sources: 2, each: 20}, "reflection-snmp"},
		{"fragments of the same hosts", snmpFlood(), cell{class: vector.Fragment, sources: 100, each: 3}, "reflection-snmp"},
		{"fragments of other hosts", snmpFlood(), cell{class: vector.Fragment, sources: 20, each: 3, from: 5000}, ""},
		{"datagrams of the same hosts and port", snmpFlood(), cell{class: vector.UDP, sources: 60, each: 2, set: from(161, 0.9)}, "reflection-snmp"},
		{"datagrams of the same hosts, another port", snmpFlood(), cell{class: vector.UDP, sources: 60, each: 2, set: from(4000, 0.9)}, ""},
		{"datagrams of other hosts from that port", snmpFlood(), cell{class: vector.UDP, sources: 60, each: 2, from: 5000, set: from(161, 0.9)}, ""},
		{"resets of services", synackFlood(), cell{class: vector.TCPRst, sources: 50, each: 2, from: 5000, set: from(80, 0.9)}, "synack-reflection"},
		{"resets of clients", synackFlood(), cell{class: vector.TCPRst, sources: 50, each: 2, from: 5000, set: from(50_000, 0.9)}, ""},
		{"resets of the boxes that send pages", cell{class: vector.TCPHTTPResponse, sources: 100, each: 50}, cell{class: vector.TCPRstAck, sources: 80, each: 2}, "tcp-middlebox-reflection"},
		{"resets of others", cell{class: vector.TCPHTTPResponse, sources: 100, each: 50}, cell{class: vector.TCPRstAck, sources: 80, each: 2, from: 5000}, ""},
		{"ICMP of the same hosts", snmpFlood(), cell{class: vector.ICMPEcho, sources: 100, each: 1}, ""},
	}
	for _, c := range cases {
		j, _ := given{cells: []cell{c.attack, c.other}}.judge()
		first, part := j.Parts[0], j.Parts[1]
		if first.Presence != yes {
			t.Errorf("%s: the attack itself is %s", c.name, first.Presence)
		}
		if got := part.Presence == yes; got != (c.slug != "") || got && part.Slug != c.slug {
			t.Errorf("%s: %s %s, want %q", c.name, part.Presence, part.Slug, c.slug)
		}
	}
}

// TestMachinesOfAFloodOfRequests: their handshakes and acknowledgements belong to
// it, restricted to the sources that the flood has.
func TestMachinesOfAFloodOfRequests(t *testing.T) {
	requests := cell{class: vector.TCPHTTPRequest, sources: 50, each: 100, flags: model.Handshake, flagged: 50, set: func(f *model.Facts) {
		f.HTTP = &model.HTTPFacts{Requests: f.Draws, Paths: only(1, f.Draws), Pages: only(1, f.Draws), Agents: only(1, f.Draws)}
	}}
	acks := cell{class: vector.TCPAck, sources: 200, each: 20, flags: model.GotReplies, flagged: 200}
	j, _ := given{cells: []cell{requests, acks}, out: 500}.judge()
	part := j.Parts[1]
	if part.Presence != yes || part.Slug != "http-flood" || part.Within != 1 || part.AtLeast == 0 {
		t.Errorf("%+v", part)
	}
	j, _ = given{cells: []cell{requests, {class: vector.TCPAck, sources: 200, each: 20, from: 5000, flags: model.GotReplies, flagged: 200}}, out: 500}.judge()
	if j.Parts[1].Presence == yes {
		t.Errorf("of others: %+v", j.Parts[1])
	}
}

// TestOneCellOfTwoAttacks: fragments of hosts that reflect two services get a
// part in each.
func TestOneCellOfTwoAttacks(t *testing.T) {
	j, _ := given{cells: []cell{snmpFlood(), {class: vector.CLDAP, sources: 100, each: 50, from: 1000},
		{class: vector.Fragment, sources: 1100, each: 1}}}.judge()
	var slugs []string
	for _, p := range j.Parts {
		if p.Cell == 2 && p.Presence == yes {
			slugs = append(slugs, p.Slug)
			if p.Within == 0 {
				t.Errorf("%s takes all sources", p.Slug)
			}
		}
	}
	if !slices.Equal(slugs, []string{"reflection-snmp", "reflection-cldap"}) {
		t.Errorf("%v", slugs)
	}
}

func TestConclusion(t *testing.T) {
	quiet := cell{class: vector.UDPService, sources: 10, each: 100}
	open := cell{class: vector.UDP, sources: 50, each: 1000}
	cases := []struct {
		name    string
		cells   []cell
		want    model.Presence
		targets []int
	}{
		{"nothing", nil, no, nil},
		{"ordinary", []cell{quiet}, no, nil},
		{"an attack", []cell{snmpFlood(), quiet}, yes, []int{0}},
		{"undecided, most of all", []cell{open, quiet}, undecided, nil},
		{"undecided, little of all", []cell{{class: vector.TCPAbnormal, sources: 1, each: 500}, {class: vector.UDPService, sources: 10, each: 10_000}}, no, nil},
		{"an attack and something undecided", []cell{open, {class: vector.SNMP, sources: 100, each: 50, target: 1}}, yes, []int{1}},
		{"two targets, heaviest first", []cell{snmpFlood(), {class: vector.SNMP, sources: 100, each: 100, target: 1}}, yes, []int{1, 0}},
		{"the second got less than a hundredth", []cell{{class: vector.SNMP, sources: 100, each: 1000}, {class: vector.SNMP, sources: 10, each: 10, target: 1}}, yes, []int{0}},
	}
	for _, c := range cases {
		j, _ := given{cells: c.cells}.judge()
		if j.Presence != c.want || !slices.Equal(j.Targets, c.targets) {
			t.Errorf("%s: %s, targets %v", c.name, j.Presence, j.Targets)
		}
		for _, p := range j.Parts {
			if p.Presence == yes && !slices.Contains(j.Targets, p.Target) {
				t.Errorf("%s: cell %d is an attack on no target", c.name, p.Cell)
			}
		}
	}
}

// TestNeighboursShowTheOtherDirection: a target that sends nothing is silent
// where others of its network are heard, and unseen where nobody is.
func TestNeighboursShowTheOtherDirection(t *testing.T) {
	cells := []cell{snmpFlood(), {class: vector.TCPFinAck, sources: 10, each: 100, target: 1}}
	for _, c := range []struct {
		first, second string
		out           uint64
		want          string
	}{
		{"198.51.100.7/32", "198.51.101.7/32", 500, "unsolicited"},
		{"198.51.100.7/32", "203.0.113.7/32", 500, "not-applicable"},
		{"198.51.100.7/32", "198.51.101.7/32", 0, "not-applicable"},
		{"2001:db8::7/128", "2001:db8:1::7/128", 500, "unsolicited"},
		{"2001:db8::7/128", "2001:db9::7/128", 500, "not-applicable"},
	} {
		j, _ := given{cells: cells, profile: func(p *model.Profile) {
			p.Targets[0].Prefix, p.Targets[1].Prefix = netip.MustParsePrefix(c.first), netip.MustParsePrefix(c.second)
			p.Targets[1].Out = c.out
		}}.judge()
		if got := j.Parts[0].Unsolicited.Verdict; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// TestForgedSourcesAreEnough: no ordinary traffic of any class forges its
// sources, unless an ordinary explanation was found or there is too little.
func TestForgedSourcesAreEnough(t *testing.T) {
	run(t, []given{
		{name: "a class without a rule", cells: []cell{{class: vector.ICMPError, sources: 1000, each: 1}}, spoofed: true, want: yes, says: "no ordinary traffic forges"},
		{name: "without forging", cells: []cell{{class: vector.ICMPError, sources: 1000, each: 1}}, want: no},
		{name: "too few", cells: []cell{{class: vector.ICMPError, sources: 100, each: 1}}, spoofed: true, want: no},
		{name: "a rule that finds nothing", cells: []cell{{class: vector.TCPFinAck, sources: 300, each: 1}}, other: 100_000, spoofed: true, want: yes, says: "forged"},
		{name: "an ordinary explanation", cells: []cell{{class: vector.TCPSyn, sources: 2, each: 500, set: all(system, ports)}}, spoofed: true, want: no, says: "a scan"},
	})
	p := &model.Profile{Targets: []model.TargetFacts{{}}, Cells: []model.Facts{{Class: model.MaxClasses - 1, Draws: 1000, Kept: 1}}}
	if j := Judge(&Case{Profile: p}); j.Presence != no || j.Parts[0].Slug != "unclassified" {
		t.Errorf("a class that is none: %+v", j)
	}
}

// TestSourcesActTogether: machines that are all active for a short time are a
// flood, the same packets over the whole recording are not.
func TestSourcesActTogether(t *testing.T) {
	udp := func(seconds int) []cell {
		return []cell{{class: vector.UDP, sources: 100, each: 20, seconds: seconds, set: length(1)}}
	}
	run(t, []given{
		{name: "in ten seconds of a minute", cells: udp(10), out: 50, want: yes, says: "of one length"},
		{name: "all the time", cells: udp(60), out: 50, want: no, says: "telephony"},
	})
}

// TestThinnedTables: counts of sources and packets are estimates from those
// that were kept.
func TestThinnedTables(t *testing.T) {
	thin := func(f *model.Facts) {
		f.Kept = 0.25
		f.Draws *= 4
		f.Packets *= 4
	}
	run(t, []given{
		{name: "five kept of twenty", cells: []cell{{class: vector.SNMPPort, sources: 5, each: 10, set: thin}}, want: yes, says: "from 20 sources"},
		{name: "five", cells: []cell{{class: vector.SNMPPort, sources: 5, each: 40}}, want: no, says: "few answers"},
	})
}

// TestFewSamplesAreNoPeak: one sample in a second stands for a thousand
// packets, but not for a rate.
func TestFewSamplesAreNoPeak(t *testing.T) {
	syn := func(peak float64) []cell {
		return []cell{{class: vector.TCPSyn, sources: 300, each: 1, seconds: 3600, set: all(options(0, 1), func(f *model.Facts) {
			f.Packets = 1000 * float64(f.Draws)
			f.PeakPPS = peak
		})}}
	}
	hosts := func(t *model.TargetFacts) { t.HostsIn = 100 }
	run(t, []given{
		{name: "one sample in the fullest second", cells: syn(1000), profile: sampled, target: hosts, want: no, says: "every address gets"},
		{name: "thirty", cells: syn(30_000), profile: sampled, target: hosts, want: yes, says: "no TCP option"},
	})
}

func TestFigures(t *testing.T) {
	for x, want := range map[float64]string{0: "0 %", 0.001: "0.1 %", 0.005: "0.5 %", 0.123: "12 %", 1: "100 %"} {
		if got := text.RoughPercent(x); got != want {
			t.Errorf("text.RoughPercent(%g) = %q", x, got)
		}
	}
	for x, want := range map[float64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		if got := count(x); got != want {
			t.Errorf("count(%g) = %q", x, got)
		}
	}
}

// TestRulesAreKinds: every rule is of a kind that some class has, so that none
// is dead.
func TestRulesAreKinds(t *testing.T) {
	have := make(map[vector.Kind]bool)
	for _, c := range vector.Classes() {
		have[c.Kind] = true
	}
	for k := range rules {
		if !have[k] {
			t.Errorf("no class is of kind %s", k)
		}
	}
}
