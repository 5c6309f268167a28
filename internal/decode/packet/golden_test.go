package packet

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"floodmark/internal/model"
)

// frame is one packet of a recording in testdata.
type frame struct {
	data    []byte
	wireLen int
}

// frames reads a little-endian pcap file, which is what record.sh writes.
func frames(t testing.TB, name string) (LinkType, []frame) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(b) < 24 || binary.LittleEndian.Uint32(b) != 0xa1b2c3d4 {
		t.Fatalf("%s is no little-endian pcap file", name)
	}
	link := LinkType(binary.LittleEndian.Uint32(b[20:]))
	var all []frame
	for b = b[24:]; len(b) > 0; {
		n, wire := binary.LittleEndian.Uint32(b[8:]), binary.LittleEndian.Uint32(b[12:])
		all = append(all, frame{b[16 : 16+n : 16+n], int(wire)})
		b = b[16+n:]
	}
	return link, all
}

// reading is what tshark says of one packet.
type reading map[string][]string

func readings(t *testing.T, name string) []reading {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	fields := strings.Split(lines[0], "\t")
	var all []reading
	for _, line := range lines[1:] {
		r := reading{}
		for i, v := range strings.Split(line, "\t") {
			if v != "" {
				r[fields[i]] = strings.Split(v, ",")
			}
		}
		all = append(all, r)
	}
	return all
}

// layer is one IP packet of a frame: the frame's own, or one inside it. For
// each kind of header it gives which occurrence of its fields belongs here, or
// -1.
type layer map[string]int

// layers goes through frame.protocols: each IP header begins a layer.
func (r reading) layers() []layer {
	seen := map[string]int{}
	var all []layer
	for _, p := range strings.Split(r["frame.protocols"][0], ":") {
		if p == "ip" || p == "ipv6" {
			all = append(all, layer{})
		}
		if len(all) > 0 {
			if _, again := all[len(all)-1][p]; !again {
				all[len(all)-1][p] = seen[p]
			}
		}
		seen[p]++
	}
	return all
}

// comparison compares one layer with one record and counts what it compared.
type comparison struct {
	t     *testing.T
	r     reading
	l     layer
	where string
	cut   bool // the record says so
	n     int
}

// value returns a field's value in this layer as a number.
func (c *comparison) value(header, field string) (uint64, bool) {
	s, ok := c.text(header, field)
	if !ok {
		return 0, false
	}
	v, err := strconv.ParseUint(s, 0, 64)
	if err != nil {
		c.t.Fatalf("%s: %s is %q", c.where, field, s)
	}
	return v, true
}

func (c *comparison) text(header, field string) (string, bool) {
	i, ok := c.l[header]
	if !ok || i >= len(c.r[field]) {
		return "", false
	}
	return c.r[field][i], true
}

func (c *comparison) number(header, field string, got uint64) {
	c.t.Helper()
	if want, ok := c.value(header, field); ok {
		c.n++
		if got != want {
			c.t.Errorf("%s: %s is %d, want %d", c.where, field, got, want)
		}
	}
}

// reported checks that the record knows a field exactly if tshark shows it. Of
// headers that are cut short tshark shows less than there is.
func (c *comparison) reported(header, field string, got bool) {
	c.t.Helper()
	if _, want := c.text(header, field); got != want && !(got && c.cut) {
		c.t.Errorf("%s: %s is told: %v, want %v", c.where, field, got, want)
	}
}

func (c *comparison) address(header, field string, got model.Addr) {
	c.t.Helper()
	if want, ok := c.text(header, field); ok {
		c.n++
		if want == "::" { // the unspecified address is the zero Addr
			want = "none"
		}
		if got.String() != want {
			c.t.Errorf("%s: %s is %s, want %s", c.where, field, got, want)
		}
	}
}

