package pcap

import (
	"encoding/binary"
	"testing"
)

// endless serves a head once and then the same records over and over, so that
// the benchmark is about reading and not about how fast memory can be.
type endless struct {
	head, body []byte
	pos        int
}

func (e *endless) Read(b []byte) (int, error) {
	if len(e.head) > 0 {
		n := copy(b, e.head)
		e.head = e.head[n:]
		return n, nil
	}
	n := copy(b, e.body[e.pos:])
	e.pos = (e.pos + n) % len(e.body)
	return n, nil
}

const benchPackets = 2000 // of 60 bytes each

func benchPcap() *endless {
	e := &endless{head: fileHeader(binary.LittleEndian, magicMicro, 1)}
	for i := range uint32(benchPackets) {
		e.body = append(e.body, record(binary.LittleEndian, 1_700_000_000+i/1000, i%1000, make([]byte, 60), 60)...)
	}
	return e
}

func benchPcapng() *endless {
	e := &endless{head: append(section(binary.LittleEndian), idb(binary.LittleEndian, 1, 0)...)}
	for i := range uint64(benchPackets) {
		e.body = append(e.body, epb(binary.LittleEndian, 0, 1_700_000_000_000_000+i, make([]byte, 60), 60)...)
	}
	return e
}

func benchmark(b *testing.B, src *endless) {
	r, err := NewReader(src)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	var p Packet
	for b.Loop() {
		if err := r.Next(&p); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPcap(b *testing.B)   { benchmark(b, benchPcap()) }
func BenchmarkPcapng(b *testing.B) { benchmark(b, benchPcapng()) }
