package recording

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"floodmark/internal/decode/packet"
	"floodmark/internal/decode/pcap"
	"floodmark/internal/model"
)

const (
	// recognizeWithin is how many packets are looked at to tell a capture of
	// export datagrams from one of ordinary packets.
	recogniseWithin = 4000
	// exportShare is the least share of UDP datagrams that are exports.
	exportShare = 0.5
)

// recognizeKind reports whether a file holds packets or flows, and the time of
// its first packet.
func (f *file) recogniseKind(ctx context.Context, as string) (string, error) {
	if f.format == formatNfdump || f.format == formatCSV {
		if as == packets {
			return "", fmt.Errorf("--as packets: %s holds flow records, not packets", f.format)
		}
		var err error
		f.first, err = f.firstOfCSV(ctx)
		return flows, err
	}
	raw, err := os.Open(f.path)
	if err != nil {
		return "", unwrapPath(err)
	}
	defer raw.Close()
	plain, err := decompress(raw, f.compression)
	if err != nil {
		return "", err
	}
	defer plain.Close()
	p, err := pcap.NewReader(plain)
	if err != nil {
		return "", err
	}
	var (
		next            pcap.Packet
		rec             model.Record
		d               packet.Decoder
		n, udp, exports int
		collectors      = make(map[collector]bool)
	)
	for n < recogniseWithin && p.Next(&next) == nil {
		if n == 0 {
			f.first = next.Time
		}
		n++
		if d.Decode(next.Data, packet.LinkType(next.LinkType), int(next.WireLen), &rec) != packet.OK || rec.Proto != model.ProtoUDP {
			continue
		}
		udp++
		to := collector{rec.Dst, rec.DstPort}
		_, ok := exportProto(&rec)
		if !ok && collectors[to] {
			_, ok = versionOf(rec.Payload)
		}
		if ok {
			exports++
			collectors[to] = true // at most one for each packet looked at
		}
	}
	if as != "" {
		return as, nil
	}
	if exports > 0 && float64(exports) >= exportShare*float64(udp) && float64(exports) >= 0.2*float64(n) {
		return flows, nil
	}
	return packets, nil
}

// learntDatagram is an export datagram that announces templates.
type learntDatagram struct {
	payload []byte
	from    model.Exporter
}

// collector is where exporters send to. Once one datagram to it is recognized,
// all are taken for exports: data alone may look like anything.
type collector struct {
	addr model.Addr
	port uint16
}

const (
	maxCollectors  = 4096
	maxLearnt      = 64 << 20 // bytes of datagrams kept
	maxLearntCount = 1 << 16
)

// learn goes through captures of flows once and keeps the datagrams that
// announce templates or options, so that records before their template can be
// read. Each different datagram is kept once.
func (r *Recording) learn(ctx context.Context) error {
	if !r.hasFlows() {
		return nil
	}
	r.collectors = make(map[collector]bool)
	seen := make(map[string]bool)
	size := 0
	for _, f := range r.files {
		if f.kind != flows || f.format == formatNfdump || f.format == formatCSV {
			continue
		}
		err := f.datagrams(ctx, func(rec *model.Record, proto string) {
			if len(r.collectors) < maxCollectors {
				r.collectors[collector{rec.Dst, rec.DstPort}] = true
			}
			if proto == protoSFlow || proto == protoV5 || !announces(rec.Payload) || size > maxLearnt || len(r.learnt) >= maxLearntCount {
				return
			}
			from := model.Exporter{Addr: rec.Src, Port: rec.SrcPort}
			key := fmt.Sprint(from) + string(templateSets(rec.Payload))
			if seen[key] {
				return
			}
			seen[key] = true
			size += len(rec.Payload) + len(key)
			r.learnt = append(r.learnt, learntDatagram{bytes.Clone(rec.Payload), from})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// datagrams gives the export datagrams of a capture.
func (f *file) datagrams(ctx context.Context, fn func(rec *model.Record, proto string)) error {
	raw, err := os.Open(f.path)
	if err != nil {
		return unwrapPath(err)
	}
	defer raw.Close()
	plain, err := decompress(raw, f.compression)
	if err != nil {
		return err
	}
	defer plain.Close()
	p, err := pcap.NewReader(plain)
	if err != nil {
		return err
	}
	var (
		next pcap.Packet
		rec  model.Record
		d    packet.Decoder
	)
	for n := 0; p.Next(&next) == nil; n++ {
		if n&(progressEvery-1) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if d.Decode(next.Data, packet.LinkType(next.LinkType), int(next.WireLen), &rec) != packet.OK {
			continue
		}
		if proto, ok := exportProto(&rec); ok {
			fn(&rec, proto)
		}
	}
	return nil
}

// announces reports whether a NetFlow v9 or IPFIX datagram holds a set of
// templates or of options.
func announces(p []byte) bool { return len(templateSets(p)) > 0 }

// templateSets gives the sets of a datagram from the first one that is no data
// by a template of flows: set ids below 256 (RFC 3954 section 5.2, RFC 7011
// section 3.3.2).
func templateSets(p []byte) []byte {
	head := 20
	if len(p) > 1 && p[1] == 10 {
		head = 16
	}
	for i := head; i+4 <= len(p); {
		id, n := int(p[i])<<8|int(p[i+1]), int(p[i+2])<<8|int(p[i+3])
		if n < 4 || i+n > len(p) {
			return nil
		}
		if id < 256 {
			return p[i:]
		}
		i += n
	}
	return nil
}