func truth(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func (c *comparison) all(r *model.Record) {
	c.cut = r.Truncated
	c.network(r)
	switch {
	case has(c.l, "tcp"):
		c.tcp(r)
	case has(c.l, "udp"), has(c.l, "udplite"):
		c.udp(r)
	case has(c.l, "icmp"):
		c.icmp(r, "icmp", model.ProtoICMP)
	case has(c.l, "icmpv6"):
		c.icmp(r, "icmpv6", model.ProtoICMPv6)
	case has(c.l, "sctp"):
		c.number("sctp", "sctp.srcport", uint64(r.SrcPort))
		c.number("sctp", "sctp.dstport", uint64(r.DstPort))
		c.reported("sctp", "sctp.dstport", r.Has&model.HasPorts != 0)
	default:
		if r.Has&(model.HasPorts|model.HasFlags|model.HasTCP|model.HasICMP) != 0 {
			c.t.Errorf("%s: a transport header where tshark sees none: %+v", c.where, r)
		}
	}
	if i, ok := c.l["gre"]; ok && r.Tunnel != model.NoTunnel {
		if want, _ := c.value("gre", "gre.proto"); uint64(r.TunnelType) != want {
			c.t.Errorf("%s: gre %d holds %#x, want %#x", c.where, i, r.TunnelType, want)
		}
		c.n++
	}
}

func has(l layer, p string) bool { _, ok := l[p]; return ok }

func (c *comparison) network(r *model.Record) {
	c.address("ip", "ip.src", r.Src)
	c.address("ip", "ip.dst", r.Dst)
	c.number("ip", "ip.proto", uint64(r.Proto))
	c.number("ip", "ip.len", uint64(r.IPLen))
	c.number("ip", "ip.id", uint64(r.IPID))
	c.number("ip", "ip.ttl", uint64(r.TTL))
	c.number("ip", "ip.flags.mf", truth(r.MoreFragments))
	c.number("ip", "ip.frag_offset", uint64(r.FragOffset/8)) // in units of 8 bytes
	c.address("ipv6", "ipv6.src", r.Src)
	c.address("ipv6", "ipv6.dst", r.Dst)
	c.number("ipv6", "ipv6.hlim", uint64(r.TTL))
	if plen, ok := c.value("ipv6", "ipv6.plen"); ok && plen > 0 {
		c.number("ipv6", "ipv6.plen", uint64(r.IPLen-40))
	}
	if has(c.l, "ipv6") {
		c.reported("ipv6.fraghdr", "ipv6.fraghdr.ident", r.Has&model.HasIPID != 0)
		c.number("ipv6.fraghdr", "ipv6.fraghdr.ident", uint64(r.IPID))
		c.number("ipv6.fraghdr", "ipv6.fraghdr.offset", uint64(r.FragOffset/8)) // in units of 8 bytes
		c.number("ipv6.fraghdr", "ipv6.fraghdr.more", truth(r.MoreFragments))
	}
}

func (c *comparison) tcp(r *model.Record) {
	if r.Proto != model.ProtoTCP {
		c.t.Errorf("%s: protocol %d, want TCP", c.where, r.Proto)
	}
	c.reported("tcp", "tcp.dstport", r.Has&model.HasPorts != 0)
	c.reported("tcp", "tcp.flags", r.Has&model.HasFlags != 0)
	c.number("tcp", "tcp.srcport", uint64(r.SrcPort))
	c.number("tcp", "tcp.dstport", uint64(r.DstPort))
	if f, ok := c.value("tcp", "tcp.flags"); ok && uint64(r.TCPFlags) != f&0xff { // tshark adds reserved bits
		c.t.Errorf("%s: flags %#x, want %#x", c.where, r.TCPFlags, f)
	}
	if r.Has&model.HasTCP == 0 {
		return
	}
	c.number("tcp", "tcp.seq_raw", uint64(r.Seq))
	c.number("tcp", "tcp.ack_raw", uint64(r.Ack))
	c.number("tcp", "tcp.window_size_value", uint64(r.Window))
	c.number("tcp", "tcp.checksum", uint64(r.Checksum))
	c.reported("tcp", "tcp.checksum", r.Has&model.HasChecksum != 0)
	if r.Has&model.HasPayload != 0 {
		c.number("tcp", "tcp.len", uint64(r.PayloadLen))
	}
	if want, ok := c.text("tcp", "tcp.options"); ok && want != "<MISSING>" {
		c.n++
		if got := hex.EncodeToString(r.Options); got != want {
			c.t.Errorf("%s: options %s, want %s", c.where, got, want)
		}
	} else if len(r.Options) > 0 && !r.Truncated {
		c.t.Errorf("%s: options % x, want none", c.where, r.Options)
	}
}

func (c *comparison) udp(r *model.Record) {
	header, proto := "udp", uint8(model.ProtoUDP)
	if has(c.l, "udplite") {
		header, proto = "udplite", protoUDPLite
	}
	if r.Proto != proto {
		c.t.Errorf("%s: protocol %d, want %d", c.where, r.Proto, proto)
	}
	c.reported(header, "udp.dstport", r.Has&model.HasPorts != 0)
	c.reported(header, "udp.checksum", r.Has&model.HasChecksum != 0)
	c.number(header, "udp.srcport", uint64(r.SrcPort))
	c.number(header, "udp.dstport", uint64(r.DstPort))
	c.number(header, "udp.checksum", uint64(r.Checksum))
	if !r.MoreFragments && r.Has&model.HasPayload != 0 && r.Packets > 0 {
		c.number(header, "udp.length", uint64(r.PayloadLen)+8)
	}
}

func (c *comparison) icmp(r *model.Record, header string, proto uint8) {
	if r.Proto != proto {
		c.t.Errorf("%s: protocol %d, want %d", c.where, r.Proto, proto)
	}
	c.reported(header, header+".type", r.Has&model.HasICMP != 0)
	c.number(header, header+".type", uint64(r.ICMPType))
	c.number(header, header+".code", uint64(r.ICMPCode))
	if r.Has&model.HasChecksum != 0 {
		c.number(header, header+".checksum", uint64(r.Checksum))
	}
}

// TestRecordingsReadAsTsharkReadsThem compares every field of every packet of
// testdata, also inside tunnels and quotes, with tshark's own reading.
func TestRecordingsReadAsTsharkReadsThem(t *testing.T) {
	files := []struct {
		name            string
		link            LinkType
		smallest, inner int // values compared, and inner layers, so that the test cannot pass by comparing nothing
	}{
		{"hosts", Ethernet, 700, 8}, {"tags", Ethernet, 60, 0}, {"tunnels", Ethernet, 300, 25}, {"six", Ethernet, 400, 3},
		{"offload", Ethernet, 100, 0}, {"cooked", LinuxCooked, 50, 1}, {"cooked2", LinuxCooked2, 50, 1}, {"raw", Raw, 200, 0},
		{"raw4", RawIPv4, 100, 0}, {"raw6", RawIPv6, 50, 0}, {"null", BSDLoopback, 200, 0}, {"loop", OpenBSDLoopback, 200, 0},
		{"ppp", PPP, 200, 0}, {"hdlc", CiscoHDLC, 200, 0}, {"pppoe", Ethernet, 200, 0}, {"snap", Ethernet, 200, 0},
		{"pseudowire", Ethernet, 200, 0}, {"cut", Ethernet, 3000, 0},
	}
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			link, packets := frames(t, filepath.Join("testdata", f.name+".pcap"))
			want := readings(t, filepath.Join("testdata", f.name+".want.tsv"))
			if link != f.link || len(packets) != len(want) || len(want) == 0 {
				t.Fatalf("link type %d and %d packets, want %d and %d", link, len(packets), f.link, len(want))
			}
			n, inner := 0, 0
			for i, p := range packets {
				a, b := compareFrame(t, link, p, want[i])
				n, inner = n+a, inner+b
			}
			if n < f.smallest || inner < f.inner {
				t.Errorf("compared %d values and %d inner layers, want %d and %d at least", n, inner, f.smallest, f.inner)
			}
		})
	}
}

