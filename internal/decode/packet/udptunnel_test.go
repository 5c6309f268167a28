package packet

import (
	"bytes"
	"testing"

	"floodmark/internal/model"
)

// TestEncapsulations reads the header of each encapsulation around the same inner
// bytes, with and without what is optional, and none that is formed otherwise.
func TestEncapsulations(t *testing.T) {
	ip4, ip6 := []byte("\x45inner"), []byte("\x60inner")
	frame := []byte("an Ethernet frame")
	for _, c := range []struct {
		name   string
		port   uint16
		header string
		inner  []byte
		want   model.Tunnel
		kind   uint16
	}{
		{"VXLAN", portVXLAN, "\x08\x00\x00\x00\x00\x00\x4d\x00", frame, model.VXLAN, typeEthernet},
		{"VXLAN on the old port", portVXLANOld, "\x08\x00\x00\x00\x00\x00\x4d\x00", frame, model.VXLAN, typeEthernet},
		{"VXLAN without its flag", portVXLAN, "\x00\x00\x00\x00\x00\x00\x4d\x00", frame, model.NoTunnel, 0},
		{"VXLAN-GPE of IPv6", portVXLANGPE, "\x0c\x00\x00\x02\x00\x00\x4d\x00", ip6, model.VXLAN, typeIPv6},
		{"VXLAN-GPE of something else", portVXLANGPE, "\x0c\x00\x00\x09\x00\x00\x4d\x00", ip6, model.NoTunnel, 0},
		{"GENEVE", portGENEVE, "\x00\x00\x65\x58\x00\x00\x4d\x00", frame, model.GENEVE, typeEthernet},
		{"GENEVE of IPv4 with options", portGENEVE, "\x02\x40\x08\x00\x00\x00\x4d\x00optionss", ip4, model.GENEVE, typeIPv4},
		{"a control message of GENEVE", portGENEVE, "\x00\x80\x65\x58\x00\x00\x4d\x00", frame, model.NoTunnel, 0},
		{"GTP-U", portGTPU, "\x30\xff\x00\x06\x00\x00\x10\x92", ip4, model.GTPU, typeIPv4},
		{"GTP-U with a sequence number", portGTPU, "\x32\xff\x00\x0a\x00\x00\x10\x92\x00\x01\x00\x00", ip6, model.GTPU, typeIPv6},
		{"GTP-U with an extension header", portGTPU, "\x34\xff\x00\x0e\x00\x00\x10\x92\x00\x00\x00\x85\x01\x10\x00\x00", ip4, model.GTPU, typeIPv4},
		{"an echo of GTP-U", portGTPU, "\x30\x01\x00\x06\x00\x00\x10\x92", ip4, model.NoTunnel, 0},
		{"GTP-U that is longer than its datagram", portGTPU, "\x30\xff\x01\x00\x00\x00\x10\x92", ip4, model.NoTunnel, 0},
		{"GTP-U with an empty extension", portGTPU, "\x34\xff\x00\x0e\x00\x00\x10\x92\x00\x00\x00\x85\x00\x10\x00\x00", ip4, model.NoTunnel, 0},
		{"MPLS", portMPLS, "\x00\x01\x01\x40", ip4, model.MPLSinUDP, typeMPLS},
		{"L2TP", portL2TP, "\x00\x02\x00\x05\x00\x09\xff\x03\x00\x21", ip4, model.L2TP, typeIPv4},
		{"L2TP, compressed", portL2TP, "\x00\x02\x00\x05\x00\x09\x57", ip6, model.L2TP, typeIPv6},
		{"L2TP with everything", portL2TP, "\x4a\x02\x00\x20\x00\x05\x00\x09\x00\x01\x00\x01\x00\x02\x00\x00\xff\x03\x00\x21", ip4, model.L2TP, typeIPv4},
		{"a control message of L2TP", portL2TP, "\xc8\x02\x00\x20\x00\x05\x00\x09\x00\x01\x00\x01\x00\x21", ip4, model.NoTunnel, 0},
		{"L2TP of LCP", portL2TP, "\x00\x02\x00\x05\x00\x09\xff\x03\xc0\x21", ip4, model.NoTunnel, 0},
		{"TZSP", portTZSP, "\x01\x00\x00\x01\x01", frame, model.TZSP, typeEthernet},
		{"TZSP with tags", portTZSP, "\x01\x00\x00\x01\x00\x0a\x01\x55\x01", frame, model.TZSP, typeEthernet},
		{"TZSP of wireless frames", portTZSP, "\x01\x00\x00\x12\x01", frame, model.NoTunnel, 0},
		{"another port", 53, "\x08\x00\x00\x00\x00\x00\x4d\x00", frame, model.NoTunnel, 0},
	} {
		p := append([]byte(c.header), c.inner...)
		r := model.Record{Proto: model.ProtoUDP, DstPort: c.port, PayloadLen: uint32(len(p))}
		udpTunnel(p, &r)
		if r.Tunnel != c.want || r.TunnelType != c.kind {
			t.Errorf("%s: tunnel %d of type %#x", c.name, r.Tunnel, r.TunnelType)
		}
		inner := c.inner
		if c.want == model.MPLSinUDP { // whose labels are of the inside
			inner = p
		}
		if c.want != model.NoTunnel && !bytes.Equal(r.TunnelData, inner) {
			t.Errorf("%s: %q is inside", c.name, r.TunnelData)
		}
		for n := range p { // cut anywhere
			udpTunnel(p[:n], &model.Record{Proto: model.ProtoUDP, DstPort: c.port, PayloadLen: uint32(len(p))})
		}
	}
}

func TestMirroredFramesInGRE(t *testing.T) {
	frame := "an Ethernet frame"
	for _, c := range []struct {
		name, packet string
		want         model.Tunnel
	}{
		{"type I", "\x00\x00\x88\xbe" + frame, model.ERSPAN},
		{"type II", "\x10\x00\x88\xbe\x00\x00\x00\x01\x10\x64\x00\x07\x00\x00\x00\x00" + frame, model.ERSPAN},
		{"type II of another version", "\x10\x00\x88\xbe\x00\x00\x00\x01\x20\x64\x00\x07\x00\x00\x00\x00" + frame, model.NoTunnel},
		{"type III", "\x10\x00\x22\xeb\x00\x00\x00\x01\x20\x64\x00\x07\x00\x00\x00\x00\x00\x00\x00\x00" + frame, model.ERSPAN},
		{"type III with a platform header", "\x10\x00\x22\xeb\x00\x00\x00\x01\x20\x64\x00\x07\x00\x00\x00\x00\x00\x00\x00\x01platform" + frame, model.ERSPAN},
		{"another payload", "\x00\x00\x65\x58" + frame, model.GRE},
	} {
		r := model.Record{Proto: model.ProtoGRE, PayloadLen: uint32(len(c.packet))}
		gre([]byte(c.packet), &r)
		if r.Tunnel != c.want || c.want != model.NoTunnel && string(r.TunnelData) != frame {
			t.Errorf("%s: tunnel %d, %q is inside", c.name, r.Tunnel, r.TunnelData)
		}
		for n := range len(c.packet) {
			gre([]byte(c.packet[:n]), &model.Record{Proto: model.ProtoGRE, PayloadLen: uint32(len(c.packet))})
		}
	}
}
