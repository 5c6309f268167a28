package nfdump

import (
	"bufio"
	"bytes"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"floodmark/internal/model"
)

// Exporter is one line of `nfdump -E`, with the samplers listed below it.
type Exporter struct {
	ID       uint32 // nfdump's own number of the exporter
	Addr     model.Addr
	Version  int    // of its export protocol
	Domain   uint32 // engine or observation domain
	Lost     uint64 // sequence failures
	Packets  uint64 // datagrams
	Flows    uint64
	Samplers []Sampler
}

// Sampler is a sampling rate that an exporter announced to nfcapd. nfcapd
// multiplies the counts of the records that it applies one to.
type Sampler struct {
	ID   int64  // -1 where it is not of one sampler
	Rate uint32 // one packet in so many
}

// maxExporters bounds what ReadExporters returns.
const maxExporters = 1 << 16

// ReadExporters reads the output of `nfdump -E` (tried with 1.7.1). Lines it
// does not know are left out.
func ReadExporters(in io.Reader) ([]Exporter, error) {
	var list []Exporter
	scan := bufio.NewScanner(in)
	scan.Buffer(nil, maxLine)
	for scan.Scan() {
		line := bytes.TrimSpace(scan.Bytes())
		switch {
		case bytes.HasPrefix(line, []byte("SysID:")) && len(list) < maxExporters:
			list = append(list, exporterLine(string(line)))
		case bytes.HasPrefix(line, []byte("Sampler")) && len(list) > 0:
			e := &list[len(list)-1]
			if s, ok := samplerLine(string(line)); ok && len(e.Samplers) < maxRouters {
				e.Samplers = append(e.Samplers, s)
			}
		}
	}
	return list, scan.Err()
}

// values reads "name: value" pairs separated by commas.
func values(line string) map[string]string {
	m := make(map[string]string)
	for part := range strings.SplitSeq(line, ",") {
		// the first part may carry a title: "Sampler: Generic Sampler: algorithm: 1"
		if i := strings.LastIndex(part, ":"); i >= 0 {
			name := part[:i]
			name = name[strings.LastIndex(name, ":")+1:]
			m[strings.TrimSpace(name)] = strings.TrimSpace(part[i+1:])
		}
	}
	return m
}

func exporterLine(line string) Exporter {
	// IPv6 addresses hold colons: take the address out first.
	var e Exporter
	if _, rest, ok := strings.Cut(line, "IP:"); ok {
		text, _, _ := strings.Cut(rest, ",")
		if a, err := netip.ParseAddr(strings.TrimSpace(text)); err == nil {
			e.Addr = model.AddrFromNetip(a)
		}
	}
	m := values(line)
	e.ID, e.Domain = uint32(unsigned(m["SysID"], 32)), uint32(unsigned(m["ID"], 32))
	e.Version = int(unsigned(m["version"], 31))
	e.Lost, e.Packets, e.Flows = unsigned(m["Sequence failures"], 64), unsigned(m["packets"], 64), unsigned(m["flows"], 64)
	return e
}

func samplerLine(line string) (Sampler, bool) {
	m := values(line)
	s := Sampler{ID: -1}
	if id, err := strconv.ParseInt(m["ID"], 10, 64); err == nil {
		s.ID = id
	}
	interval, space := unsigned(m["packet interval"], 32), unsigned(m["packet space"], 32)
	if interval == 0 {
		if n := unsigned(m["interval"], 32); n > 0 {
			s.Rate = uint32(n)
			return s, true
		}
		return s, false
	}
	s.Rate = uint32(min((interval+space+interval/2)/interval, 1<<32-1))
	return s, true
}

func unsigned(s string, bits int) uint64 {
	v, err := strconv.ParseUint(s, 10, bits)
	if err != nil {
		return 0
	}
	return v
}
