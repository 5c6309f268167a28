package family

import (
	"slices"
	"strings"
	"testing"

	"floodmark/internal/model"
	"pgregory.net/rapid"
)

func fixed(v uint64) Mode { return Mode{Value: v, Share: 1, Distinct: 1, Total: 10000} }

func changing() Mode { return Mode{Value: 7, Share: 0.001, Distinct: 9000, Total: 10000} }

// ports is a field of 16 bits that changes from packet to packet.
func ports() Mode { return Mode{Value: 80, Share: 0.001, Distinct: 9500, Total: 10000} }

func miraiUDP() Vector {
	return Vector{Name: "udp-flood", Spoof: model.SpoofReal, PayloadLen: fixed(512), Payload: changing(), SrcPort: ports(), DstPort: ports()}
}

func miraiSYN() Vector {
	return Vector{Name: "syn-flood", Spoof: model.SpoofReal, Window: fixed(0), OptionLen: fixed(20), SrcPort: ports(), DstPort: ports()}
}

func miraiGRE() Vector {
	return Vector{Name: "gre-flood", Spoof: model.SpoofReal, InnerPayloadLen: fixed(512), InnerDst: changing(), InnerIDLinked: 990, InnerIDSeen: 1000}
}

// homes are the networks of an attack from people's homes.
func homes() []model.KindShare {
	return []model.KindShare{{Kind: "access", Share: 0.8, Sources: 800}, {Kind: "hosting", Share: 0.1, Sources: 100}}
}

// grades is a result as "name: grade, confidence".
func grades(in Input) []string {
	out := []string{}
	for _, r := range Grade(in) {
		out = append(out, r.Family.Name+": "+r.Family.Grade+", "+r.Family.Confidence)
	}
	return out
}

