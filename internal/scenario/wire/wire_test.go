package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"floodmark/internal/model"
	"pgregory.net/rapid"
)

// plainSum is RFC 1071 done the slow way.
func plainSum(b []byte) uint16 {
	s := uint32(0)
	for i, v := range b {
		s += uint32(v) << (8 * (1 - i%2))
	}
	for s>>16 != 0 {
		s = s&0xffff + s>>16
	}
	return uint16(s)
}

func anyPacket(t *rapid.T) Packet {
	p := Packet{
		Src: model.Addr4(rapid.Uint32().Draw(t, "src")), Dst: model.Addr4(rapid.Uint32().Draw(t, "dst")),
		TTL: 64, ID: rapid.Uint32().Draw(t, "id"), Proto: rapid.SampledFrom([]uint8{model.ProtoTCP, model.ProtoUDP, model.ProtoICMP, model.ProtoICMPv6}).Draw(t, "proto"),
		Sport: 1, Dport: 2, Flags: 0x12, Payload: rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "payload"),
		Length: rapid.IntRange(0, 4000).Draw(t, "length"), Tail: Tail(rapid.IntRange(0, 2).Draw(t, "tail")), Noise: rapid.Uint64().Draw(t, "noise"),
	}
	if rapid.Bool().Draw(t, "six") {
		p.Src, p.Dst = model.Addr{Hi: 0x20010db8 << 32, Lo: uint64(p.ID)}, model.Addr{Hi: 0x20010db8<<32 | 1, Lo: 7}
	}
	if p.Proto == model.ProtoTCP {
		p.Options = []byte{2, 4, 5, 0xb4}
	}
	return p
}

func TestChecksumsAndLengthsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPacket(t)
		b := p.appendIP(nil)
		var pseudo, transport []byte
		if p.Src.Is4() {
			if plainSum(b[:20]) != 0xffff || int(binary.BigEndian.Uint16(b[2:])) != len(b) {
				t.Fatalf("header % x of %d bytes", b[:20], len(b))
			}
			pseudo, transport = append(pseudo, b[12:20]...), b[20:]
		} else {
			if int(binary.BigEndian.Uint16(b[4:]))+40 != len(b) {
				t.Fatalf("payload length of % x, %d bytes", b[:40], len(b))
			}
			pseudo, transport = append(pseudo, b[8:40]...), b[40:]
		}
		pseudo = append(pseudo, 0, p.Proto, byte(len(transport)>>8), byte(len(transport)))
		if p.Proto == model.ProtoICMP {
			pseudo = nil
		}
		if plainSum(append(pseudo, transport...)) != 0xffff {
			t.Fatalf("checksum of protocol %d over %d bytes", p.Proto, len(transport))
		}
	})
}

func TestFragmentsJoinToTheSamePacket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPacket(t)
		mtu := rapid.IntRange(68+48, 1600).Draw(t, "mtu")
		whole := p.appendIP(nil)
		head := 20
		if !p.Src.Is4() {
			head = 40
		}
		var joined []byte
		last := false
		Fragments(&p, mtu, nil, func(f *Packet) {
			b := f.appendIP(nil)
			if len(b) > mtu || last {
				t.Fatalf("fragment of %d bytes for %d, after the last: %v", len(b), mtu, last)
			}
			last = !f.MF
			if int(f.Offset) != len(joined) {
				t.Fatalf("fragment at %d after %d bytes", f.Offset, len(joined))
			}
			skip := head
			if head == 40 && (f.MF || f.Offset > 0) {
				skip = 48
			}
			joined = append(joined, b[skip:]...)
		})
		if !last || !bytes.Equal(joined, whole[head:]) {
			t.Fatalf("joined %d bytes, whole %d, last seen %v", len(joined), len(whole)-head, last)
		}
	})
}

func TestWriterCutsToTheSnapLengthAndPadsWhatComesIn(t *testing.T) {
	var b bytes.Buffer
	w := NewWriter(&b, Header{Application: "test", Comment: "synthetic", Snap: 90, VLAN: 7})
	p := Packet{In: true, Src: model.Addr4(1), Dst: model.Addr4(2), Proto: model.ProtoUDP, Length: 1}
	if n := w.Packet(5e9+7, &p); n != 29 {
		t.Errorf("IP packet of %d bytes", n)
	}
	p.Length = 500
	w.Packet(6e9, &p)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var kept, wire []uint32
	for rest := b.Bytes(); len(rest) > 0; rest = rest[binary.LittleEndian.Uint32(rest[4:]):] {
		if binary.LittleEndian.Uint32(rest) == blockPacket {
			kept, wire = append(kept, binary.LittleEndian.Uint32(rest[20:])), append(wire, binary.LittleEndian.Uint32(rest[24:]))
		}
	}
	if len(kept) != 2 || kept[0] != 60 || wire[0] != 60 || kept[1] != 90 || wire[1] != 18+28+500 {
		t.Errorf("kept %v of %v", kept, wire)
	}
}

type fails struct{}

func (fails) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestErrorSticks(t *testing.T) {
	w := NewWriter(fails{}, Header{})
	if w.Flush() == nil || w.Err() == nil || w.Flush() == nil {
		t.Error("the error was forgotten")
	}
}

func BenchmarkSYN(b *testing.B) {
	w := NewWriter(discard{}, Header{})
	p := Packet{In: true, Src: model.Addr4(1), Dst: model.Addr4(2), Proto: model.ProtoTCP, Flags: model.SYN}
	b.ReportAllocs()
	for b.Loop() {
		w.Packet(1, &p)
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
