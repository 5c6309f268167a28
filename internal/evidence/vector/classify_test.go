package vector

import (
	"fmt"
	"testing"

	"floodmark/internal/model"
)

// allFixtures turns both sets into one list of fixtures by class.
func allFixtures() []fixture {
	out := append([]fixture(nil), headerFixtures...)
	for _, f := range serviceFixtures {
		t := &services[f.s]
		payload := fixture{class: t.confirmed}
		port := fixture{class: t.byPort}
		for i, a := range f.answer {
			payload.is = append(payload.is, sample{fmt.Sprint("answer ", i), dgram(f.port, 50000, a), t.confirmed})
			payload.isNot = append(payload.isNot, sample{"the same to the port", dgram(50000, f.port, []byte("\x9c\x17")), UDP})
			port.isNot = append(port.isNot, sample{"with payload", dgram(f.port, 50000, a), t.confirmed})
		}
		for i, p := range everyday[f.s] {
			want := UDPService
			if f.s == svcNTP {
				want = NTPTime
			}
			payload.isNot = append(payload.isNot, sample{fmt.Sprint("everyday traffic ", i), dgram(f.port, 50000, p), want})
		}
		for i, p := range append(append([][]byte(nil), f.not...), lookAlikes[f.s]...) {
			payload.isNot = append(payload.isNot, sample{fmt.Sprint("look-alike ", i), dgram(f.port, 50000, p), UDP})
			port.isNot = append(port.isNot, sample{fmt.Sprint("look-alike ", i), dgram(f.port, 50000, p), UDP})
		}
		if f.flowYes > 0 {
			for _, p := range t.ports {
				port.is = append(port.is, sample{"flow", uflow(p, 50000, 10, f.flowYes), t.byPort})
			}
			port.is = append(port.is, sample{"IPv6 flow", with(uflow(f.port, 50000, 10, f.flowYes+20), v6), t.byPort})
			if len(f.answer) > 0 {
				long := append(append([]byte(nil), f.answer[0]...), make([]byte, 400)...)
				port.is = append(port.is, sample{"header only", with(snapped(f.port, 50000, long, 0), func(r *model.Record) { r.Bytes = f.flowYes }), t.byPort})
			}
			port.isNot = append(port.isNot, sample{"flow from a port above", uflow(60001, 50000, 10, f.flowYes), UDP})
		}
		if f.flowNo > 0 {
			want := UDP
			if t.everyday || t.common {
				want = UDPService
			}
			port.isNot = append(port.isNot, sample{"flow of another length", uflow(f.port, 50000, 10, f.flowNo), want})
		}
		if t.confirmed != None {
			out = append(out, payload)
		}
		if t.byPort != None {
			out = append(out, port)
		}
	}
	return out
}

func TestClassify(t *testing.T) {
	for _, f := range allFixtures() {
		name := Lookup(f.class).Name
		for _, s := range f.is {
			if s.want != f.class {
				t.Fatalf("%s: fixture %q does not ask for its class", name, s.what)
			}
			check(t, name, s)
		}
		for _, s := range f.isNot {
			if s.want == f.class {
				t.Fatalf("%s: look-alike %q asks for the class itself", name, s.what)
			}
			check(t, name, s)
		}
	}
}

func check(t *testing.T, name string, s sample) {
	t.Helper()
	if got := Classify(&s.r); got != s.want {
		t.Errorf("%s, %s: classified as %s, want %s", name, s.what, Lookup(got).Name, Lookup(s.want).Name)
	}
}

// TestEveryClassHasFixtures fails for a class without a record that must match
// or without a look-alike that must not.
func TestEveryClassHasFixtures(t *testing.T) {
	is, isNot := map[model.Class]int{}, map[model.Class]int{}
	for _, f := range allFixtures() {
		is[f.class] += len(f.is)
		isNot[f.class] += len(f.isNot)
	}
	for c := None + 1; c < numClasses; c++ {
		if is[c] == 0 || isNot[c] == 0 {
			t.Errorf("%s: %d records that match, %d look-alikes", Lookup(c).Name, is[c], isNot[c])
		}
	}
}