func TestGrades(t *testing.T) {
	big := Scan{Sources: 1000, Matched: 600, SYNs: 1e6, Ports: []ScanPort{{23, 500}, {2323, 90}}}
	for _, c := range []struct {
		name string
		in   Input
		want []string
	}{
		{"scan join and matching packets", Input{Vectors: []Vector{miraiUDP()}, Scan: big, Kinds: homes()}, []string{"Mirai-type: strong, high"}},
		{"scan join without matching packets", Input{Vectors: []Vector{{Name: "http-flood"}}, Scan: big}, []string{"Mirai-type: moderate, moderate"}},
		{"a tenth of the sources scan", Input{Vectors: []Vector{miraiUDP()}, Scan: Scan{Sources: 1000, Matched: 100, SYNs: 1e6}}, []string{"Mirai-type: moderate, moderate"}},
		{"a handful of the sources scan", Input{Vectors: []Vector{miraiUDP()}, Scan: Scan{Sources: 10000, Matched: 5, SYNs: 1e6}}, []string{"Mirai-type: weak, low"}},
		{"packets of two vectors, no scan", Input{Vectors: []Vector{miraiUDP(), miraiSYN()}}, []string{"Mirai-type: weak, low"}},
		{"every vector of the published code, no scan", Input{Vectors: []Vector{miraiUDP(), miraiSYN(), miraiGRE(),
			{Name: "stomp-flood", PayloadLen: fixed(768), Payload: changing()}, {Name: "vse-flood"},
			{Name: "ack-flood", PayloadLen: fixed(512), Payload: changing(), SrcPort: ports(), DstPort: ports()},
			{Name: "dns-water-torture", FirstLabel: fixed(12), QuestionNames: changing()}}}, []string{"Mirai-type: weak, low"}},
		{"GRE of the published code", Input{Vectors: []Vector{miraiGRE()}}, []string{"Mirai-type: weak, low"}},
		{"scanning for recorders, from homes", Input{Vectors: []Vector{miraiUDP()}, Kinds: homes(),
			Scan: Scan{Sources: 1000, Matched: 600, SYNs: 1e6, Ports: []ScanPort{{34567, 400}}}}, []string{"Mirai-type: strong, high", "camera/recorder (DVR) devices: weak, low"}},
		{"scanning for recorders, networks unknown", Input{Vectors: []Vector{miraiUDP()},
			Scan: Scan{Sources: 1000, Matched: 600, SYNs: 1e6, Ports: []ScanPort{{34567, 400}}}}, []string{"Mirai-type: strong, high"}},
		{"recorders as reflectors", Input{Vectors: []Vector{{Name: "reflection-dhdiscover", Reflection: true}}}, []string{"camera/recorder (DVR) devices: weak, low"}},
		{"two kinds of reflectors and a forged flood", Input{Vectors: []Vector{{Name: "reflection-dns", Reflection: true}, {Name: "reflection-ntp", Reflection: true},
			{Name: "syn-flood", Spoof: model.SpoofSpoofed}}}, []string{"booter / stresser tooling: weak, low"}},
	} {
		if got := grades(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// Floods by other tools and ordinary attacks carry no family.
func TestNegativeControlsStayUngraded(t *testing.T) {
	chanceLevel := Scan{Sources: 100000, Matched: 3, SYNs: 1 << 33} // two expected by chance
	for name, in := range map[string]Input{
		"nothing":                            {},
		"hping3 --flood -S":                  {Vectors: []Vector{{Name: "syn-flood", Spoof: model.SpoofReal, Window: fixed(512), OptionLen: fixed(0), SrcPort: ports(), DstPort: fixed(80)}}},
		"hping3 --flood -S --rand-source":    {Vectors: []Vector{{Name: "syn-flood", Spoof: model.SpoofSpoofed, Window: fixed(512), OptionLen: fixed(0), SrcPort: ports(), DstPort: fixed(80)}}},
		"hping3 --udp -d 512":                {Vectors: []Vector{{Name: "udp-flood", Spoof: model.SpoofReal, PayloadLen: fixed(512), Payload: fixed(0x58585858), SrcPort: ports(), DstPort: fixed(53)}}},
		"hping3 --icmp":                      {Vectors: []Vector{{Name: "icmp-flood", Spoof: model.SpoofReal}}},
		"generic UDP of 512 random octets":   {Vectors: []Vector{miraiUDP()}},
		"generic UDP of 1024 random octets":  {Vectors: []Vector{{Name: "udp-flood", PayloadLen: fixed(1024), Payload: changing(), SrcPort: ports(), DstPort: ports()}}},
		"random UDP and an hping3 SYN flood": {Vectors: []Vector{miraiUDP(), {Name: "syn-flood", Window: fixed(64), OptionLen: fixed(0)}}},
		"SYNs of a kernel":                   {Vectors: []Vector{{Name: "syn-flood", Spoof: model.SpoofReal, Window: fixed(64240), OptionLen: fixed(20)}}},
		"SYNs with window 0, no options":     {Vectors: []Vector{{Name: "syn-flood", Spoof: model.SpoofSpoofed, Window: fixed(0), OptionLen: fixed(0)}}},
		"game queries":                       {Vectors: []Vector{{Name: "vse-flood"}}},
		"GRE of another length":              {Vectors: []Vector{{Name: "gre-flood", InnerPayloadLen: fixed(1200), InnerDst: changing(), InnerIDSeen: 1000}}},
		"one kind of reflector":              {Vectors: []Vector{{Name: "reflection-dns", Reflection: true}, {Name: "fragment-flood"}}},
		"two kinds of reflectors":            {Vectors: []Vector{{Name: "reflection-dns", Reflection: true}, {Name: "reflection-ntp", Reflection: true}}},
		"scan marks at chance level":         {Vectors: []Vector{miraiUDP()}, Scan: chanceLevel},
		"two scan marks":                     {Vectors: []Vector{miraiUDP()}, Scan: Scan{Sources: 1000, Matched: 2, SYNs: 1000}},
		"few packets":                        {Vectors: []Vector{{Name: "gre-flood", InnerPayloadLen: Mode{512, 1, 1, 9}, InnerDst: Mode{1, 0.01, 9, 9}, InnerIDLinked: 9, InnerIDSeen: 9}, miraiUDP()}},
		"hosting, scanning recorders":        {Kinds: []model.KindShare{{Kind: "hosting", Share: 1}}, Scan: Scan{Sources: 1e6, Matched: 2, SYNs: 1e6, Ports: []ScanPort{{34567, 2}}}},
	} {
		if got := grades(in); len(got) != 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestWithoutScanJoinNothingIsAboveWeak(t *testing.T) {
	mode := rapid.Custom(func(t *rapid.T) Mode {
		return Mode{Value: rapid.SampledFrom([]uint64{0, 12, 20, 512, 768, 1400}).Draw(t, "value"), Share: rapid.Float64Range(0, 1).Draw(t, "share"),
			Distinct: rapid.IntRange(1, 1e5).Draw(t, "distinct"), Total: rapid.Uint64Range(0, 1e5).Draw(t, "total")}
	})
	vector := rapid.Custom(func(t *rapid.T) Vector {
		return Vector{Name: rapid.SampledFrom([]string{"udp-flood", "ack-flood", "syn-flood", "stomp-flood", "gre-flood", "vse-flood", "dns-water-torture", "reflection-dhdiscover"}).Draw(t, "name"),
			PayloadLen: mode.Draw(t, "len"), Payload: mode.Draw(t, "payload"), SrcPort: mode.Draw(t, "sp"), DstPort: mode.Draw(t, "dp"), Window: mode.Draw(t, "win"),
			OptionLen: mode.Draw(t, "opt"), FirstLabel: mode.Draw(t, "label"), QuestionNames: mode.Draw(t, "names"), InnerPayloadLen: mode.Draw(t, "inner"), InnerDst: mode.Draw(t, "innerdst"),
			InnerIDLinked: rapid.Uint64Range(0, 1000).Draw(t, "linked"), InnerIDSeen: 1000}
	})
	rapid.Check(t, func(t *rapid.T) {
		in := Input{Vectors: rapid.SliceOfN(vector, 0, 8).Draw(t, "vectors"), Kinds: homes()}
		in.Scan = Scan{Sources: rapid.Uint64Range(0, 1e6).Draw(t, "sources"), SYNs: 1 << 34}
		in.Scan.Matched = min(in.Scan.Sources, rapid.Uint64Range(0, 6).Draw(t, "chance matches")) // four expected
		for _, r := range Grade(in) {
			if r.Family.Grade != weak {
				t.Fatalf("%s is %s", r.Family.Name, r.Family.Grade)
			}
		}
	})
}

func TestMoreMatchesNeverLowerTheGrade(t *testing.T) {
	rank := map[string]int{"": 0, weak: 1, moderate: 2, strong: 3}
	last := 0
	for matched := uint64(0); matched <= 1000; matched++ {
		g := ""
		if r := Grade(Input{Vectors: []Vector{miraiUDP()}, Scan: Scan{Sources: 1000, Matched: matched, SYNs: 1 << 32}}); len(r) > 0 {
			g = r[0].Family.Grade
		}
		if rank[g] < last {
			t.Fatalf("%d matches: %q after a higher grade", matched, g)
		}
		last = rank[g]
	}
	if last != 3 {
		t.Errorf("all sources scanning gives rank %d", last)
	}
}

func TestTextsStateWhatTheyMust(t *testing.T) {
	in := Input{Vectors: []Vector{miraiUDP(), miraiSYN(), {Name: "syn-flood", Spoof: model.SpoofSpoofed}},
		Scan: Scan{Sources: 1000, Matched: 600, SYNs: 1 << 33, Ports: []ScanPort{{23, 500}, {2323, 90}}}, Kinds: []model.KindShare{{Kind: "hosting", Share: 0.7}}, Inputs: []string{"abc"}}
	r := Grade(in)[0]
	f, e := r.Family, r.Evidence[0]
	for _, want := range []string{"600 of 1000 real attack sources (60.0 %, interval 56.9 % to 63.0 %)", "chance would give 2", "port", "23 by 500"} {
		if !strings.Contains(f.Indications[0], want) {
			t.Errorf("the scan join does not say %q: %s", want, f.Indications[0])
		}
	}
	against := strings.Join(f.Against, " ")
	for _, want := range []string{"forged sources", "hosting networks"} {
		if !strings.Contains(against, want) {
			t.Errorf("against does not say %q: %s", want, against)
		}
	}
	if f.Confidence != "moderate" || f.Likelihood != "very likely" || f.WouldChange == "" || len(f.AlsoProduced) == 0 {
		t.Errorf("%+v", f)
	}
	if !strings.Contains(e.Statement, "not exclusive; would also be produced by") || *e.Value != 0.6 || e.M != 1000 || e.N != 1<<33 || e.Inputs[0] != "abc" {
		t.Errorf("%+v", e)
	}
	alone := Grade(Input{Vectors: []Vector{miraiUDP(), miraiSYN()}})[0].Family
	if !strings.Contains(strings.Join(alone.Against, " "), "the packets stand alone") {
		t.Errorf("%q", alone.Against)
	}
}

func TestJoinScanCountsMarks(t *testing.T) {
	s := JoinScan([]model.SourceCount{{Flags: model.ScanMark}, {Flags: model.SentRST}, {Flags: model.ScanMark | model.Retried}}, 77)
	if s.Sources != 3 || s.Matched != 2 || s.SYNs != 77 {
		t.Errorf("%+v", s)
	}
}

func TestModeOf(t *testing.T) {
	m := ModeOf(&model.FieldCount{Distinct: 3, Total: 10, Top: []model.FieldValue{{Key: 512, Count: 7}}})
	if m != (Mode{Value: 512, Share: 0.7, Distinct: 3, Total: 10}) {
		t.Errorf("%+v", m)
	}
	if ModeOf(&model.FieldCount{}).constant(0) {
		t.Error("an empty histogram counts as constant")
	}
}
