package query

import (
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"

	"floodmark/internal/model"
)

// value reads one value of a field. An error's place is that of the token.
func (f *field) value(t token) (operand, *fault) {
	o := operand{}
	if t.kind != word && t.kind != quoted || t.text == "" {
		return o, &fault{t.pos, fmt.Sprintf("%s needs a value, found %v", f.name, t), f.example()}
	}
	lower := strings.ToLower(t.text)
	switch f.kind {
	case addressKind:
		return f.address(t)
	case exporterKind, interfaceKind:
		if v, err := strconv.ParseUint(t.text, 10, 32); err == nil && t.kind == word {
			o.span = span{v, v}
			return o, nil
		}
		o.name = t.text
		return o, nil
	case boolKind:
		return f.named(t, answers[lower], contains(answers, lower), names(answers))
	case directionKind:
		return f.named(t, directions[lower], contains(directions, lower), names(directions))
	case classKind:
		v, ok := classNumber(lower)
		return f.named(t, v, ok, classNames())
	case vectorKind:
		v, ok := vectorNumber(lower)
		return f.named(t, v, ok, vectorFirst.slugs)
	case countryKind:
		return f.country(t)
	case flagsKind:
		return f.flags(t)
	case durationKind:
		return f.ranged(t, func(s string) (uint64, bool) {
			d, ok := parseSpan(s)
			return uint64(d / 1e6), ok && d%1e6 == 0
		}, nil)
	case protoKind:
		return f.ranged(t, func(s string) (uint64, bool) { return wordOrNumber(protocols, s) }, names(protocols))
	case portKind:
		return f.ranged(t, func(s string) (uint64, bool) { return wordOrNumber(serviceNames, s) }, names(serviceNames))
	case asKind:
		return f.ranged(t, asNumber, nil)
	}
	return f.ranged(t, parseSize, nil)
}

func contains(m map[string]uint64, s string) bool {
	_, ok := m[s]
	return ok
}

func (f *field) named(t token, v uint64, ok bool, known []string) (operand, *fault) {
	if !ok {
		hint := didYouMean(strings.ToLower(t.text), known)
		if hint == "" && len(known) < 10 {
			hint = "write " + strings.Join(known, " or ")
		}
		return operand{}, &fault{t.pos, fmt.Sprintf("no %s is named %q", f.name, t.text), hint}
	}
	return operand{span: span{v, v}}, nil
}

// ranged reads V or V-V.
func (f *field) ranged(t token, one func(string) (uint64, bool), known []string) (operand, *fault) {
	lower := strings.ToLower(t.text)
	lo, ok := one(lower)
	hi := lo
	if a, b, cut := strings.Cut(lower, "-"); !ok && cut {
		var okB bool
		lo, ok = one(a)
		hi, okB = one(b)
		ok = ok && okB
	}
	switch {
	case !ok:
		hint := didYouMean(lower, known)
		if hint == "" {
			hint = f.example()
		}
		return operand{}, &fault{t.pos, fmt.Sprintf("%q is no value of %s", t.text, f.name), hint}
	case lo > hi:
		return operand{}, &fault{t.pos, fmt.Sprintf("the range %s ends before it begins", t.text), ""}
	case hi > f.max:
		return operand{}, &fault{t.pos, fmt.Sprintf("%s is at most %d", f.name, f.max), ""}
	}
	return operand{span: span{lo, hi}}, nil
}

// example is a hint of what values look like.
func (f *field) example() string {
	return map[kind]string{addressKind: "write 192.0.2.1, 198.18.0.0/15 or 192.0.2.1-192.0.2.9", portKind: "write 53, dns or 1024-2048",
		numberKind: "write a number or a range such as 1-9", sizeKind: "write a number such as 1500 or 10k", durationKind: "write 500ms, 30s or 1m-5m",
		protoKind: "write udp or 17", flagsKind: "write syn or syn+ack", exporterKind: "write its number or name", interfaceKind: "write its index or name",
		asKind: "write AS64500 or 64500", countryKind: "write DE, or unknown", directionKind: "write in, out or through", classKind: "see docs/vectors.md for the names",
		vectorKind: "see docs/vectors.md for the names", boolKind: "write yes or no"}[f.kind]
}

func wordOrNumber(m map[string]uint64, s string) (uint64, bool) {
	if v, ok := m[s]; ok {
		return v, true
	}
	v, err := strconv.ParseUint(s, 10, 64)
	return v, err == nil
}

