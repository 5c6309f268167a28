package netflow

import (
	"testing"

	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

// rates decodes datagrams and returns the sampling of each record.
func rates(t *testing.T, datagrams ...[]byte) ([]uint32, Stats) {
	t.Helper()
	c := newCollector(Config{})
	for _, b := range datagrams {
		if err := c.decode(b); err != nil {
			t.Fatal(err)
		}
	}
	var list []uint32
	for _, r := range c.got {
		list = append(list, r.Sampling)
	}
	return list, c.Stats()
}

// sampled is a template with a sampler id, and by is a record of it.
func sampled() []spec { return []spec{f(8, 4), f(12, 4), f(48, 2), f(10, 4)} }

func by(sampler int, iface uint32) []byte {
	return cat(ip4("192.0.2.1"), ip4("198.51.100.1"), u16(sampler), u32(iface))
}

func TestSamplingPerSampler(t *testing.T) {
	opts := set(1, optTmpl9(300, 1, f(1, 4), f(48, 2), f(49, 1), f(50, 4)))
	define := v9(0, set(0, tmpl(256, sampled()...)), opts,
		set(300, cat(u32(0), u16(1), u8(2), u32(100)), cat(u32(0), u16(2), u8(2), u32(2000))))
	got, st := rates(t, define, v9(1, set(256, by(1, 1), by(2, 1), by(1, 1), by(3, 1))))
	if diff := cmp.Diff([]uint32{100, 2000, 100, 0}, got); diff != "" {
		t.Error(diff)
	}
	want := []RateSeen{{0, rateNotReported, 1}, {100, rateFromOptions, 2}, {2000, rateFromOptions, 1}}
	if diff := cmp.Diff(want, st.Streams[0].Rates); diff != "" {
		t.Error(diff)
	}
	reported := []Announced{{"sampler", 1, 100, false}, {"sampler", 2, 2000, false}}
	if diff := cmp.Diff(reported, st.Streams[0].Announced); diff != "" {
		t.Error(diff)
	}
}

func TestSamplingChanges(t *testing.T) {
	define := v9(0, set(0, tmpl(256, sampled()...)), set(1, optTmpl9(300, 1, f(1, 4), f(48, 2), f(34, 4))))
	rate := func(v uint32) []byte { return v9(0, set(300, u32(0), u16(1), u32(v))) }
	data := v9(0, set(256, by(1, 1)))
	got, st := rates(t, define, data, rate(10), data, data, rate(20), data, rate(0), data)
	if diff := cmp.Diff([]uint32{0, 10, 10, 20, 20}, got); diff != "" {
		t.Error(diff)
	}
	if a := st.Streams[0].Announced; len(a) != 1 || !a[0].Changed || a[0].Rate != 20 {
		t.Errorf("announced %+v", a)
	}
}

// A record that names a sampler which was not announced gets no other's rate.
func TestUnknownSamplerIsNotGuessed(t *testing.T) {
	define := v9(0, set(0, tmpl(256, sampled()...)), set(1, optTmpl9(300, 1, f(1, 4), f(48, 2), f(34, 4)), optTmpl9(301, 1, f(1, 4), f(34, 4))))
	one := v9(0, set(300, u32(0), u16(1), u32(100)))
	whole := v9(0, set(301, u32(0), u32(7)))
	data := v9(0, set(256, by(1, 1), by(2, 1)))
	got, _ := rates(t, define, one, data, whole, data)
	if diff := cmp.Diff([]uint32{100, 0, 100, 7}, got); diff != "" {
		t.Error(diff)
	}
}

// IPFIX: the selector in the scope, the domain in the scope, interval and
// space; domain 0 speaks for the whole exporter.
func TestSamplingScopesOfIPFIX(t *testing.T) {
	plainData := func(id int) []byte { return set(id, ip4("192.0.2.1"), ip4("198.51.100.1")) }
	inDomain := func(b []byte, domain uint32) []byte {
		copy(b[12:], u32(domain))
		return b
	}
	for _, c := range []struct {
		name      string
		datagrams [][]byte
		want      []uint32
	}{
		{"selector", [][]byte{
			ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4), f(302, 8))), set(3, optTmpl(300, 1, f(302, 8), f(304, 2), f(305, 4), f(306, 4)))),
			ipfix(0, set(300, u64(9), u16(1), u32(1), u32(511)), set(256, ip4("192.0.2.1"), ip4("198.51.100.1"), u64(9))),
		}, []uint32{512}},
		{"domain in the scope", [][]byte{
			inDomain(ipfix(0, set(3, optTmpl(300, 1, f(149, 4), f(34, 4))), set(300, u32(7), u32(64))), 1),
			ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4))), plainData(256)),
			inDomain(ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4))), plainData(256)), 8),
		}, []uint32{64, 0}},
		{"domain 0", [][]byte{
			inDomain(ipfix(0, set(3, optTmpl(300, 1, f(144, 4), f(34, 4))), set(300, u32(1), u32(64))), 0),
			ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4))), plainData(256)),
		}, []uint32{64}},
		{"two samplers that differ, none named", [][]byte{
			ipfix(0, set(3, optTmpl(300, 1, f(302, 1), f(34, 4))), set(300, u8(1), u32(64), u8(2), u32(65))),
			ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4))), plainData(256)),
		}, []uint32{0}},
		{"two samplers that agree, none named", [][]byte{
			ipfix(0, set(3, optTmpl(300, 1, f(302, 1), f(34, 4))), set(300, u8(1), u32(64), u8(2), u32(64))),
			ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4))), plainData(256)),
		}, []uint32{64}},
		{"per interface", [][]byte{
			ipfix(0, set(3, optTmpl(300, 1, f(10, 4), f(34, 4))), set(300, u32(3), u32(64), u32(4), u32(8))),
			ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4), f(10, 4), f(14, 4))),
				set(256, ip4("192.0.2.1"), ip4("198.51.100.1"), u32(3), u32(4), ip4("192.0.2.1"), ip4("198.51.100.1"), u32(9), u32(4),
					ip4("192.0.2.1"), ip4("198.51.100.1"), u32(1), u32(2))),
		}, []uint32{64, 8, 0}},
		{"the record before the options", [][]byte{
			ipfix(0, set(3, optTmpl(300, 1, f(149, 4), f(34, 4))), set(300, u32(7), u32(64))),
			ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4), f(34, 4))), set(256, ip4("192.0.2.1"), ip4("198.51.100.1"), u32(9))),
		}, []uint32{9}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := rates(t, c.datagrams...)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Templates, rates and sequences of two exporters, ports and domains do not mix.
