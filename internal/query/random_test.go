package query

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randomFilter writes a condition as a person might.
func randomFilter(r *rand.Rand, depth int, usable func(*field) bool) string {
	if depth > 0 {
		switch r.IntN(5) {
		case 0:
			return "not (" + randomFilter(r, depth-1, usable) + ")"
		case 1, 2:
			return "(" + randomFilter(r, depth-1, usable) + one(r, " and ", " or ", " AND ") + randomFilter(r, depth-1, usable) + ")"
		}
	}
	for {
		if f := fields[r.IntN(len(fields))]; usable(f) {
			return randomCompare(r, f)
		}
	}
}

func randomCompare(r *rand.Rand, f *field) string {
	switch {
	case f.kind == flagsKind && r.IntN(2) == 0:
		return one(r, "syn", "not ack", "tcp_flags has syn+ack", "syn and not ack")
	case f.kind == boolKind && r.IntN(2) == 0:
		return f.name
	case f.kind.ordered() && r.IntN(3) == 0:
		return f.name + one(r, " < ", "<=", " >", ">= ") + randomValue(r, f, false)
	case r.IntN(2) == 0:
		return f.name + one(r, "=", " != ", " in ", " not in ") + randomValue(r, f, true)
	}
	var values []string
	for range 1 + r.IntN(4) {
		values = append(values, randomValue(r, f, true))
	}
	return f.name + one(r, " in (", " not in (") + strings.Join(values, ", ") + ")"
}

func randomValue(r *rand.Rand, f *field, ranges bool) string {
	between := func(max int) string {
		lo := r.IntN(max)
		if !ranges || r.IntN(2) == 0 {
			return fmt.Sprint(lo)
		}
		return fmt.Sprintf("%d-%d", lo, lo+r.IntN(max-lo))
	}
	switch f.kind {
	case addressKind:
		a := randomAddr(r)
		switch b := randomAddr(r); r.IntN(4) {
		case 0:
			return ip(a)
		case 1:
			if a.Is4() == b.Is4() {
				if a.Compare(b) > 0 {
					a, b = b, a
				}
				return ip(a) + "-" + ip(b)
			}
		}
		if a.Is4() {
			return fmt.Sprintf("%s/%d", a, r.IntN(33))
		}
		return fmt.Sprintf("%s/%d", ip(a), r.IntN(129))
	case portKind:
		return one(r, "dns", "HTTPS", "1024", "0", between(1023), between(65535), between(3000))
	case sizeKind:
		return one(r, between(4000), between(1500), "1k", "0", "100k", "1")
	case durationKind:
		return one(r, "10s", "1m30s", "0s", "500ms", "99s")
	case protoKind:
		return one(r, "tcp", "udp", "icmp", "47", "gre", between(60))
	case flagsKind:
		return one(r, "syn", "none", "syn+ack", "18", "2")
	case exporterKind:
		return one(r, "edge-1", "2", "3", `"edge-1"`)
	case interfaceKind:
		return one(r, `"transit a"`, "1", "2", "0")
	case asKind:
		return one(r, "AS64500", "64501", "unknown", "4200000000", "64500-64510")
	case countryKind:
		return one(r, "DE", "nl", "unknown", "FR")
	case directionKind:
		return one(r, "in", "out", "through")
	case classKind:
		return one(r, classNames()[r.IntN(100)], "tcp-syn")
	case vectorKind:
		return vectorFirst.slugs[r.IntN(len(vectorFirst.slugs))]
	case boolKind:
		return one(r, "yes", "no")
	}
	return between(256)
}
