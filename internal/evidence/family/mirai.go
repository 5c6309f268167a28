package family

import "floodmark/internal/model"

// trait is something that packets of a vector have in common with what the
// published Mirai code sends by default. points says how rarely other tools
// send the same: 1 is common.
type trait struct {
	points int
	text   string
}

// The values below are defaults of the code published in 2016. Every one of
// them is an option of the attack command, so their absence says nothing.
const (
	floodLen   = 512  // UDP, ACK and GRE floods: bytes of random payload
	stompLen   = 768  // STOMP
	labelLen   = 12   // DNS: random first label
	synOptions = 20   // SYN: MSS, SACK permitted, timestamps, NOP, window scale
	nearlyAll  = 0.95 // share from which a field counts as constant
	fewest     = 50   // packets below which nothing counts as constant
	weakPoints = 3    // and from at least two traits
)

// constant reports whether nearly all packets have this value.
func (m Mode) constant(v uint64) bool {
	return m.Total >= fewest && m.Value == v && m.Share >= nearlyAll
}

// varied reports whether nearly no two packets share a value, as far as a
// field of so many values lets them.
func (m Mode) varied(values int) bool {
	want := min(int(m.Total/2), values/4)
	return m.Total >= fewest && m.Distinct >= want && m.Share < 0.05
}

// traits lists what a vector has in common with the published code.
func (v *Vector) traits() []trait {
	var out []trait
	add := func(ok bool, points int, text string) {
		if ok {
			out = append(out, trait{points, text})
		}
	}
	random := v.Payload.varied(1 << 30)
	ports := v.SrcPort.varied(1<<16) && v.DstPort.varied(1<<16)
	switch v.Name {
	case "udp-flood":
		add(v.PayloadLen.constant(floodLen) && random, 1, "the UDP flood carries 512 octets of changing payload in every packet")
	case "ack-flood":
		add(v.PayloadLen.constant(floodLen) && random && ports, 1, "the ACK flood carries 512 octets of changing payload between changing ports")
	case "syn-flood":
		add(v.Window.constant(0) && v.OptionLen.constant(synOptions), 2, "the SYNs have 20 octets of options and yet a window of 0, which no ordinary stack sends")
	case "stomp-flood":
		add(v.PayloadLen.constant(stompLen) && random, 2, "after finished handshakes the segments carry 768 octets of changing payload")
	case "gre-flood":
		add(v.InnerPayloadLen.constant(floodLen) && v.InnerDst.varied(1<<30), 2, "the GRE packets hold UDP with 512 octets for changing destinations")
		add(v.InnerIDSeen >= fewest && float64(v.InnerIDLinked) >= nearlyAll*float64(v.InnerIDSeen), 3, "in the GRE packets the inner identification is computed from the outer one the way the published code does")
	case "vse-flood":
		add(true, 1, "Valve source engine queries are sent as a flood")
	case "dns-water-torture":
		add(v.FirstLabel.constant(labelLen) && v.QuestionNames.varied(1<<30), 1, "the DNS questions start with changing labels of 12 characters")
	}
	return out
}

// miraiAlso is what else gives the same picture.
var miraiAlso = []string{"other families that reuse the published code or its defaults", "other tools with the same packet sizes",
	"a rented service that uses several families at once", "devices that are infected, and attacked or were abused for another reason"}

// mirai grades families of the Mirai type.
func mirai(in Input) (finding, bool) {
	f := finding{name: "Mirai-type", method: "family/mirai", also: miraiAlso,
		change: "a sample of the malware from a source, or scan marks of attack sources recorded over the days before and after; with no scan mark among many SYNs of the same sources the grade falls"}
	points, traits := 0, 0
	for i := range in.Vectors {
		for _, t := range in.Vectors[i].traits() {
			points += t.points
			traits++
			f.indications = append(f.indications, t.text+".")
		}
	}
	j := in.Scan.weigh()
	packets := points >= weakPoints && traits >= 2
	if !j.beyond && !packets {
		return finding{}, false
	}
	f.grade = weak
	if j.beyond {
		f.indications = append([]string{j.text()}, f.indications...)
		switch {
		case j.low >= strongShare && traits > 0:
			f.grade = strong
		case j.low >= moderateShare:
			f.grade = moderate
		}
	}
	if j.Sources > 0 {
		f.value, f.low, f.high = &j.share, &j.low, &j.high
		f.n, f.m = int64(j.SYNs), int64(j.Sources)
	}
	f.against = miraiAgainst(in, j, traits)
	f.confidence = confidence(f.grade, j, len(f.against))
	return f, true
}

// miraiAgainst lists what does not fit.
func miraiAgainst(in Input, j scanJoin, traits int) []string {
	var out []string
	switch {
	case !j.beyond && j.Sources > 0 && j.SYNs > 0:
		out = append(out, "None or no more than chance of the attack sources was seen scanning.")
	case !j.beyond:
		out = append(out, "The data holds no scanning of the attack sources to join with, so the packets stand alone.")
	}
	if traits == 0 {
		out = append(out, "No attack packet has the defaults of the published code.")
	}
	if spoofed(in.Vectors) {
		out = append(out, "Some vectors have forged sources; the published code sends from the device's own address unless told otherwise.")
	}
	if s, ok := kind(in.Kinds, "hosting"); ok && s > 0.5 {
		out = append(out, "More than half of the attack comes from hosting networks, where cameras and home routers do not stand.")
	}
	return out
}

func spoofed(vs []Vector) bool {
	for _, v := range vs {
		if v.Spoof == model.SpoofSpoofed && !v.Reflection {
			return true
		}
	}
	return false
}

// kind returns the share of a kind of network; ok is false where kinds were
// not looked up.
func kind(ks []model.KindShare, name string) (float64, bool) {
	for _, k := range ks {
		if k.Kind == name {
			return k.Share, true
		}
	}
	return 0, len(ks) > 0
}

// confidence is the quality of the evidence, apart from the likelihood.
func confidence(grade string, j scanJoin, against int) string {
	switch {
	case grade == strong && against == 0 && j.Matched >= 100:
		return "high"
	case grade == weak:
		return "low"
	}
	return "moderate"
}
