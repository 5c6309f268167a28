package text

import (
	"math"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	lo, hi := 0.201, 0.243
	x, y := 0.0910, 0.0914
	for _, c := range []struct{ got, want string }{
		{Bits(500e6), "500 Mbit/s"},
		{Bits(1587211008), "1.59 Gbit/s"},
		{Bits(5), "5 bit/s"},
		{Bounds(&lo, nil, "bits/s"), "at least 0.2 bit/s"},
		{Bounds(nil, nil, "share"), ""},
		{Bounds(&lo, &hi, "share"), "20.1–24.3 %"},
		{Bounds(&x, &y, ""), "0.091–0.091"},
		{Bytes(9100332144), "9.10 GB"},
		{Bytes(911), "911 B"},
		{Chance(0.9712), "97 %"},
		{Chance(0.999), ">99 %"},
		{Chance(0.0001), "<1 %"},
		{Chance(1), "100 %"},
		{Clean("a\x1b[31m\u202eb\x00\nc", 0), "a[31mb c"},
		{Clean("abcdef", 4), "abc…"},
		{Clean("\xff\xfeok", 9), "ok"},
		{Clock("x"), "x"},
		{Count(0), "0"},
		{Count(412300), "412,300"},
		{Count(999), "999"},
		{Count(999999), "999,999"},
		{Count(18904411), "18.9 million"},
		{Count(999999999), "1 billion"},
		{Count(31.22), "31.2"},
		{Count(1e18), "1.00 × 10^18"},
		{Count(-1200), "-1,200"},
		{Count(0.5), "0.5"},
		{Count(0.00012), "0.00012"},
		{Count(0.000062), "0.000062"},
		{Count(-0.02), "-0.02"},
		{Count(1e-30), "0"},
		{Duration(57.9), "58 s"},
		{Duration(0.31), "0.31 s"},
		{Duration(121), "2 min 1 s"},
		{Duration(7300), "2 h 1 min"},
		{Duration(400000), "5 days"},
		{Duration(300), "5 min"},
		{Duration(7200), "2 h"},
		{Duration(SecondsBetween("2025-03-10T10:00:00Z", "2025-03-10T10:01:09.5Z")), "70 s"},
		{Duration(SecondsBetween("x", "")), "0 s"},
		{Percent(0.2211), "22.1 %"},
		{Percent(0), "0 %"},
		{Percent(1), "100 %"},
		{Percent(0.99999), ">99.9 %"},
		{Percent(0.00001), "<0.01 %"},
		{Percent(0.0012), "0.12 %"},
		{Percent(0.00999), "1.0 %"},
		{Percent(0.0099), "0.99 %"},
		{Ratio(0.9), "0.90"},
		{Rough(4.4), "4.4"},
		{Rough(12.6), "13"},
		{Short(412300), "412 k"},
		{Short(600000), "600 k"},
		{Short(20), "20"},
		{Short(100), "100"},
		{Short(5), "5"},
		{Short(999.96), "1 k"},
		{Short(0.25), "0.25"},
		{Span("2025-03-10T10:00:04Z", "2025-03-10T10:01:02Z"), "10 March 2025, 10:00:04 to 10:01:02 UTC"},
		{Span("2025-03-10T23:59:04Z", "2025-03-11T00:01:02Z"), "10 March 2025, 23:59:04 to 11 March 2025, 00:01:02 UTC"},
		{Times("2025-03-10T10:00:00Z", "2025-03-10T11:30:00Z"), "10:00 – 11:30"},
		{Times("2025-03-10T10:00:00Z", ""), "since 10:00"},
		{Times("2025-03-10T23:00:00Z", "2025-03-11T00:30:00Z"), "10 Mar, 23:00 – 11 Mar, 00:30"},
		{When("2025-03-10T11:00:04+01:00"), "10 March 2025, 10:00:04 UTC"},
		{Group("-1234567", "."), "-1.234.567"},
		{List(nil), ""},
		{List([]string{"a", "b", "c"}), "a, b and c"},
		{Plural(2, "is", "are"), "are"},
		{RoughPercent(0), "0 %"},
		{RoughPercent(0.00012), "0.012 %"},
		{RoughPercent(0.0123), "1.2 %"},
		{RoughPercent(0.0996), "10 %"},
		{RoughPercent(0.456), "46 %"},
		{Width(0.12345), "12.35%"},
		{Width(math.NaN()), "0%"},
		{Width(7), "100%"},
		{Clip("größer", 6), "größer"},
		{Clip("größer", 5), "größ…"},
		{Clip("ab", 0), "…"},
		{Nearest("Sampling-Rat", []string{"sample", "sampling_rate"}), "sampling_rate"},
		{Nearest("tpye", []string{"name", "type"}), "type"},
		{Nearest("x", []string{"yz", "zy"}), ""},
		{Nearest(strings.Repeat("a", 65), []string{strings.Repeat("a", 65)}), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"Ä", "A", 1}, {"eth0", "eht0", 1}, {"", "lo", 2}, {"enp1s0", "enp2s0", 1}} {
		if got := Distance(c.a, c.b); got != c.want || Distance(c.b, c.a) != got {
			t.Errorf("Distance(%q, %q) = %d, want %d both ways", c.a, c.b, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	names := []string{"threshold", "listen", "from", "keep_seconds"}
	for in, want := range map[string]string{
		"treshold": "threshold", "thershold": "threshold", "Listen": "listen", "form": "from", "keep-seconds": "keep_seconds",
		"x": "", "colour": "", strings.Repeat("threshold", 50): "",
	} {
		if got := Nearest(in, names); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
