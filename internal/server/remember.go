package server

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"sync"

	"floodmark/internal/model"
)

// memory keeps the datagrams in which exporters told their templates and
// sampling rates, so that data is readable at once after a restart. It is
// bounded per exporter; the longest untold is forgotten first. Readers call
// keep, the server's saver calls encode.
type memory struct {
	mu        sync.Mutex
	exporters map[model.Exporter][]told
	turn      uint64
	changed   bool
}

type told struct {
	hash     uint64
	turn     uint64
	datagram []byte
}

// Bounds of what is remembered.
const (
	toldPerExporter = 32
	toldExporters   = 1024
	toldOctets      = 2048
)

// keep remembers a datagram that told something.
func (m *memory) keep(from model.Exporter, datagram []byte) {
	if len(datagram) > toldOctets {
		return
	}
	h := tellingHash(datagram)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.exporters == nil {
		m.exporters = make(map[model.Exporter][]told)
	}
	m.turn++
	list, known := m.exporters[from]
	if !known && len(m.exporters) >= toldExporters {
		return
	}
	oldest := 0
	for i := range list {
		if list[i].hash == h {
			list[i].turn = m.turn
			list[i].datagram = append(list[i].datagram[:0], datagram...)
			return
		}
		if list[i].turn < list[oldest].turn {
			oldest = i
		}
	}
	m.changed = true
	t := told{h, m.turn, bytes.Clone(datagram)}
	if len(list) >= toldPerExporter {
		list[oldest] = t
		return
	}
	m.exporters[from] = append(list, t)
}

// tellingHash identifies what a datagram tells, whenever it was sent: by the
// content of its template sets; where it has none, by the beginnings of its
// options records, which say what they are about and not yet what of it.
func tellingHash(b []byte) uint64 {
	const beginning = 12 // octets after the set header: scope and, mostly, a sampler or an interface
	sets, opts := fnv.New64a(), fnv.New64a()
	templates := false
	off := 20 // NetFlow v9, RFC 3954 section 5.1
	if len(b) >= 2 && binary.BigEndian.Uint16(b) == 10 {
		off = 16 // IPFIX, RFC 7011 section 3.1
	}
	for len(b)-off >= 4 {
		id, n := binary.BigEndian.Uint16(b[off:]), int(binary.BigEndian.Uint16(b[off+2:]))
		if n < 4 || off+n > len(b) {
			break
		}
		if id < 256 {
			templates = true
			sets.Write(b[off : off+n])
		} else {
			opts.Write(b[off : off+2])
			opts.Write(b[off+4 : min(off+4+beginning, off+n)])
		}
		off += n
	}
	if templates {
		return sets.Sum64()
	}
	return opts.Sum64()
}

// encode returns all that is remembered, and whether it changed since the last
// call.
func (m *memory) encode() ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.changed {
		return nil, false
	}
	m.changed = false
	var out []byte
	for from, list := range m.exporters {
		for _, t := range list {
			out = binary.BigEndian.AppendUint64(out, from.Addr.Hi)
			out = binary.BigEndian.AppendUint64(out, from.Addr.Lo)
			out = binary.BigEndian.AppendUint16(out, from.Port)
			out = binary.BigEndian.AppendUint16(out, uint16(len(t.datagram)))
			out = append(out, t.datagram...)
		}
	}
	return out, true
}

// decode takes what encode gave and hands each datagram to learn.
func (m *memory) decode(b []byte, learn func(from model.Exporter, datagram []byte)) error {
	for len(b) > 0 {
		if len(b) < 20 {
			return fmt.Errorf("remembered templates: %d octets at the end", len(b))
		}
		from := model.Exporter{Addr: model.Addr{Hi: binary.BigEndian.Uint64(b), Lo: binary.BigEndian.Uint64(b[8:])}, Port: binary.BigEndian.Uint16(b[16:])}
		n := int(binary.BigEndian.Uint16(b[18:]))
		if len(b) < 20+n {
			return fmt.Errorf("remembered templates: datagram of %d octets cut short", n)
		}
		m.keep(from, b[20:20+n])
		learn(from, b[20:20+n])
		b = b[20+n:]
	}
	return nil
}
