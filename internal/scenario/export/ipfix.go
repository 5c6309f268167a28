package export

import "encoding/binary"

const headerIPFIX = 16 // RFC 7011 section 3.1

func (e *Exporter) headerIPFIX() {
	be, b := binary.BigEndian, e.buf
	be.PutUint16(b, 10)
	be.PutUint16(b[2:], uint16(len(b)))
	be.PutUint32(b[4:], uint32(e.clock(e.now)/1e9))
	be.PutUint32(b[8:], e.seq) // counts data records, options included, templates not
	be.PutUint32(b[12:], e.cfg.Domain)
}

// announceIPFIX sends data templates (set 2), options templates (set 3) and
// options: count-based sampling (RFC 5477 section 8.2) and names of interfaces.
func (e *Exporter) announceIPFIX() {
	for id := uint16(tmpl4); id <= tmpl6; id++ {
		list := fieldsIPFIX.fields(id == tmpl6)
		e.openSet(2, 4+4*len(list))
		e.appendHead(id, uint16(len(list)))
		e.appendFields(list)
		e.count++
	}
	e.optionsIPFIX(tmplSampling, []field{{302, 8}, {304, 2}, {305, 4}, {306, 4}})
	e.optionsIPFIX(tmplInterface, []field{{10, 4}, {82, 32}, {83, 64}})
	be := binary.BigEndian
	if r := e.cfg.Faults.AdvertisedRate; r > 0 {
		e.openSet(tmplSampling, 18)
		b := be.AppendUint64(e.buf, samplerID)
		b = be.AppendUint16(b, 1) // selectorAlgorithm: systematic count-based
		b = be.AppendUint32(b, 1)
		e.buf = be.AppendUint32(b, r-1)
		e.count++
		e.units++
	}
	for _, p := range e.ports {
		e.openSet(tmplInterface, 112)
		b := be.AppendUint32(e.buf, p.Index)
		e.buf = appendFixed(appendFixed(b, p.Name, 32), p.Description, 64)
		e.count++
		e.units++
	}
}

// optionsIPFIX announces an options template whose first field is the scope
// (RFC 7011 section 3.4.2.2), in a set of its own as for NetFlow v9.
func (e *Exporter) optionsIPFIX(id uint16, list []field) {
	e.closeSet()
	e.openSet(3, 6+4*len(list))
	e.appendHead(id, uint16(len(list)))
	e.buf = binary.BigEndian.AppendUint16(e.buf, 1)
	e.appendFields(list)
	e.count++
}