func TestStreamsDoNotMix(t *testing.T) {
	c := newCollector(Config{})
	other := testExporter
	other.Port++
	define := ipfix(0, set(2, tmpl(256, plain()...)))
	swapped := ipfix(0, set(2, tmpl(256, f(12, 4), f(8, 4))))
	data := ipfix(0, set(256, plainRecord("192.0.2.1", 1, 40)))
	_ = c.Decode(define, testExporter, 0)
	_ = c.Decode(swapped, other, 0)
	if err := c.Decode(data, testExporter, 0); err != nil || len(c.got) != 1 || c.got[0].Packets != 1 {
		t.Fatalf("read %d records, %v", len(c.got), err)
	}
	c.got = nil
	_ = c.Decode(data, other, 0)
	if len(c.got) == 0 || c.got[0].Dst != addr("192.0.2.1") || c.got[0].Exporter == 1 {
		t.Errorf("the other port's records: %+v", c.got)
	}
	// A third port knows no template; its two siblings do not agree on one.
	other.Port++
	if err := c.Decode(data, other, 0); err == nil {
		t.Error("a template was taken from ports that do not agree")
	}
	elsewhere := model.Exporter{Addr: addr("192.0.2.201"), Port: testExporter.Port}
	if err := c.Decode(data, elsewhere, 0); err == nil {
		t.Error("a template was taken from another address")
	}
}

// Some exporters send each datagram from a port of its own.
func TestTemplateFromAnotherPort(t *testing.T) {
	c := newCollector(Config{Limits: Limits{Ports: 8}})
	from := testExporter
	_ = c.Decode(ipfix(0, set(2, tmpl(256, plain()...))), from, 0)
	for range 100 {
		from.Port++
		if err := c.Decode(ipfix(0, set(256, plainRecord("192.0.2.1", 1, 40))), from, 0); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(c.Stats().Streams); n != 9 || len(c.got) != 100 {
		t.Errorf("%d streams, %d records; want 8 ports and one for the rest, 100 records", n, len(c.got))
	}
}
