package figure

import (
	"testing"

	"floodmark/internal/model"
)

func TestFigures(t *testing.T) {
	lo, hi := 0.201, 0.243
	x, y := 0.0910, 0.0914
	l, h := 18.63e6, 19.18e6
	for _, c := range []struct{ got, want string }{
		{Count(0), "0"}, {Count(412300), "412,300"}, {Count(999), "999"}, {Count(999999), "999,999"}, {Count(18904411), "18.9 million"},
		{Count(999999999), "1 billion"}, {Count(31.22), "31.2"}, {Count(1e18), "1.00 × 10^18"}, {Count(-1200), "-1,200"}, {Count(0.5), "0.5"},
		{Short(412300), "412 k"}, {Short(600000), "600 k"}, {Short(20), "20"}, {Short(100), "100"}, {Count(0.00012), "0.00012"}, {Count(0.000062), "0.000062"}, {Count(-0.02), "-0.02"}, {Count(1e-30), "0"}, {Bits(500e6), "500 Mbit/s"}, {Short(5), "5"}, {Short(999.96), "1 k"}, {Short(0.25), "0.25"},
		{Bits(1587211008), "1.59 Gbit/s"}, {Bits(5), "5 bit/s"}, {Bytes(9100332144), "9.10 GB"}, {Bytes(911), "911 B"},
		{Percent(0.2211), "22.1 %"}, {Percent(0), "0 %"}, {Percent(1), "100 %"}, {Percent(0.99999), ">99.9 %"}, {Percent(0.00001), "<0.01 %"}, {Percent(0.0012), "0.12 %"},
		{Range(model.Estimate{Low: &lo, High: &hi}), "20.1–24.3 %"}, {Range(model.Estimate{Low: &lo, High: &lo}), ""},
		{Range(model.Estimate{Low: &lo}), "at least 20.1 %"}, {Range(model.Estimate{}), "no bounds"},
		{Bounds(&lo, nil, "bits/s"), "at least 0.2 bit/s"}, {Bounds(nil, nil, "share"), ""}, {Bounds(&lo, &hi, "share"), "20.1–24.3 %"},
		{Range(model.Estimate{Low: &x, High: &y}), "9.10–9.14 %"},
		{CountRange(model.Estimate{Low: &l, High: &h}), "18.6–19.2 million"}, {ByteRange(model.Estimate{Low: &lo, High: &h}), "0.2 B–19.2 MB"},
		{Span("2025-03-10T10:00:04Z", "2025-03-10T10:01:02Z"), "10 March 2025, 10:00:04 to 10:01:02 UTC"},
		{Span("2025-03-10T23:59:04Z", "2025-03-11T00:01:02Z"), "10 March 2025, 23:59:04 to 11 March 2025, 00:01:02 UTC"},
		{Duration(57.9), "58 s"}, {Duration(0.31), "0.31 s"}, {Duration(121), "2 min 1 s"}, {Duration(7300), "2 h 1 min"}, {Duration(400000), "5 days"},
		{When("2025-03-10T11:00:04+01:00"), "10 March 2025, 10:00:04 UTC"}, {Clock("x"), "x"},
		{Clean("a\x1b[31m\u202eb\x00\nc", 0), "a[31mb c"}, {Clean("abcdef", 4), "abc…"}, {Clean("\xff\xfeok", 9), "ok"},
		{Duration(300), "5 min"}, {Duration(7200), "2 h"}, {Percent(0.00999), "1.0 %"}, {Percent(0.0099), "0.99 %"}, {Bounds(&x, &y, ""), "0.091–0.091"},
		{Words("udp-flood: host-free; reflection-dns and like-udp-flood"), "UDP flood: host-free; DNS reflection and like-udp-flood"},
		{Words("snmp-port to 192.0.2.1"), "SNMP (by port) to 192.0.2.1"}, {Class("ntp"), "NTP answers"}, {Class("udp"), "UDP"}, {Class("tcp-ack"), "TCP ACK"},
		{Sentence("commands do not pass the victim", 80), "Commands do not pass the victim."}, {Sentence("Ünder?", 80), "Ünder?"}, {Sentence("", 80), ""}, {Sentence("abcdef", 4), "Abc…"},
		{Duration(Between("2025-03-10T10:00:00Z", "2025-03-10T10:01:09.5Z")), "70 s"}, {Duration(Between("x", "")), "0 s"},
		{Vector("reflection-dns"), "DNS reflection"}, {Vector("reflection-new"), "new reflection"}, {Vector("x\x1b"), "x"},
		{Headline(&model.Analysis{Attack: "no"}), "No attack found"}, {Headline(&model.Analysis{Attack: "undecided"}), "Undecided whether this is an attack"},
		{Headline(&model.Analysis{Attack: "yes", Vectors: []model.Vector{{Name: "udp-flood"}, {Name: "syn-flood"}}}), "UDP flood and SYN flood"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestOutageWords(t *testing.T) {
	o := &model.OutageReport{Name: "X", State: model.Closed, Started: "2025-03-10T10:02:30Z", Ended: "2025-03-11T00:10:00Z", Total: 1, Networks: 1,
		Peak: model.ReportBucket{At: "2025-03-10T10:15:00Z", Problems: 61, Expected: 0.48, High: 12.6, Known: true}}
	live := &model.OutageReport{Name: "X", State: model.Open, Started: o.Started, Peak: model.ReportBucket{At: o.Peak.At, Problems: 1}, Total: 2}
	for _, c := range []struct{ got, want string }{
		{OutageHeadline(o), "Users reported problems with X: 61 in 15 minutes at the peak, where fewer than one is usual"},
		{OutageHeadline(live), "Users reported problems with X: 1 in 15 minutes at the peak"},
		{OutageWhen(o), "It began about 10 March 2025, 10:02 UTC and ended about 11 March 2025, 00:10 UTC, after 14 h 8 min. The fullest 15 minutes, from 10:15, had 61 reports of problems; fewer than one is usual at that time, and up to 13 normal. In all there was 1 report of problems from 1 network."},
		{OutageWhen(live), "It began about 10 March 2025, 10:02 UTC and was going on when this was written. The fullest 15 minutes, from 10:15, had 1 report of problems. In all there were 2 reports of problems."},
		{Rough(4.4), "4.4"}, {Rough(12.6), "13"}, {Ratio(0.9), "0.90"}, {Chance(0.9712), "97 %"}, {Chance(0.999), ">99 %"}, {Chance(0.0001), "<1 %"}, {Chance(1), "100 %"},
		{Factor(2.4), "251 times likelier"}, {Factor(-0.2), "1.6 times less likely"}, {Cause("x"), "x"}, {Signal(""), "History"},
		{Times("2025-03-10T10:00:00Z", "2025-03-10T11:30:00Z"), "10:00 – 11:30"}, {Times("2025-03-10T10:00:00Z", ""), "since 10:00"}, {Times("2025-03-10T23:00:00Z", "2025-03-11T00:30:00Z"), "10 Mar, 23:00 – 11 Mar, 00:30"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if !Outside(&model.Analysis{Outage: o}) || Outside(&model.Analysis{}) || Outside(&model.Analysis{Outage: o, Inputs: []model.Input{{Records: 1}}}) {
		t.Error("what is seen from outside is not told apart")
	}
}