func asNumber(s string) (uint64, bool) {
	if s == "unknown" {
		return 0, true
	}
	v, err := strconv.ParseUint(strings.TrimPrefix(s, "as"), 10, 64)
	return v, err == nil
}

// parseSize reads whole numbers, with k, m or g for thousands, millions, milliards.
func parseSize(s string) (uint64, bool) {
	scale := uint64(1)
	for i, unit := range []string{"k", "m", "g"} {
		if rest, ok := strings.CutSuffix(s, unit); ok {
			s, scale = rest, uint64(math.Pow10(3*(i+1)))
			break
		}
	}
	v, err := strconv.ParseUint(s, 10, 64)
	if err != nil || v > math.MaxUint64/scale {
		return 0, false
	}
	return v * scale, true
}

func (f *field) country(t token) (operand, *fault) {
	if strings.EqualFold(t.text, "unknown") {
		return operand{}, nil
	}
	v := uint64(model.ParseCode2(strings.ToUpper(t.text)))
	if v == 0 {
		return operand{}, &fault{t.pos, fmt.Sprintf("%q is no country code", t.text), f.example()}
	}
	return operand{span: span{v, v}}, nil
}

func (f *field) flags(t token) (operand, *fault) {
	lower := strings.ToLower(t.text)
	if v, err := strconv.ParseUint(lower, 10, 8); err == nil {
		return operand{span: span{v, v}}, nil
	}
	if lower == "none" {
		return operand{}, nil
	}
	var v uint64
	for name := range strings.SplitSeq(lower, "+") {
		bit := flagBit(name)
		if bit == 0 {
			return operand{}, &fault{t.pos, fmt.Sprintf("no TCP flag is named %q", name), "write fin, syn, rst, psh, ack, urg, ece or cwr, joined by +"}
		}
		v |= bit
	}
	return operand{span: span{v, v}}, nil
}

func flagBit(name string) uint64 {
	for i, n := range flagNames {
		if n == name {
			return 1 << i
		}
	}
	return 0
}

// address reads an address, a prefix or a range of addresses.
func (f *field) address(t token) (operand, *fault) {
	if a, b, ok := strings.Cut(t.text, "-"); ok {
		from, to := parseAddr(a), parseAddr(b)
		if !from.IsValid() || !to.IsValid() || from.Is4() != to.Is4() || to.Less(from) {
			return operand{}, &fault{t.pos, fmt.Sprintf("%q is no range of addresses", t.text), "write 192.0.2.1-192.0.2.9"}
		}
		o := operand{from: model.AddrFromNetip(from), to: model.AddrFromNetip(to), bits: -1}
		return o, mixed(t, &o)
	}
	text, length, cut := strings.Cut(t.text, "/")
	a := parseAddr(text)
	if !a.IsValid() {
		return operand{}, &fault{t.pos, fmt.Sprintf("%q is no address", t.text), f.example()}
	}
	bits := a.BitLen()
	if cut {
		n, err := strconv.Atoi(length)
		if err != nil || n < 0 || n > bits || strings.HasPrefix(length, "+") {
			return operand{}, &fault{t.pos, fmt.Sprintf("a prefix length is 0 to %d here", bits), ""}
		}
		bits = n
	}
	from := model.AddrFromNetip(a).Mask(bits)
	o := operand{from: from, to: last(from, bits, a.Is4()), bits: bits}
	return o, nil
}

// mixed refuses ranges of IPv6 that end within the IPv4-mapped addresses.
func mixed(t token, o *operand) *fault {
	if o.from.Is4() != o.to.Is4() {
		return &fault{t.pos, "IPv4-mapped addresses are IPv4 here", ""}
	}
	return nil
}

// parseAddr reads an address; IPv4-mapped ones are IPv4.
func parseAddr(s string) netip.Addr {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}
	}
	return a.Unmap()
}

// last is the last address of a prefix.
func last(a model.Addr, bits int, four bool) model.Addr {
	if four {
		return model.Addr4(a.V4() | uint32(uint64(math.MaxUint32)>>bits))
	}
	if bits <= 64 {
		return model.Addr{Hi: a.Hi | math.MaxUint64>>bits, Lo: math.MaxUint64}
	}
	return model.Addr{Hi: a.Hi, Lo: a.Lo | math.MaxUint64>>(bits-64)}
}
