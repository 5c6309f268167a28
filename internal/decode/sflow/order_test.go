package sflow

import "testing"

// parsed4 builds a sampled IPv4 record of n bytes.
func parsed4(n uint32) []byte {
	return block(ipv4Packet, words(n, 17), ip("192.0.2.1"), ip("198.51.100.1"), words(123, 4444, 0, 0))
}

// What a readable record of a sample says holds, wherever an unreadable header
// stands beside it.
func TestOrderOfRecordsMeansNothing(t *testing.T) {
	good := raw(headerEthernet, 1414, 0, ether(0x0800, udp4(1400)))
	for name, unread := range map[string][]byte{
		"unknown protocol": raw(0, 100, 0, make([]byte, 40)),
		"FDDI":             raw(4, 100, 0, cat([]byte{0xff, 3, 0, 0x21}, udp4(96))),
		"ARP":              raw(headerEthernet, 60, 0, ether(0x0806, make([]byte, 28))),
		"empty":            raw(headerEthernet, 60, 0, nil),
		"cut":              raw(headerEthernet, 1414, 0, ether(0x0800, udp4(1400))[:20]),
		"record too short": block(rawHeader, words(1, 100)),
	} {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct {
				order   string
				records [][]byte
				bytes   uint64
			}{
				{"parsed, unread", [][]byte{parsed4(182), unread}, 182},
				{"unread, parsed", [][]byte{unread, parsed4(182)}, 182},
				{"good, unread", [][]byte{good, unread}, 1400},
				{"unread, good", [][]byte{unread, good}, 1400},
				{"parsed, unread, good", [][]byte{parsed4(182), unread, good}, 1400},
			} {
				d := newCollector(Limits{})
				_ = d.decode(datagram(1, flow(1, 1000, 0, c.records...)))
				if len(d.got) != 1 || d.got[0].Bytes != c.bytes {
					t.Errorf("%s: %d records, %+v", c.order, len(d.got), d.got)
				}
			}
			d := newCollector(Limits{})
			_ = d.decode(datagram(1, flow(1, 1000, 0, unread)))
			if skipped := d.Stats().Skipped; len(d.got) != 0 || len(skipped) != 1 || skipped[0].Records != 1 {
				t.Errorf("alone: %d records, skipped %+v", len(d.got), skipped)
			}
		})
	}
}

// Each header protocol of sFlow version 5 that carries IP is read.
func TestHeaderProtocols(t *testing.T) {
	p := udp4(1400)
	label := []byte{0, 1, 0x11, 64} // bottom of the stack
	for _, c := range []struct {
		name   string
		record []byte
	}{
		{"PPP", raw(7, 1404, 0, cat([]byte{0xff, 3, 0, 0x21}, p))},
		{"PPP without address and control", raw(7, 1402, 0, cat([]byte{0, 0x21}, p))},
		{"PPP, compressed protocol", raw(7, 1401, 0, cat([]byte{0x21}, p))},
		{"POS with PPP", raw(14, 1404, 0, cat([]byte{0xff, 3, 0, 0x21}, p))},
		{"POS with Cisco HDLC", raw(14, 1404, 0, cat([]byte{0x0f, 0, 8, 0}, p))},
		{"IPv4", raw(11, 1400, 0, p)},
		{"MPLS with IPv4", raw(13, 1404, 0, cat(label, p))},
		{"MPLS with two labels", raw(13, 1408, 0, cat([]byte{0, 2, 0, 64}, label, p))},
		{"MPLS with an Ethernet frame", raw(13, 1422, 0, cat(label, make([]byte, 4), ether(0x0800, p)))},
	} {
		d := newCollector(Limits{})
		if err := d.decode(datagram(1, flow(1, 1000, 0, c.record))); err != nil || len(d.got) != 1 || d.got[0].Bytes != 1400 {
			t.Errorf("%s: %d records, %v", c.name, len(d.got), err)
		}
	}
}
