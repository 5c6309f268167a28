package export

import "encoding/binary"

// NetFlow v5, Cisco "NetFlow Export Datagram Formats".
const (
	header5    = 24
	record5    = 48
	records5   = 29 // Cisco sends 1 to 30
	modeRandom = 2 << 14
)

func (e *Exporter) record5(f *flow) {
	if e.count >= records5 {
		e.sendOff()
	}
	e.begin(header5, record5)
	be := binary.BigEndian
	b := be.AppendUint32(e.buf, f.src.V4())
	b = be.AppendUint32(b, f.dst.V4())
	b = be.AppendUint32(b, 0) // next hop
	b = be.AppendUint16(b, uint16(f.in))
	b = be.AppendUint16(b, uint16(f.out))
	b = be.AppendUint32(b, uint32(f.packets))
	b = be.AppendUint32(b, uint32(f.bytes))
	b = be.AppendUint32(b, e.uptime(f.first))
	b = be.AppendUint32(b, e.uptime(f.last))
	b = be.AppendUint16(b, f.sport)
	b = be.AppendUint16(b, f.dport)
	b = append(b, 0, f.flags, f.proto, f.tos)
	e.buf = append(b, 0, 0, 0, 0, 0, 0, 0, 0) // AS numbers, masks, padding
	e.count++
	e.units++
}

func (e *Exporter) header5() {
	be, b, at := binary.BigEndian, e.buf, e.clock(e.now)
	be.PutUint16(b, 5)
	be.PutUint16(b[2:], uint16(e.count))
	be.PutUint32(b[4:], e.uptime(e.now))
	be.PutUint32(b[8:], uint32(at/1e9))
	be.PutUint32(b[12:], uint32(at%1e9))
	be.PutUint32(b[16:], e.seq)
	b[20], b[21] = 0, byte(e.cfg.Domain)
	if r := e.cfg.Faults.AdvertisedRate; r > 0 {
		be.PutUint16(b[22:], modeRandom|uint16(r))
	}
}
