package duckdb

import (
	"math/rand/v2"

	"floodmark/internal/model"
)

// traffic makes rows like those of a busy network: a hundred thousand hosts by
// Zipf's law, services and short-lived ports, four exporters, flows of up to a
// minute, a network always at the same interface. With spoofed sources nothing of them can be compressed.
func traffic(n int, spoofed bool) []model.FlowRow {
	r := rand.New(rand.NewPCG(1, 2))
	const hosts = 100000
	z := rand.NewZipf(r, 1.1, 10, hosts-1)
	addr, as, country := make([]uint32, hosts), make([]uint32, hosts), make([]model.Code2, hosts)
	for i := range hosts {
		addr[i] = r.Uint32()
		as[i] = uint32(r.ExpFloat64() * 3000)
		country[i] = model.Code2(65+as[i]%26)<<8 | model.Code2(65+as[i]%7) // of the network
	}
	services := []uint16{443, 443, 443, 443, 443, 443, 80, 80, 53, 22, 25, 123, 8080, 993}
	rows := make([]model.FlowRow, n)
	for i := range rows {
		peer, ours := z.Uint64(), z.Uint64()%4096
		f := model.FlowRow{Src: model.Addr4(addr[peer]), Dst: model.Addr4(0xc6120000 | uint32(ours)), SrcAS: as[peer], DstAS: 64496, SrcCountry: country[peer], DstCountry: 0x4445,
			SrcPort: uint16(32768 + r.IntN(28000)), DstPort: services[r.IntN(len(services))], Sampling: 1, Exporter: as[peer]%4 + 1, InIf: as[peer]/4%8 + 1, OutIf: uint32(ours%8 + 11),
			Proto: 6, TTL: 64 - uint8(r.IntN(20)), TCPFlags: []uint8{2, 16, 24, 27, 30}[r.IntN(5)]}
		if r.IntN(3) == 0 {
			f.Proto, f.TCPFlags = 17, 0
		}
		f.Packets = 1 + uint64(r.ExpFloat64()*8)
		f.Bytes = f.Packets * uint64(40+r.IntN(1460))
		f.Last = int64(r.ExpFloat64() * 4e9)
		if f.Packets == 1 {
			f.Last = 0
		}
		if r.IntN(2) == 0 {
			f.Src, f.Dst, f.SrcPort, f.DstPort, f.Direction = f.Dst, f.Src, f.DstPort, f.SrcPort, model.Out
			f.InIf, f.OutIf = f.OutIf, f.InIf
			f.SrcAS, f.DstAS, f.SrcCountry, f.DstCountry = f.DstAS, f.SrcAS, f.DstCountry, f.SrcCountry
		} else if spoofed {
			f.Src, f.SrcPort = model.Addr4(r.Uint32()), uint16(r.Uint32())
		}
		rows[i] = f
	}
	return rows
}