func compareFrame(t *testing.T, link LinkType, p frame, want reading) (n, inner int) {
	var d Decoder
	var r, in model.Record
	where := "packet " + want["frame.number"][0]
	reason := d.Decode(p.data, link, p.wireLen, &r)
	layers := want.layers()
	if len(layers) == 0 {
		if reason == OK {
			t.Errorf("%s: decoded, want nothing of IP in %v", where, want["frame.protocols"])
		}
		return 0, 0
	}
	first := layers[0]
	if !has(first, "ip") && want["ipv6.dst"] == nil || has(first, "ip") && want["ip.dst"] == nil {
		// tshark shows no destination either where IPv4 options are cut short.
		if reason != Short && !(r.Truncated && r.Has&model.HasPayload == 0) {
			t.Errorf("%s: %v, want short or cut", where, reason)
		}
		return 1, 0
	}
	if reason != OK {
		t.Errorf("%s: %v, want ok", where, reason)
		return 0, 0
	}
	c := comparison{t: t, r: want, l: first, where: where}
	c.all(&r)
	if r.Packets != 1 || !r.IsPacket || r.Bytes != uint64(r.IPLen) || !bytes.Contains(p.data, r.Payload) {
		t.Errorf("%s: counts of %+v", where, r)
	}
	if len(layers) < 2 {
		return c.n, 0
	}
	ok := Quote(&r, &in)
	if r.Tunnel != model.NoTunnel {
		ok = d.DecodeInner(&r, &in) == OK
	}
	second := comparison{t: t, r: want, l: layers[1], where: where + ", inside"}
	if _, readable := second.text("ip", "ip.src"); !readable {
		if _, readable = second.text("ipv6", "ipv6.src"); !readable {
			return c.n, 0
		}
	}
	if !ok {
		t.Errorf("%s: not decoded", second.where)
		return c.n, 0
	}
	second.all(&in)
	return c.n + second.n, 1
}
