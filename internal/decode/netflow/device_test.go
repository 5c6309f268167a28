package netflow

import (
	"testing"

	"floodmark/internal/model"
)

// withDomain puts another observation domain into a datagram.
func withDomain(b []byte, domain uint32) []byte {
	at := 12
	if b[1] == 9 {
		at = 16
	}
	copy(b[at:], u32(domain))
	return b
}

// What one domain or source port announces holds for the others of the same
// address, where nothing contradicts it.
func TestAnnouncementsHoldForTheDevice(t *testing.T) {
	sampler := func(id int, rate uint32) []byte {
		return v9(0, set(1, optTmpl9(300, 1, f(1, 4), f(48, 1), f(34, 4))), set(300, u32(0), u8(id), u32(rate)))
	}
	names := v9(0, set(0, tmpl(256, f(8, 4), f(12, 4), f(2, 4), f(48, 1))), set(256, ip4("192.0.2.1"), ip4("198.51.100.1"), u32(7), u8(1)))
	none := v9(0, set(0, tmpl(257, f(8, 4), f(12, 4), f(2, 4))), set(257, ip4("192.0.2.1"), ip4("198.51.100.1"), u32(7)))
	type datagram struct {
		b      []byte
		domain uint32
		port   uint16
	}
	for _, c := range []struct {
		name string
		in   []datagram
		want []uint32
	}{
		{"another domain", []datagram{{sampler(1, 100), 6, 1}, {names, 1, 1}, {none, 2, 1}}, []uint32{100, 100}},
		{"another port", []datagram{{sampler(1, 100), 1, 1}, {names, 1, 2}, {none, 1, 3}}, []uint32{100, 100}},
		{"another port and domain", []datagram{{sampler(1, 100), 6, 1}, {names, 1, 2}, {none, 2, 3}}, []uint32{100, 100}},
		{"domains that differ", []datagram{{sampler(1, 100), 6, 1}, {sampler(1, 200), 7, 1}, {names, 1, 1}, {none, 2, 1}}, []uint32{0, 0}},
		{"ports that differ", []datagram{{sampler(1, 100), 1, 1}, {sampler(1, 200), 1, 2}, {names, 1, 3}, {none, 1, 4}}, []uint32{0, 0}},
		{"the nearer wins", []datagram{{sampler(1, 100), 6, 1}, {sampler(1, 200), 1, 1}, {names, 1, 1}, {none, 1, 1}}, []uint32{200, 200}},
		{"two samplers, one named", []datagram{{sampler(1, 100), 6, 1}, {sampler(2, 200), 6, 1}, {names, 1, 1}, {none, 2, 1}}, []uint32{100, 0}},
		{"a later change", []datagram{{sampler(1, 100), 6, 1}, {names, 1, 1}, {sampler(1, 50), 6, 1}, {names, 1, 1}}, []uint32{100, 50}},
	} {
		d := newCollector(Config{})
		for _, x := range c.in {
			from := model.Exporter{Addr: testExporter.Addr, Port: x.port}
			_ = d.Decode(withDomain(append([]byte{}, x.b...), x.domain), from, testTime*1e9)
		}
		for i, want := range c.want {
			if len(d.got) != len(c.want) || d.got[i].Sampling != want {
				t.Errorf("%s: %d records, %+v", c.name, len(d.got), d.got)
				break
			}
		}
	}
	// Another address knows nothing of it.
	d := newCollector(Config{})
	_ = d.decode(sampler(1, 100))
	_ = d.Decode(names, model.Exporter{Addr: addr("192.0.2.201"), Port: 1}, testTime*1e9)
	if len(d.got) != 1 || d.got[0].Sampling != 0 {
		t.Errorf("another address: %+v", d.got)
	}
}

// A boot time from one port serves records from another.
func TestBootTimeHoldsForTheDevice(t *testing.T) {
	d := newCollector(Config{})
	_ = d.decode(ipfix(0, set(3, optTmpl(300, 1, f(143, 4), f(160, 8))), set(300, u32(1), u64((testTime-3600)*1000))))
	other := model.Exporter{Addr: testExporter.Addr, Port: 2}
	_ = d.Decode(ipfix(0, set(2, tmpl(256, f(8, 4), f(12, 4), f(22, 4), f(21, 4), f(2, 4))),
		set(256, ip4("192.0.2.1"), ip4("198.51.100.1"), u32(3_590_000), u32(3_595_000), u32(1))), other, testTime*1e9)
	if len(d.got) != 1 || d.got[0].First != (testTime-10)*1e9 {
		t.Errorf("%+v", d.got)
	}
}

// Exporters number in their own ways, and lose nothing by that; what is really
// lost is found in each of them.
func TestWaysOfCounting(t *testing.T) {
	records := func(n int) []byte {
		var body []byte
		for range n {
			body = cat(body, plainRecord("192.0.2.1", 1, 40))
		}
		return set(256, body)
	}
	for _, c := range []struct {
		name     string
		v9       bool
		step     func(records, templates int) uint32
		own      bool
		counting string
	}{
		{"IPFIX, records", false, func(n, _ int) uint32 { return uint32(n) }, false, "standard"},
		{"IPFIX, own records counted in", false, func(n, _ int) uint32 { return uint32(n) }, true, "records-with-own"},
		{"IPFIX, templates counted", false, func(n, m int) uint32 { return uint32(n + m) }, false, "records-and-templates"},
		{"IPFIX, own templates counted in", false, func(n, m int) uint32 { return uint32(n + m) }, true, "records-and-templates-with-own"},
		{"IPFIX, messages", false, func(int, int) uint32 { return 1 }, false, "datagrams"},
		{"v9, datagrams", true, func(int, int) uint32 { return 1 }, false, "standard"},
		{"v9, records", true, func(n, _ int) uint32 { return uint32(n) }, false, "records"},
	} {
		for _, loss := range []bool{false, true} {
			d := newCollector(Config{})
			seq, want := uint32(0), uint64(0)
			for i := range 600 {
				n, sets := 1+i%3, [][]byte{set(2, tmpl(256, plain()...))}
				if c.v9 {
					sets[0] = set(0, tmpl(256, plain()...))
				}
				sets = append(sets, records(n))
				step := c.step(n, 1)
				number := seq
				if c.own {
					number += step
				}
				seq += step
				b := ipfix(number, sets...)
				if c.v9 {
					b = v9(number, sets...)
				}
				if loss && i%20 == 5 {
					if c.v9 {
						want++
					} else {
						want += uint64(n)
					}
					continue
				}
				_ = d.decode(b)
			}
			st := d.Stats().Streams[0]
			if st.Counting != c.counting || st.Lost < want || st.Lost > want+want/20 {
				t.Errorf("%s, loss %t: %d lost (%d wanted), counting %s", c.name, loss, st.Lost, want, st.Counting)
			}
		}
	}
}
