package triage

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"floodmark/internal/model"
)

// kind is a simple generator of one kind of traffic towards a target.
type kind struct {
	name   string
	hold   bool
	sample func(r *rand.Rand) model.Record
	back   model.Rates // for 1,000 packets a second in
}

var target = model.Addr4(0xc6336407)

// packet is a TCP or UDP packet of n bytes from one of so many sources, each
// in a /24 of its own.
func packet(r *rand.Rand, sources int, proto uint8, n uint32) model.Record {
	p := model.Record{IsPacket: true, Packets: 1, Bytes: uint64(n), IPLen: n, Sampling: 1000, Proto: proto, Dst: target,
		Has: model.HasPorts | model.HasFlags | model.HasFragment, Src: model.Addr4(0x0b000000 + uint32(r.IntN(sources))<<8), SrcPort: uint16(20000 + r.IntN(40000)), DstPort: 443}
	p.TCPFlags = model.ACK
	if head := uint32(40); n > head {
		p.PayloadLen = n - head
	}
	p.Truncated = true
	return p
}

func tcp(sources int, flags uint8, n uint32) func(*rand.Rand) model.Record {
	return func(r *rand.Rand) model.Record {
		p := packet(r, sources, model.ProtoTCP, n)
		p.TCPFlags = flags
		return p
	}
}

func udp(sources int, port uint16, n uint32) func(*rand.Rand) model.Record {
	return func(r *rand.Rand) model.Record {
		p := packet(r, sources, model.ProtoUDP, n)
		p.DstPort = uint16(1024 + r.IntN(60000))
		if port > 0 {
			p.SrcPort, p.DstPort = port, 50000
		}
		return p
	}
}

// from gives packets of servers the port of a web server.
func from(port uint16, f func(*rand.Rand) model.Record) func(*rand.Rand) model.Record {
	return func(r *rand.Rand) model.Record {
		p := f(r)
		p.SrcPort, p.DstPort = port, uint16(50000+r.IntN(8))
		return p
	}
}

// mix draws a with probability share, otherwise b.
func mix(share float64, a, b func(*rand.Rand) model.Record) func(*rand.Rand) model.Record {
	return func(r *rand.Rand) model.Record {
		if r.Float64() < share {
			return a(r)
		}
		return b(r)
	}
}

func back(tcp, udp, length float64) model.Rates {
	var b model.Rates
	b[model.TCPPackets], b[model.UDPPackets], b[model.Packets] = tcp, udp, tcp+udp
	b[model.Bits] = 8 * length * (tcp + udp)
	return b
}

var syn, ack, fullSegment = uint8(model.SYN), uint8(model.ACK), uint32(1500)

// kinds are what must be held, and what must not.
func kinds() []kind {
	flashCrowd := mix(0.08, tcp(5000, syn, 60), mix(0.5, tcp(5000, ack, 40), tcp(5000, ack|model.PSH, 600)))
	return []kind{
		{"backup", true, from(22, tcp(1, ack, fullSegment)), back(400, 0, 52)},
		{"speed test, 2 servers", true, mix(0.95, from(8080, tcp(2, ack, fullSegment)), tcp(2, ack, 52)), back(400, 0, 52)},
		{"fill of a cache, 6 origins", true, mix(0.95, from(443, tcp(6, ack, fullSegment)), tcp(6, ack, 52)), back(400, 0, 52)},
		{"update, 24 caches", true, from(443, tcp(24, ack, fullSegment)), back(400, 0, 52)},
		{"speed test over UDP", true, udp(1, 5201, fullSegment), model.Rates{}},
		{"video over QUIC", true, udp(1, 443, 1350), back(0, 200, 80)},
		{"upload by the target, one way", true, mix(0.97, tcp(3000, ack, 52), tcp(3000, ack|model.PSH, 400)), back(1500, 0, 1400)},
		{"flash crowd", true, flashCrowd, back(1200, 0, 900)},
		{"video calls", true, udp(500, 0, 900), back(0, 1000, 900)},

		{"syn flood", false, tcp(1<<20, syn, 60), back(1000, 0, 60)},
		{"syn flood over a crowd", false, mix(0.7, tcp(1<<20, syn, 60), flashCrowd), back(1060, 0, 380)},
		{"ack flood, answered by resets", false, tcp(5000, ack, 40), back(1000, 0, 40)},
		{"ack flood of full segments", false, tcp(5000, ack|model.PSH, fullSegment), back(1000, 0, 40)},
		{"ack flood over a crowd", false, mix(0.7, tcp(5000, ack, 540), flashCrowd), back(360, 0, 900)},
		{"reset flood", false, tcp(1<<20, model.RST, 40), model.Rates{}},
		{"udp flood", false, udp(5000, 0, 512), model.Rates{}},
		{"udp flood of full datagrams", false, udp(5000, 0, fullSegment), model.Rates{}},
		{"udp flood of one source, random ports", false, udp(1, 0, fullSegment), model.Rates{}},
		{"dns reflection", false, udp(3000, 53, fullSegment), model.Rates{}},
		{"ntp reflection of 3 hosts", false, udp(3, 123, 468), model.Rates{}},
		{"fragments", false, func(r *rand.Rand) model.Record {
			p := packet(r, 3, model.ProtoUDP, fullSegment)
			p.FragOffset, p.Has = 1480, model.HasFragment
			return p
		}, model.Rates{}},
		{"pings", false, func(r *rand.Rand) model.Record {
			p := packet(r, 2000, model.ProtoICMP, 1028)
			p.ICMPType, p.Has = 8, model.HasICMP
			return p
		}, model.Rates{}},
	}
}

