package attackverdict

import (
	"net/netip"
	"slices"
	"testing"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// snmpFlood and synackFlood are attacks in every test of this file.
func snmpFlood() bucket   { return bucket{class: vector.SNMP, sources: 100, each: 50} }
func synackFlood() bucket { return bucket{class: vector.TCPSynAck, sources: 100, each: 50} }

// TestAttached checks what the second bucket becomes beside the attack in the
// first.
func TestAttached(t *testing.T) {
	from := func(port uint64, share float64) func(*model.Facts) {
		return func(f *model.Facts) { f.SrcPorts = dominated(port, share, 5, f.FieldRecords) }
	}
	cases := []struct {
		name          string
		attack, other bucket
		slug          string // "": stays ordinary
	}{
		{"the same service by port", snmpFlood(), bucket{class: vector.SNMPPort, sources: 2, each: 20}, "reflection-snmp"},
		{"fragments of the same hosts", snmpFlood(), bucket{class: vector.Fragment, sources: 100, each: 3}, "reflection-snmp"},
		{"fragments of other hosts", snmpFlood(), bucket{class: vector.Fragment, sources: 20, each: 3, from: 5000}, ""},
		{"datagrams of the same hosts and port", snmpFlood(), bucket{class: vector.UDP, sources: 60, each: 2, set: from(161, 0.9)}, "reflection-snmp"},
		{"datagrams of the same hosts, another port", snmpFlood(), bucket{class: vector.UDP, sources: 60, each: 2, set: from(4000, 0.9)}, ""},
		{"datagrams of other hosts from that port", snmpFlood(), bucket{class: vector.UDP, sources: 60, each: 2, from: 5000, set: from(161, 0.9)}, ""},
		{"resets of services", synackFlood(), bucket{class: vector.TCPRst, sources: 50, each: 2, from: 5000, set: from(80, 0.9)}, "synack-reflection"},
		{"resets of clients", synackFlood(), bucket{class: vector.TCPRst, sources: 50, each: 2, from: 5000, set: from(50_000, 0.9)}, ""},
		{"resets of the boxes that send pages", bucket{class: vector.TCPHTTPResponse, sources: 100, each: 50}, bucket{class: vector.TCPRstAck, sources: 80, each: 2}, "tcp-middlebox-reflection"},
		{"resets of others", bucket{class: vector.TCPHTTPResponse, sources: 100, each: 50}, bucket{class: vector.TCPRstAck, sources: 80, each: 2, from: 5000}, ""},
		{"ICMP of the same hosts", snmpFlood(), bucket{class: vector.ICMPEcho, sources: 100, each: 1}, ""},
	}
	for _, c := range cases {
		j, _ := given{buckets: []bucket{c.attack, c.other}}.assess()
		first, part := j.Parts[0], j.Parts[1]
		if first.Verdict != yes {
			t.Errorf("%s: the attack itself is %s", c.name, first.Verdict)
		}
		if got := part.Verdict == yes; got != (c.slug != "") || got && part.Slug != c.slug {
			t.Errorf("%s: %s %s, want %q", c.name, part.Verdict, part.Slug, c.slug)
		}
	}
}

// TestMachinesOfAFloodOfRequests: their handshakes and acknowledgements belong to
// it, restricted to the sources that the flood has.
func TestMachinesOfAFloodOfRequests(t *testing.T) {
	requests := bucket{class: vector.TCPHTTPRequest, sources: 50, each: 100, flags: model.Handshake, flagged: 50, set: func(f *model.Facts) {
		f.HTTP = &model.HTTPFacts{Requests: f.Samples, Paths: only(1, f.Samples), Pages: only(1, f.Samples), Agents: only(1, f.Samples)}
	}}
	acks := bucket{class: vector.TCPAck, sources: 200, each: 20, flags: model.GotReplies, flagged: 200}
	j, _ := given{buckets: []bucket{requests, acks}, out: 500}.assess()
	part := j.Parts[1]
	if part.Verdict != yes || part.Slug != "http-flood" || part.Within != 1 || part.AtLeast == 0 {
		t.Errorf("%+v", part)
	}
	j, _ = given{buckets: []bucket{requests, {class: vector.TCPAck, sources: 200, each: 20, from: 5000, flags: model.GotReplies, flagged: 200}}, out: 500}.assess()
	if j.Parts[1].Verdict == yes {
		t.Errorf("of others: %+v", j.Parts[1])
	}
}

// TestOneBucketOfTwoAttacks: fragments of hosts that reflect two services get a
// part in each.
func TestOneBucketOfTwoAttacks(t *testing.T) {
	j, _ := given{buckets: []bucket{snmpFlood(), {class: vector.CLDAP, sources: 100, each: 50, from: 1000},
		{class: vector.Fragment, sources: 1100, each: 1}}}.assess()
	var slugs []string
	for _, p := range j.Parts {
		if p.Bucket == 2 && p.Verdict == yes {
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
	quiet := bucket{class: vector.UDPService, sources: 10, each: 100}
	open := bucket{class: vector.UDP, sources: 50, each: 1000}
	cases := []struct {
		name    string
		buckets []bucket
		want    model.AttackVerdict
		targets []int
	}{
		{"nothing", nil, no, nil},
		{"ordinary", []bucket{quiet}, no, nil},
		{"an attack", []bucket{snmpFlood(), quiet}, yes, []int{0}},
		{"undecided, most of all", []bucket{open, quiet}, undecided, nil},
		{"undecided, little of all", []bucket{{class: vector.TCPAbnormal, sources: 1, each: 500}, {class: vector.UDPService, sources: 10, each: 10_000}}, no, nil},
		{"an attack and something undecided", []bucket{open, {class: vector.SNMP, sources: 100, each: 50, target: 1}}, yes, []int{1}},
		{"two targets, heaviest first", []bucket{snmpFlood(), {class: vector.SNMP, sources: 100, each: 100, target: 1}}, yes, []int{1, 0}},
		{"the second got less than a hundredth", []bucket{{class: vector.SNMP, sources: 100, each: 1000}, {class: vector.SNMP, sources: 10, each: 10, target: 1}}, yes, []int{0}},
	}
	for _, c := range cases {
		j, _ := given{buckets: c.buckets}.assess()
		if j.Verdict != c.want || !slices.Equal(j.Targets, c.targets) {
			t.Errorf("%s: %s, targets %v", c.name, j.Verdict, j.Targets)
		}
		for _, p := range j.Parts {
			if p.Verdict == yes && !slices.Contains(j.Targets, p.Target) {
				t.Errorf("%s: cell %d is an attack on no target", c.name, p.Bucket)
			}
		}
	}
}

// TestNeighboursShowTheOtherDirection: a target that sends nothing is silent
// where others of its network are heard, and unseen where nobody is.
func TestNeighboursShowTheOtherDirection(t *testing.T) {
	buckets := []bucket{snmpFlood(), {class: vector.TCPFinAck, sources: 10, each: 100, target: 1}}
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
		j, _ := given{buckets: buckets, profile: func(p *model.Profile) {
			p.Targets[0].Prefix, p.Targets[1].Prefix = netip.MustParsePrefix(c.first), netip.MustParsePrefix(c.second)
			p.Targets[1].Out = c.out
		}}.assess()
		if got := j.Parts[0].Unsolicited.Verdict; got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// TestSpoofedSourcesAreEnough: no ordinary traffic of any class spoofs its
// sources, unless an ordinary explanation was found or there is too little.
func TestSpoofedSourcesAreEnough(t *testing.T) {
	run(t, []given{
		{name: "a class without a rule", buckets: []bucket{{class: vector.ICMPError, sources: 1000, each: 1}}, spoofed: true, want: yes, says: "no ordinary traffic forges"},
		{name: "without forging", buckets: []bucket{{class: vector.ICMPError, sources: 1000, each: 1}}, want: no},
		{name: "too few", buckets: []bucket{{class: vector.ICMPError, sources: 100, each: 1}}, spoofed: true, want: no},
		{name: "a rule that finds nothing", buckets: []bucket{{class: vector.TCPFinAck, sources: 300, each: 1}}, other: 100_000, spoofed: true, want: yes, says: "forged"},
		{name: "an ordinary explanation", buckets: []bucket{{class: vector.TCPSyn, sources: 2, each: 500, set: all(system, ports)}}, spoofed: true, want: no, says: "a scan"},
	})
	p := &model.Profile{Targets: []model.TargetFacts{{}}, Buckets: []model.Facts{{Class: model.MaxClasses - 1, Samples: 1000, Kept: 1}}}
	if j := Assess(&Case{Profile: p}); j.Verdict != no || j.Parts[0].Slug != "unclassified" {
		t.Errorf("a class that is none: %+v", j)
	}
}

// TestSourcesActTogether: machines that are all active for a short time are a
// flood, the same packets over the whole recording are not.
func TestSourcesActTogether(t *testing.T) {
	udp := func(seconds int) []bucket {
		return []bucket{{class: vector.UDP, sources: 100, each: 20, seconds: seconds, set: length(1)}}
	}
	run(t, []given{
		{name: "in ten seconds of a minute", buckets: udp(10), out: 50, want: yes, says: "of one length"},
		{name: "all the time", buckets: udp(60), out: 50, want: no, says: "telephony"},
	})
}

// TestThinnedTables: counts of sources and packets are estimates from those
// that were kept.
func TestThinnedTables(t *testing.T) {
	thin := func(f *model.Facts) {
		f.Kept = 0.25
		f.Samples *= 4
		f.Packets *= 4
	}
	run(t, []given{
		{name: "five kept of twenty", buckets: []bucket{{class: vector.SNMPPort, sources: 5, each: 10, set: thin}}, want: yes, says: "from 20 sources"},
		{name: "five", buckets: []bucket{{class: vector.SNMPPort, sources: 5, each: 40}}, want: no, says: "few answers"},
	})
}

// TestFewSamplesAreNoPeak: one sample in a second stands for a thousand
// packets, but not for a rate.
func TestFewSamplesAreNoPeak(t *testing.T) {
	syn := func(peak float64) []bucket {
		return []bucket{{class: vector.TCPSyn, sources: 300, each: 1, seconds: 3600, set: all(options(0, 1), func(f *model.Facts) {
			f.Packets = 1000 * float64(f.Samples)
			f.PeakPPS = peak
		})}}
	}
	hosts := func(t *model.TargetFacts) { t.HostsIn = 100 }
	run(t, []given{
		{name: "one sample in the fullest second", buckets: syn(1000), profile: sampled, target: hosts, want: no, says: "every address gets"},
		{name: "thirty", buckets: syn(30_000), profile: sampled, target: hosts, want: yes, says: "no TCP option"},
	})
}

func TestFigures(t *testing.T) {
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
