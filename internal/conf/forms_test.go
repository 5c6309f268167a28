package conf

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestUnitsAreReadAsTheyArePrinted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Duration(rapid.Int64Range(0, int64(maxDuration)/1e6).Draw(t, "ms") * 1e6)
		b := Bytes(rapid.Int64Range(0, 1<<50).Draw(t, "octets"))
		r := Rate{float64(rapid.Int64Range(0, 1e15).Draw(t, "rate")), RateUnit(rapid.IntRange(0, 2).Draw(t, "unit"))}
		var d2 Duration
		var b2 Bytes
		var r2 Rate
		if d2.UnmarshalText([]byte(d.String())) != nil || d2 != d {
			t.Fatalf("%d prints as %s, reads as %d", d, d, d2)
		}
		if b2.UnmarshalText([]byte(b.String())) != nil || b2 != b {
			t.Fatalf("%d prints as %s, reads as %d", b, b, b2)
		}
		if r2.UnmarshalText([]byte(r.String())) != nil || r2 != r {
			t.Fatalf("%v prints as %s, reads as %v", r.Value, r, r2)
		}
	})
}

func TestUnits(t *testing.T) {
	for in, want := range map[string]string{
		"90m": "1h30m", "2w": "14d", "1.5h": "1h30m", "1y": "365d", "1500ms": "1s500ms", "0s": "0s",
		"": "is not a duration", "5": "has no unit", "5 s": "has no unit", "-5s": "is not a duration", "5sec": "is not a duration",
		"101y": "longer than 100 years", "1e9s": "is not a duration", "5m3": "has no unit",
	} {
		var d Duration
		is(t, in, want, d.UnmarshalText([]byte(in)), func() string { return d.String() })
	}
	for in, want := range map[string]string{
		"10GB": "10GB", "512MiB": "512MiB", "1024KiB": "1MiB", "1000kB": "1MB", "0.5MB": "500kB", "7B": "7B",
		"10": "has no unit", "10gb": "did you mean 10GB?", "10Gb": "did you mean 10GB?", "10Q": "no unit that is known",
		"0.5B": "no number of octets", "99999999TB": "no number of octets", "GB": "is not a number",
	} {
		var b Bytes
		is(t, in, want, b.UnmarshalText([]byte(in)), func() string { return b.String() })
	}
	for in, want := range map[string]string{
		"20kpps": "20kpps", "1000Mbps": "1Gbps", "3500fps": "3500fps", "1.5Gbps": "1500Mbps",
		"20000": "write it such as 20kpps (packets), 1Gbps (bits) or 3500fps (flows)", "1GBps": "no unit that is known", "1gbps": "did you mean 1Gbps?",
		"20KPPS": "the unit is pps", "20Kpps": "did you mean 20kpps?", "pps": "is not a number", "9999999999Tbps": "too large",
	} {
		var r Rate
		is(t, in, want, r.UnmarshalText([]byte(in)), func() string { return r.String() })
	}
}

func is(t *testing.T, in, want string, err error, printed func() string) {
	t.Helper()
	got := ""
	if err != nil {
		text, hint := split(err)
		got = text + "; " + hint
		if !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		return
	}
	if got = printed(); got != want {
		t.Errorf("%q reads as %s, want %s", in, got, want)
	}
}

func TestAddresses(t *testing.T) {
	for in, want := range map[string]string{
		"198.51.100.0/24": "198.51.100.0/24", "192.0.2.1": "192.0.2.1/32", "2001:db8::/48": "2001:db8::/48",
		"198.51.100.7/24": "did you mean 198.51.100.0/24?", "x": "is not a prefix", "::ffff:192.0.2.0/120": "is not a prefix", "fe80::1%eth0": "is not a prefix",
	} {
		var p Prefix
		is(t, in, want, p.UnmarshalText([]byte(in)), func() string { return p.String() })
	}
	for in, want := range map[string]string{
		"127.0.0.1:2055": "127.0.0.1:2055", "[::]:80": "[::]:80", ":80": "write 127.0.0.1:80 for this machine", "localhost:80": "write 127.0.0.1:80", "host:80": "is not an address",
	} {
		var a AddrPort
		is(t, in, want, a.UnmarshalText([]byte(in)), func() string { return a.String() })
	}
	for in, want := range map[string]string{"192.0.2.1": "192.0.2.1", "192.0.2.0/24": "is not an address", "fe80::1%1": "is not an address"} {
		var a Addr
		is(t, in, want, a.UnmarshalText([]byte(in)), func() string { return a.String() })
	}
	for in, want := range map[string]string{
		"https://h.example/x": "https://h.example/x", "ftp://h": "not a URL of http", "https://": "not a URL of http", "http://u:p@h/": "may not hold a name or password",
	} {
		var u URL
		is(t, in, want, u.UnmarshalText([]byte(in)), func() string { return string(u) })
	}
}

func TestTimes(t *testing.T) {
	for in, want := range map[string]string{"22:30": "22:30", "00:00": "00:00", "24:00": "is not a time of day", "9pm": "is not a time of day"} {
		var x TimeOfDay
		is(t, in, want, x.UnmarshalText([]byte(in)), func() string { return x.String() })
	}
	for in, want := range map[string]string{"Europe/Berlin": "Europe/Berlin", "UTC": "UTC", "Local": "is not a time zone", "": "is not a time zone", "../etc": "is not a time zone"} {
		var z Zone
		is(t, in, want, z.UnmarshalText([]byte(in)), func() string { return z.Location().String() })
	}
	for in, want := range map[string]string{"2026-03-10T22:00:00+01:00": "21:00", "2026-03-10 22:00": "is not a time"} {
		var m Moment
		is(t, in, want, m.UnmarshalText([]byte(in)), func() string { return m.UTC().Format("15:04") })
	}
}