// TestOffPort: answers that come from ports of the reflector's choice are known
// by their payload.
func TestOffPort(t *testing.T) {
	for _, f := range serviceFixtures {
		switch f.s {
		case svcSSDP, svcPlex, svcDHDiscover, svcBitTorrent, svcQuake:
			for _, a := range f.answer {
				check(t, services[f.s].name, sample{"from port 32817", dgram(32817, 50000, a), services[f.s].confirmed})
			}
		}
	}
	check(t, "steam", sample{"from port 28015", dgram(28015, 50000, cat(uint32(0xffffffff), "I\x11Server\x00map\x00")), Steam})
	check(t, "tftp", sample{"from port 41000", dgram(41000, 50000, cat(hexa("00030001"), zeros(512))), TFTP})
	check(t, "ws-discovery", sample{"from port 41000", dgram(41000, 50000, soapMatch), WSDiscovery})
}

// TestEveryFlagCombination: each of the 64 combinations is decided in both
// tables, and by the rules that the tables spell out.
func TestEveryFlagCombination(t *testing.T) {
	for f := range 64 {
		p, w := packetFlags[f], flowFlags[f]
		if p == None || w == None {
			t.Errorf("flags %#x are not decided", f)
		}
		syn, fin, rst, ack := f&model.SYN != 0, f&model.FIN != 0, f&model.RST != 0, f&model.ACK != 0
		exclusive := (syn && fin) || (syn && rst) || (fin && rst)
		if exclusive && p != TCPAbnormal {
			t.Errorf("packet with flags %#x: SYN, FIN and RST exclude each other, class %s", f, Lookup(p).Name)
		}
		if !ack && !syn && !rst && !fin && p != TCPAbnormal {
			t.Errorf("packet with flags %#x: no ACK and nothing else that may go alone", f)
		}
		if ack && !syn && !fin && !rst && p != TCPAck {
			t.Errorf("packet with flags %#x is a segment of a connection, class %s", f, Lookup(p).Name)
		}
		if ack && w == TCPAbnormal {
			t.Errorf("flow with flags %#x may be an ordinary connection", f)
		}
	}
}

// TestECN: the bits above the low six change nothing.
func TestECN(t *testing.T) {
	for f := range 64 {
		a, b := seg(uint8(f), 40000, ""), seg(uint8(f)|model.ECE|model.CWR, 40000, "")
		if Classify(&a) != Classify(&b) {
			t.Errorf("flags %#x: ECE and CWR change the class", f)
		}
	}
}

// TestSnappedPayload: with fewer bytes captured the class may fall back to the
// port or, for a short head, stay; it must never become another service.
func TestSnappedPayload(t *testing.T) {
	for _, f := range serviceFixtures {
		s := &services[f.s]
		for _, a := range f.answer {
			for n := range min(len(a), 128) {
				r := snapped(f.port, 50000, a, n)
				switch got := Classify(&r); got {
				case s.confirmed, s.byPort, UDP, UDPService:
				case QUICPort:
					if f.s != svcDTLS {
						t.Errorf("%s with %d octets captured: %s", s.name, n, Lookup(got).Name)
					}
				default:
					t.Errorf("%s with %d octets captured: %s", s.name, n, Lookup(got).Name)
				}
			}
		}
	}
}

func TestClassifyAllocatesNothing(t *testing.T) {
	var records []model.Record
	for _, f := range allFixtures() {
		for _, s := range append(append([]sample(nil), f.is...), f.isNot...) {
			records = append(records, s.r)
		}
	}
	if n := testing.AllocsPerRun(10, func() {
		for i := range records {
			sink += int(Classify(&records[i]))
		}
	}); n != 0 {
		t.Errorf("%v allocations over %d records", n, len(records))
	}
}

var sink int
