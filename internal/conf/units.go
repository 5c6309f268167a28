package conf

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time, written with its unit: 500ms, 10s, 5m, 1h30m,
// 7d, 2w, 1y. A day has 24 hours and a year 365 days.
type Duration time.Duration

// unit is a suffix and what it multiplies by.
type unit struct {
	name string
	size float64
}

// durations are in milliseconds, of which 100 years have so few that sums in
// floating point are exact.
var durations = []unit{
	{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}, {"w", 7 * 86400e3}, {"y", 365 * 86400e3},
}

// maxDuration keeps sums far from the end of 64 bits of nanoseconds.
const maxDuration = 100 * 365 * 24 * time.Hour

// Std converts to the standard library's form.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// Form names the form of a duration.
func (Duration) Form() string { return "duration, such as 10s, 5m or 7d" }

// UnmarshalText reads a duration of at most 100 years.
func (d *Duration) UnmarshalText(b []byte) error {
	s, sum := string(b), 0.0
	bad := Hint(fmt.Sprintf("%q is not a duration", s), "write it with its unit, such as 10s, 5m or 7d")
	if s == "" {
		return bad
	}
	for rest := s; rest != ""; {
		x, after, ok := number(rest)
		if !ok {
			return bad
		}
		name := after[:prefixOf(after, "abcdefghijklmnopqrstuvwxyz")]
		size, ok := sizeOf(name, durations)
		if name == "" {
			return Hint(fmt.Sprintf("%q has no unit", s), "write it such as "+rest+"s, "+rest+"m or "+rest+"d")
		}
		if !ok {
			return bad
		}
		sum, rest = sum+x*size, after[len(name):]
	}
	if sum > float64(maxDuration.Milliseconds()) {
		return fmt.Errorf("%q is longer than 100 years", s)
	}
	*d = Duration(int64(math.Round(sum)) * int64(time.Millisecond))
	return nil
}

// String prints the duration as it can be read again, to the millisecond.
func (d Duration) String() string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	rest := time.Duration(d).Milliseconds()
	for _, name := range []string{"d", "h", "m", "s", "ms"} {
		size, _ := sizeOf(name, durations)
		if n := rest / int64(size); n > 0 {
			b.WriteString(strconv.FormatInt(n, 10) + name)
			rest -= n * int64(size)
		}
	}
	return b.String()
}

// Bytes is a number of octets, written with its unit: 512B, 10GB (powers of
// 1000), 512MiB (powers of 1024).
type Bytes int64

var byteUnits = []unit{
	{"B", 1}, {"kB", 1e3}, {"KiB", 1 << 10}, {"MB", 1e6}, {"MiB", 1 << 20},
	{"GB", 1e9}, {"GiB", 1 << 30}, {"TB", 1e12}, {"TiB", 1 << 40},
}

// Form names the form of a number of octets.
func (Bytes) Form() string { return "size, such as 10GB or 512MiB" }

// UnmarshalText reads a number of octets below 2^60.
func (x *Bytes) UnmarshalText(b []byte) error {
	v, err := measure(string(b), byteUnits, "10GB or 512MiB")
	if err != nil {
		return err
	}
	if v >= 1<<60 || v != math.Trunc(v) {
		return Hint(fmt.Sprintf("%q is no number of octets", b), "write it such as 10GB or 512MiB")
	}
	*x = Bytes(v)
	return nil
}

// String prints the number with the largest unit that leaves no fraction.
func (x Bytes) String() string { return inUnits(float64(x), byteUnits) }

// RateUnit is what a rate counts.
type RateUnit uint8

// The units of rates, each in a second.
const (
	PacketRate RateUnit = iota // pps
	BitRate                    // bps
	FlowRate                   // fps
)

var rateUnits = [...]string{"pps", "bps", "fps"}

// String prints pps, bps or fps.
func (u RateUnit) String() string { return rateUnits[u] }

// Rate is so many packets, bits or flows in a second, written with its unit:
// 20kpps, 1Gbps, 3500fps. Prefixes are powers of 1000.
type Rate struct {
	Value float64 // in a second
	Unit  RateUnit
}

// Form names the form of a rate.
func (Rate) Form() string { return "rate, such as 20kpps, 1Gbps or 3500fps" }

const rateHint = "20kpps (packets), 1Gbps (bits) or 3500fps (flows)"

// UnmarshalText reads a rate below 10^18.
func (r *Rate) UnmarshalText(b []byte) error {
	v, unit, err := rate(string(b))
	if err != nil {
		return err
	}
	if v >= 1e18 {
		return fmt.Errorf("%q is too large", b)
	}
	*r = Rate{v, unit}
	return nil
}

func rate(s string) (float64, RateUnit, error) {
	for u, name := range rateUnits {
		if strings.HasSuffix(s, name) {
			v, err := measure(s, rateTable(name), rateHint)
			return v, RateUnit(u), err
		}
	}
	if n := len(s) - 3; n > 0 { // 1GBps, 1gbps and 20KPPS are written in many ways
		if end := strings.ToLower(s[n:]); s[n:] != "Bps" && (end == "pps" || end == "bps" || end == "fps") {
			return 0, 0, Hint(fmt.Sprintf("%q has no unit that is known", s), "the unit is "+end)
		}
	}
	_, err := measure(s, nil, rateHint)
	return 0, 0, err
}

func rateTable(name string) []unit {
	return []unit{{name, 1}, {"k" + name, 1e3}, {"M" + name, 1e6}, {"G" + name, 1e9}, {"T" + name, 1e12}}
}

// String prints the rate with the largest prefix that leaves no fraction.
func (r Rate) String() string { return inUnits(r.Value, rateTable(r.Unit.String())) }

// measure reads a number and its unit.
func measure(s string, units []unit, example string) (float64, error) {
	x, name, ok := number(s)
	if !ok {
		return 0, Hint(fmt.Sprintf("%q is not a number with a unit", s), "write it such as "+example)
	}
	if name == "" {
		return 0, Hint(fmt.Sprintf("%q has no unit", s), "write it such as "+example)
	}
	if size, ok := sizeOf(name, units); ok {
		return x * size, nil
	}
	for _, u := range units {
		if strings.EqualFold(u.name, name) {
			return 0, Hint(fmt.Sprintf("%q has no unit that is known", s), "did you mean "+s[:len(s)-len(name)]+u.name+"?")
		}
	}
	return 0, Hint(fmt.Sprintf("%q has no unit that is known", s), "write it such as "+example)
}

// number reads digits with at most one point, and gives what follows.
func number(s string) (x float64, after string, ok bool) {
	n := prefixOf(s, "0123456789.")
	if n == 0 || n > 18 || s[0] == '.' || s[n-1] == '.' {
		return 0, s, false
	}
	x, err := strconv.ParseFloat(s[:n], 64)
	return x, s[n:], err == nil
}

// prefixOf is how many of the first octets of s are in set.
func prefixOf(s, set string) int { return len(s) - len(strings.TrimLeft(s, set)) }

func sizeOf(name string, units []unit) (float64, bool) {
	for _, u := range units {
		if u.name == name {
			return u.size, true
		}
	}
	return 0, false
}

func inUnits(x float64, units []unit) string {
	best := units[0]
	for _, u := range units {
		if x >= u.size && math.Mod(x, u.size) == 0 {
			best = u
		}
	}
	return strconv.FormatFloat(x/best.size, 'f', -1, 64) + best.name
}
