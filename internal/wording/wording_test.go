package wording

import (
	"testing"

	"floodmark/internal/model"
)

func TestWording(t *testing.T) {
	lo, hi := 0.201, 0.243
	x, y := 0.0910, 0.0914
	l, h := 18.63e6, 19.18e6
	for _, c := range []struct{ got, want string }{
		{Range(model.Estimate{Low: &lo, High: &hi}), "20.1–24.3 %"},
		{Range(model.Estimate{Low: &lo, High: &lo}), ""},
		{Range(model.Estimate{Low: &lo}), "at least 20.1 %"},
		{Range(model.Estimate{}), "no bounds"},
		{Range(model.Estimate{Low: &x, High: &y}), "9.10–9.14 %"},
		{CountRange(model.Estimate{Low: &l, High: &h}), "18.6–19.2 million"},
		{ByteRange(model.Estimate{Low: &lo, High: &h}), "0.2 B–19.2 MB"},
		{Words("udp-flood: host-free; reflection-dns and like-udp-flood"), "UDP flood: host-free; DNS reflection and like-udp-flood"},
		{Words("snmp-port to 192.0.2.1"), "SNMP (by port) to 192.0.2.1"},
		{Class("ntp"), "NTP answers"},
		{Class("udp"), "UDP"},
		{Class("tcp-ack"), "TCP ACK"},
		{Sentence("commands do not pass the victim", 80), "Commands do not pass the victim."},
		{Sentence("Ünder?", 80), "Ünder?"},
		{Sentence("", 80), ""},
		{Sentence("abcdef", 4), "Abc…"},
		{Vector("reflection-dns"), "DNS reflection"},
		{Vector("reflection-new"), "new reflection"},
		{Vector("x\x1b"), "x"},
		{Headline(&model.Analysis{Attack: "no"}), "No attack found"},
		{Headline(&model.Analysis{Attack: "undecided"}), "Undecided whether this is an attack"},
		{Headline(&model.Analysis{Attack: "yes", Vectors: []model.Vector{{Name: "udp-flood"}, {Name: "syn-flood"}}}), "UDP flood and SYN flood"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestOutageWording(t *testing.T) {
	o := &model.OutageReport{Name: "X", State: model.Closed, Started: "2025-03-10T10:02:30Z", Ended: "2025-03-11T00:10:00Z", Total: 1, Networks: 1,
		Peak: model.ReportBucket{At: "2025-03-10T10:15:00Z", Problems: 61, Expected: 0.48, High: 12.6, Known: true}}
	live := &model.OutageReport{Name: "X", State: model.Open, Started: o.Started, Peak: model.ReportBucket{At: o.Peak.At, Problems: 1}, Total: 2}
	for _, c := range []struct{ got, want string }{
		{OutageHeadline(o), "Users reported problems with X: 61 in 15 minutes at the peak, where fewer than one is usual"},
		{OutageHeadline(live), "Users reported problems with X: 1 in 15 minutes at the peak"},
		{OutageWhen(o), "It began about 10 March 2025, 10:02 UTC and ended about 11 March 2025, 00:10 UTC, after 14 h 8 min. The fullest 15 minutes, from 10:15, had 61 reports of problems; fewer than one is usual at that time, and up to 13 normal. In all there was 1 report of problems from 1 network."},
		{OutageWhen(live), "It began about 10 March 2025, 10:02 UTC and was going on when this was written. The fullest 15 minutes, from 10:15, had 1 report of problems. In all there were 2 reports of problems."},
		{LikelihoodRatio(2.4), "251 times likelier"},
		{LikelihoodRatio(-0.2), "1.6 times less likely"},
		{Cause("x"), "x"},
		{Signal(""), "History"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if !PublicOnly(&model.Analysis{Outage: o}) || PublicOnly(&model.Analysis{}) || PublicOnly(&model.Analysis{Outage: o, Inputs: []model.Input{{Records: 1}}}) {
		t.Error("PublicOnly does not depend on recorded traffic")
	}
}
