package simday

import (
	"strings"
	"testing"
)

const small = `
name: small
title: A small day.
date: 2026-06-15
zone: Europe/Berlin
services:
  - slug: a
    components: [app, login]
    networks: [192.0.2.0/24]
    packets: 10kpps
    usual: {mean: 3, parts: {app: 0.7}, places: {DE: 3, US-CA: 1}}
events:
  - what: attack
    service: a
    at: "10:00"
    traffic: [{vector: udp-flood, for: 10m, rate: 1Mpps}]
    reports: [{peak: 200}]
`

func TestErrorsStateWhereAndWhat(t *testing.T) {
	if _, err := Parse("small.yaml", []byte(small)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"name: small", "name: Small Day", "small.yaml:2:7: name: \"Small Day\" is no short name"},
		{"2026-06-15", "tomorrow", "is not a date such as"},
		{"Europe/Berlin", "Berlin", "IANA name"},
		{"192.0.2.0/24", "8.8.8.0/24", "small.yaml:9:16: services[0].networks[0]: 8.8.8.0/24 is not within"},
		{"10kpps", "10Mbps", "a rate of packets"},
		{"app: 0.7", "app: 0.7, login: 0.5", "the shares sum up to 1.2"},
		{"app: 0.7", "posting: 0.7", "a has no such component"},
		{"US-CA: 1", "XX: 1", "not a country"},
		{"what: attack", "what: atack", "attack"},
		{"service: a", "service: b", `there is no service "b"`},
		{"udp-flood", "udp-floood", "udp-flood"},
		{"rate: 1Mpps", "rate: 0pps", "say vector, for and rate"},
		{"peak: 200", "peak: 0", "from 1 to"},
		{"peak: 200", "peek: 200", `unknown key "peek"`},
		{"for: 10m", "for: 20d", "longer than 14 days"},
		{"date: 2026-06-15", "date: 2026-06-15\ndays: 99", "99 days: from 1 to 14"},
		{"date: 2026-06-15", "date: 2026-06-15\nlike: nothing", `nothing`},
		{"date: 2026-06-15", "date: 2026-06-15\nlike: x-2025-03-10-outside", "is like x-2025-03-10 itself"},
		{"date: 2026-06-15", "date: 2026-06-15\ntraffic: {export: netflow5, sampling: 20000}", "16383 at most"},
		{"date: 2026-06-15", "date: 2026-06-15\ntruth: {quiet: [b]}", `no service "b"`},
	} {
		if !strings.Contains(small, c.old) {
			t.Fatalf("%q is not in the file", c.old)
		}
		if _, err := Parse("small.yaml", []byte(strings.Replace(small, c.old, c.new, 1))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
}

// FuzzParse wants no panic, and bounds to hold for whatever is taken.
func FuzzParse(f *testing.F) {
	f.Add([]byte(small))
	for _, name := range Names() {
		b, _ := Source(name)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Parse("fuzz.yaml", data)
		if err != nil {
			return
		}
		if d.Days > maxDays || len(d.Services) > maxServices || d.End().Sub(d.Begin()).Hours() > 24*maxDays+2 {
			t.Errorf("%d days, %d services", d.Days, len(d.Services))
		}
		d.Config(Addresses{Front: "127.0.0.1:1"})
		d.Network()
		d.Answer(d.Services[0].Slug, d.Services[0].Components[0], d.Begin())
	})
}
