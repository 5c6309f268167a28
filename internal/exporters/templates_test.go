package exporters

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"floodmark/internal/model"
)

// v9 builds a NetFlow v9 datagram of one set.
func v9(seq uint32, set int, body string) []byte {
	b := binary.BigEndian.AppendUint16(nil, 9)
	b = append(b, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(b, seq)
	b = append(b, 0, 0, 0, 7)
	b = binary.BigEndian.AppendUint16(b, uint16(set))
	b = binary.BigEndian.AppendUint16(b, uint16(4+len(body)))
	return append(b, body...)
}

func TestTemplatesSurviveARestart(t *testing.T) {
	var m Templates
	one, two := model.Exporter{Addr: model.Addr4(1), Port: 5}, model.Exporter{Addr: model.Addr4(2), Port: 6}
	for seq := range uint32(100) {
		m.Keep(one, v9(seq, 0, "template"))
		m.Keep(one, v9(seq, 300, fmt.Sprintf("about sampler1 rate %d", seq)))
		m.Keep(two, v9(seq, 0, "another"))
	}
	b, changed := m.Encode()
	if !changed {
		t.Fatal("nothing changed")
	}
	if _, again := m.Encode(); again {
		t.Error("changed twice")
	}
	var restored Templates
	got := map[model.Exporter]int{}
	err := restored.Decode(b, func(from model.Exporter, datagram []byte) {
		got[from]++
		if bytes.Contains(datagram, []byte("rate")) && !bytes.Contains(datagram, []byte("rate 99")) {
			t.Errorf("an old rate was kept: %q", datagram[20:])
		}
	})
	if err != nil || got[one] != 2 || got[two] != 1 {
		t.Errorf("%v, %v", got, err)
	}
	for n := range b { // cut anywhere: an error or fewer, never a panic
		new(Templates).Decode(b[:n], func(model.Exporter, []byte) {})
	}
}

func TestUnknownSendersCannotGrowTemplates(t *testing.T) {
	var m Templates
	for i := range uint32(5000) {
		m.Keep(model.Exporter{Addr: model.Addr4(i)}, v9(i, 0, "x"))
	}
	for i := range uint32(5000) {
		m.Keep(model.Exporter{Addr: model.Addr4(1)}, v9(i, 0, fmt.Sprint(i)))
	}
	if len(m.exporters) != maxAnnouncers || len(m.exporters[model.Exporter{Addr: model.Addr4(1)}]) != maxAnnouncements {
		t.Errorf("%d exporters, %d datagrams", len(m.exporters), len(m.exporters[model.Exporter{Addr: model.Addr4(1)}]))
	}
	m.Keep(model.Exporter{Addr: model.Addr4(2)}, make([]byte, maxAnnouncementLength+1))
}
