package app

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

// drawing writes one packet in so many, as an exporter that samples does.
type drawing struct {
	r      *rand.Rand
	oneIn  int
	w      *wire.Writer
	server model.Addr
}

// stretch is a time in which connections begin.
type stretch struct {
	hosts []topology.Host
	rate  float64 // connections a second
	lasts time.Duration
}

// sample draws from what each connection sends: every flags is one packet,
// those with answer set are of the server.
func (d *drawing) sample(s stretch, packets func(h *topology.Host) []part) {
	begin := time.Date(2026, 6, 17, 12, 9, 0, 0, time.UTC).UnixNano()
	n := int(s.rate * s.lasts.Seconds())
	for i := range n {
		h := &s.hosts[d.r.IntN(len(s.hosts))]
		port, seq := h.NextPort(), d.r.Uint32()
		for k, x := range packets(h) {
			if d.r.IntN(d.oneIn) > 0 {
				continue
			}
			p := wire.Packet{In: true, Src: h.Addr, Dst: d.server, Proto: model.ProtoTCP, TTL: h.TTL(d.r), DF: true, ID: h.NextID(), Sport: port, Dport: 443,
				Seq: seq + uint32(k), Ack: seq ^ 0x5555, Flags: x.flags, Window: 64240, Length: x.size, Tail: wire.TailRandom, Noise: d.r.Uint64()}
			if x.flags&model.SYN != 0 {
				p.Options = []byte{2, 4, 5, 0xb4, 1, 1, 4, 2}
			}
			if x.flags == model.SYN {
				p.Ack = 0
			}
			if x.answer {
				p.In, p.Src, p.Dst, p.Sport, p.Dport, p.TTL, p.ID = false, p.Dst, p.Src, p.Dport, p.Sport, 63, 0
			}
			d.w.Packet(begin+int64(float64(s.lasts)*float64(i)/float64(n))+int64(k)*int64(h.RTT), &p)
		}
	}
}

// part is one packet of a connection.
type part struct {
	flags  uint8
	size   int
	answer bool
}

const (
	synAck = model.SYN | model.ACK
	rstAck = model.RST | model.ACK
	pshAck = model.PSH | model.ACK
)

// reset is a connection that is opened, asked something, and reset.
func reset(h *topology.Host) []part {
	return []part{{flags: model.SYN}, {flags: synAck, answer: true}, {flags: model.ACK}, {flags: pshAck, size: 320 + int(h.Seed%300)}, {flags: rstAck, answer: true}}
}

// hanging is one whose request the dead server never acknowledges.
func hanging(h *topology.Host) []part {
	ask := part{flags: pshAck, size: 320 + int(h.Seed%300)}
	return []part{ask, ask, ask, ask, ask, ask}
}

func visit(*topology.Host) []part {
	list := []part{{flags: model.SYN}, {flags: synAck, answer: true}, {flags: model.ACK}, {flags: pshAck, size: 517}}
	for range 12 {
		list = append(list, part{flags: model.ACK, size: 1400, answer: true}, part{flags: model.ACK, size: 1400, answer: true}, part{flags: model.ACK})
	}
	return append(list, part{flags: model.FIN | model.ACK}, part{flags: model.FIN | model.ACK, answer: true})
}

func stray(*topology.Host) []part { return []part{{flags: model.ACK, size: 512}} }
func bare(*topology.Host) []part  { return []part{{flags: model.ACK}} }
func refused(*topology.Host) []part {
	return []part{{flags: model.ACK}, {flags: model.RST, answer: true}}
}
func knocks(*topology.Host) []part {
	return []part{{flags: model.SYN}, {flags: model.SYN}, {flags: model.SYN}, {flags: model.SYN}}
}

func opened(*topology.Host) []part {
	return []part{{flags: model.SYN}, {flags: synAck, answer: true}}
}

