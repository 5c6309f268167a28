package export

import "encoding/binary"

const header9 = 20 // RFC 3954 section 5.1

func (e *Exporter) header9() {
	be, b := binary.BigEndian, e.buf
	be.PutUint16(b, 9)
	be.PutUint16(b[2:], uint16(e.count))
	be.PutUint32(b[4:], e.uptime(e.now))
	be.PutUint32(b[8:], uint32(e.clock(e.now)/1e9))
	be.PutUint32(b[12:], e.seq)
	be.PutUint32(b[16:], e.cfg.Domain)
	e.units = 1 // the sequence number counts datagrams
}

// announce9 sends data templates (set 0), options templates (set 1) and
// options: the samplers of the system and the names of interfaces.
func (e *Exporter) announce9() {
	for id := uint16(tmpl4); id <= tmpl6; id++ {
		list := fields9.fields(id == tmpl6)
		e.openSet(0, 4+4*len(list))
		e.appendHead(id, uint16(len(list)))
		e.appendFields(list)
		e.count++
	}
	e.options9(tmplSampling, scopeSystem, []field{{48, 1}, {49, 1}, {50, 4}})
	e.options9(tmplInterface, scopeInterface, []field{{82, 32}, {83, 64}})
	be := binary.BigEndian
	if r := e.cfg.Faults.AdvertisedRate; r > 0 {
		e.openSet(tmplSampling, 16)
		e.buf = be.AppendUint32(e.buf, e.cfg.Domain)
		e.buf = append(e.buf, samplerID, 2) // random
		e.buf = be.AppendUint32(e.buf, r)
		e.count++
	}
	for _, p := range e.ports {
		e.openSet(tmplInterface, 112)
		e.buf = be.AppendUint32(e.buf, p.Index)
		e.buf = appendFixed(e.buf, p.Name, 32)
		e.buf = appendFixed(e.buf, p.Description, 64)
		e.count++
	}
}

// Scopes of options (RFC 3954 section 6.1).
const (
	scopeSystem    = 1
	scopeInterface = 2
)

// options9 announces an options template with one scope of four bytes, in a
// set of its own: some collectors read only one of each set.
func (e *Exporter) options9(id uint16, scope uint32, list []field) {
	e.closeSet()
	e.openSet(1, 10+4*len(list))
	be := binary.BigEndian
	b := be.AppendUint16(e.buf, id)
	b = be.AppendUint16(b, 4) // lengths in bytes
	b = be.AppendUint16(b, uint16(4*len(list)))
	e.buf = be.AppendUint32(b, scope<<16|4)
	e.appendFields(list)
	e.count++
}

func (e *Exporter) appendHead(id, n uint16) {
	e.buf = binary.BigEndian.AppendUint16(e.buf, id)
	e.buf = binary.BigEndian.AppendUint16(e.buf, n)
}

func appendFixed(b []byte, s string, n int) []byte {
	s = s[:min(len(s), n)]
	b = append(b, s...)
	return append(b, zeros[:n-len(s)]...)
}
