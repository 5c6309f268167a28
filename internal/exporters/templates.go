package exporters

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"sync"

	"floodmark/internal/model"
)

// Templates keeps the datagrams in which exporters announced their templates and
// sampling rates, so that data can be decoded at once after a restart. It is
// bounded per exporter: the one that was not repeated for longest is evicted
// first. Any goroutine may use it. The zero value is empty.
type Templates struct {
	mu        sync.Mutex // guards what follows
	exporters map[model.Exporter][]announcement
	turn      uint64
	changed   bool // since it was last encoded
}

// announcement is one datagram.
type announcement struct {
	hash     uint64
	turn     uint64
	datagram []byte
}

// Bounds of what is kept.
const (
	maxAnnouncements      = 32 // of one exporter
	maxAnnouncers         = 1024
	maxAnnouncementLength = 2048 // bytes
)

// Keep copies a datagram that holds templates or options records.
func (m *Templates) Keep(from model.Exporter, datagram []byte) {
	if len(datagram) > maxAnnouncementLength {
		return
	}
	h := contentHash(datagram)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.exporters == nil {
		m.exporters = make(map[model.Exporter][]announcement)
	}
	m.turn++
	list, known := m.exporters[from]
	if !known && len(m.exporters) >= maxAnnouncers {
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
	t := announcement{h, m.turn, bytes.Clone(datagram)}
	if len(list) >= maxAnnouncements {
		list[oldest] = t
		return
	}
	m.exporters[from] = append(list, t)
}

// contentHash identifies what a datagram announces, whenever it was sent: by the
// content of its template sets; where it has none, by the beginnings of its
// options records, which say what they are about and not yet what of it.
func contentHash(b []byte) uint64 {
	const beginning = 12 // bytes after the set header: scope and, mostly, a sampler or an interface
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

// Encode returns all that is kept, and whether it changed since the last call.
func (m *Templates) Encode() ([]byte, bool) {
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

// Decode takes what Encode returned and hands each datagram to learn. It fails if
// the data is cut short; datagrams before that are learned.
func (m *Templates) Decode(b []byte, learn func(from model.Exporter, datagram []byte)) error {
	for len(b) > 0 {
		if len(b) < 20 {
			return fmt.Errorf("stored templates: %d bytes at the end", len(b))
		}
		from := model.Exporter{Addr: model.Addr{Hi: binary.BigEndian.Uint64(b), Lo: binary.BigEndian.Uint64(b[8:])}, Port: binary.BigEndian.Uint16(b[16:])}
		n := int(binary.BigEndian.Uint16(b[18:]))
		if len(b) < 20+n {
			return fmt.Errorf("stored templates: datagram of %d bytes cut short", n)
		}
		m.Keep(from, b[20:20+n])
		learn(from, b[20:20+n])
		b = b[20+n:]
	}
	return nil
}
