package packet

import (
	"encoding/hex"
	"testing"

	"floodmark/internal/model"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	benchSYN = "0200000000020200000000010800" + "450000280001400040060000c6336401c0000201" +
		"04d20050000000010000000050020400000000000000000000" + "00"
	benchUDP = "0200000000020200000000010800" + "4500002e0001400040110000c6336401c0000201" +
		"00a104d2001a0000302e0201010406707562" + "6c696300000000" + "0000"
	benchSYN6 = "02000000000202000000000186dd" + "6000000000140640" +
		"20010db8000000000000000000000001" + "20010db8000000000000000000000002" +
		"04d2005000000001000000005002040000000000"
)

func BenchmarkDecode(b *testing.B) {
	for _, c := range []struct{ name, packet string }{
		{"syn", benchSYN}, {"udp", benchUDP}, {"syn6", benchSYN6},
	} {
		p := unhex(b, c.packet)
		b.Run(c.name, func(b *testing.B) {
			var d Decoder
			var r model.Record
			b.ReportAllocs()
			for b.Loop() {
				if d.Decode(p, Ethernet, len(p), &r) != OK {
					b.Fatal("not decoded")
				}
			}
		})
	}
}