func (k *kind) look(n int, seed uint64) model.Findings {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	l := Look{Anomaly: model.Anomaly{Metric: model.Packets, Rate: 1000, Bound: 800}, Back: k.back}
	l.Anomaly.Rates[model.Packets] = 1000
	for range n {
		l.Records = append(l.Records, k.sample(r))
	}
	protocols(&l)
	return Assess(&l)
}

// protocols fills in the rates by protocol from the records.
func protocols(l *Look) {
	for i := range l.Records {
		m := model.OtherPackets
		switch l.Records[i].Proto {
		case model.ProtoTCP:
			m = model.TCPPackets
		case model.ProtoUDP:
			m = model.UDPPackets
		case model.ProtoICMP, model.ProtoICMPv6:
			m = model.ICMPPackets
		}
		l.Anomaly.Rates[m] += l.Anomaly.Rate / float64(len(l.Records))
	}
}

// TestFloodsAreNotHeldAndTransfersAre measures how often each kind is taken
// for the other.
func TestFloodsAreNotHeldAndTransfersAre(t *testing.T) {
	const runs = 300
	for _, k := range kinds() {
		var wrong [4]float64
		for i, n := range []int{10, 20, 50, 200} {
			for seed := range uint64(runs) {
				if k.look(n, seed).Hold != k.hold {
					wrong[i]++
				}
			}
		}
		for i := range wrong {
			wrong[i] *= 100. / runs
		}
		t.Logf("%-40s hold %-5v wrong in %%: %5.1f %5.1f %5.1f %5.1f", k.name, k.hold, wrong[0], wrong[1], wrong[2], wrong[3])
		allowed := [4]float64{80, 10, 2, 1}
		if !k.hold {
			allowed = [4]float64{4, 2, 1, 0}
		}
		for i := range wrong {
			if wrong[i] > allowed[i] {
				t.Errorf("%s: %.1f %% wrong, at most %.0f", k.name, wrong[i], allowed[i])
			}
		}
	}
}

func TestTooFewRecordsWaitUnlessItIsLarge(t *testing.T) {
	l := Look{Anomaly: model.Anomaly{Metric: model.Packets, Rate: 29_000, Bound: 10_000}}
	if f := Assess(&l); !f.Hold || f.AttackVerdict != model.AttackUndecided || f.Because == "" {
		t.Errorf("%+v", f)
	}
	l.Anomaly.Rate = 30_000
	if f := Assess(&l); f.Hold {
		t.Errorf("%+v", f)
	}
}

func TestAllowedSourcesAreNoAttack(t *testing.T) {
	k := kinds()[0]
	r := rand.New(rand.NewPCG(1, 1))
	l := Look{Anomaly: model.Anomaly{Metric: model.Bits, Rate: 2e9, Bound: 1e9}, Allowed: []netip.Prefix{netip.MustParsePrefix("11.0.0.0/24")}}
	for range 30 {
		l.Records = append(l.Records, k.sample(r))
	}
	if f := Assess(&l); f.AttackVerdict != model.AttackNo || f.Hold || f.Because != "100 % comes from sources that the operator allows" {
		t.Errorf("%+v", f)
	}
	for range 60 { // the rest is over the bound by itself
		l.Records = append(l.Records, udp(5000, 0, 1500)(r))
	}
	if f := Assess(&l); f.AttackVerdict != model.AttackUndecided || f.Hold {
		t.Errorf("%+v", f)
	}
}

func TestFloodNamesItsVector(t *testing.T) {
	for _, k := range kinds() {
		if k.name != "dns reflection" {
			continue
		}
		f := k.look(20, 1)
		if len(f.Vectors) != 1 || f.Vectors[0].Value != "reflection-dns" || f.Vectors[0].Share != 1 || !strings.Contains(f.Because, "reflection-dns") {
			t.Errorf("%+v", f)
		}
	}
}

func TestOutboundTransfersAreHeldAndFloodsAreNot(t *testing.T) {
	turned := func(k kind) model.Findings {
		r := rand.New(rand.NewPCG(1, 1))
		l := Look{Anomaly: model.Anomaly{Metric: model.Packets, Rate: 1000, Bound: 800, Direction: model.Out}, Back: k.back}
		for range 30 {
			p := k.sample(r)
			p.Src, p.Dst, p.SrcPort, p.DstPort = p.Dst, p.Src, p.DstPort, p.SrcPort
			l.Records = append(l.Records, p)
		}
		protocols(&l)
		return Assess(&l)
	}
	for name, want := range map[string]bool{"backup": true, "syn flood": false, "udp flood": false, "ack flood, answered by resets": false} {
		for _, k := range kinds() {
			if k.name == name && turned(k).Hold != want {
				t.Errorf("%s outbound: hold %v", name, !want)
			}
		}
	}
}

func TestFlowRecordsCountAsTheirPackets(t *testing.T) {
	f := model.Record{Packets: 100_000, Bytes: 150_000_000, Proto: model.ProtoTCP, TCPFlags: model.ACK | model.PSH, Has: model.HasPorts | model.HasFlags,
		Src: model.Addr4(0x0b000001), Dst: target, SrcPort: 443, DstPort: 50_000}
	if got := Assess(&Look{Anomaly: model.Anomaly{Metric: model.Bits, Rate: 2e9, Bound: 1e9}, Records: []model.Record{f}}); !got.Hold || got.Samples != 1 {
		t.Errorf("%+v", got)
	}
}