// TestSampledClientsOfAFailingServer: with one packet in many, hardly any host
// is drawn in both directions, and that is no proof of a flood. Real floods
// through the same sampling stay attacks.
func TestSampledClientsOfAFailingServer(t *testing.T) {
	m := time.Minute
	type traffic struct {
		hosts   int
		cameras bool
		rate    float64
		lasts   time.Duration
		packets func(*topology.Host) []part
	}
	cases := []struct {
		name  string
		oneIn int
		of    []traffic
		want  []model.AttackVerdict
	}{
		{"opened and reset, 1 in 1,000", 1000, []traffic{{20_000, false, 2800, 27 * m, reset}}, []model.AttackVerdict{model.AttackNo, model.AttackUndecided}},
		{"opened and reset, 1 in 1,000, three minutes", 1000, []traffic{{20_000, false, 8000, 3 * m, reset}}, []model.AttackVerdict{model.AttackNo, model.AttackUndecided}},
		{"opened and reset, 1 in 10,000", 10_000, []traffic{{200_000, false, 14_000, 5 * m, reset}}, []model.AttackVerdict{model.AttackNo, model.AttackUndecided}},
		{"opened and reset, some are served", 1000, []traffic{{20_000, false, 2800, 10 * m, reset}, {20_000, false, 50, 10 * m, visit}}, []model.AttackVerdict{model.AttackNo, model.AttackUndecided}},
		{"neither connections nor requests are answered", 1000, []traffic{{20_000, false, 3000, 3 * m, knocks}, {20_000, false, 1000, 3 * m, hanging}, {20_000, false, 20, 3 * m, opened}}, []model.AttackVerdict{model.AttackNo, model.AttackUndecided}},
		{"a crowd", 10_000, []traffic{{200_000, false, 2000, 10 * m, visit}}, []model.AttackVerdict{model.AttackNo}},
		{"acknowledgements, nothing answers", 1000, []traffic{{3000, true, 100_000, 3 * m / 2, bare}, {500, false, 20, 3 * m / 2, visit}}, []model.AttackVerdict{model.AttackYes}},
		{"acknowledgements, refused", 1000, []traffic{{3000, true, 100_000, 3 * m / 2, refused}, {500, false, 20, 3 * m / 2, visit}}, []model.AttackVerdict{model.AttackYes}},
		{"connection requests of cameras", 1000, []traffic{{3000, true, 100_000, 3 * m / 2, opened}, {500, false, 20, 3 * m / 2, visit}}, []model.AttackVerdict{model.AttackYes}},
		{"segments of one size, 1 in 10,000", 10_000, []traffic{{3000, true, 100_000, 3 * m / 2, stray}, {500, false, 150, 3 * m / 2, visit}}, []model.AttackVerdict{model.AttackYes}},
	}
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			defer enter()()
			var b bytes.Buffer
			d := drawing{r: rand.New(rand.NewPCG(uint64(i), 5)), oneIn: c.oneIn, w: wire.NewWriter(&b, wire.Header{Snap: 128}), server: model.Addr4(198<<24 | 51<<16 | 100<<8 | 10)}
			plan := topology.Build(nil)
			for _, x := range c.of {
				userReports := topology.UserReports{N: x.hosts, Shares: []topology.Share{{Country: "DE", Weight: 80}, {Country: "NL", Weight: 10}, {Country: "FR", Weight: 10}}, Mix: topology.People, Tail: 1}
				if x.cameras {
					userReports.Shares, userReports.Mix = []topology.Share{{Country: "US", Weight: 30}, {Country: "BR", Weight: 30}, {Country: "IN", Weight: 30}}, topology.Cameras
				}
				d.sample(stretch{plan.Hosts(d.r, userReports), x.rate, x.lasts}, x.packets)
			}
			if err := d.w.Flush(); err != nil {
				t.Fatal(err)
			}
			a := analyzeBytes(t, AnalyzeOptions{Sampling: uint32(c.oneIn)}, b.Bytes())
			t.Logf("%s%s", a.Attack, reasons(a))
			for _, w := range c.want {
				if a.Attack == w {
					return
				}
			}
			t.Errorf("%s, want %v%s", a.Attack, c.want, reasons(a))
		})
	}
}
