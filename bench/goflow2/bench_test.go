package goflow2

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	nf "github.com/netsampler/goflow2/v2/decoders/netflow"
	"github.com/netsampler/goflow2/v2/decoders/netflowlegacy"
	sf "github.com/netsampler/goflow2/v2/decoders/sflow"
	"github.com/netsampler/goflow2/v2/producer"
	protoproducer "github.com/netsampler/goflow2/v2/producer/proto"

	"floodmark/internal/decode/netflow"
	"floodmark/internal/decode/sflow"
	"floodmark/internal/model"
)

// peer is goflow2 as its own collector uses it, without sockets and output.
type peer struct {
	templates nf.NetFlowTemplateSystem
	produce   producer.ProducerInterface
	args      *producer.ProduceArgs
}

func newPeer(b *testing.B) *peer {
	cfg, err := (&protoproducer.ProducerConfig{}).Compile()
	if err != nil {
		b.Fatal(err)
	}
	p, err := protoproducer.CreateProtoProducer(cfg, protoproducer.CreateSamplingSystem)
	if err != nil {
		b.Fatal(err)
	}
	from := netip.MustParseAddrPort("192.0.2.200:40000")
	return &peer{nf.CreateTemplateSystem(), p, &producer.ProduceArgs{
		Src: from, Dst: from, SamplerAddress: from.Addr(), TimeReceived: time.Unix(now, 0),
	}}
}

// read decodes a datagram of NetFlow v9 or IPFIX and, if full, fills messages.
// It returns how many records there were.
func (p *peer) read(datagram []byte, full bool) (int, error) {
	var v9 nf.NFv9Packet
	var ipfix nf.IPFIXPacket
	if err := nf.DecodeMessageVersion(bytes.NewBuffer(datagram), p.templates, &v9, &ipfix); err != nil {
		return 0, err
	}
	sets := v9.FlowSets
	if ipfix.Version == 10 {
		sets = ipfix.FlowSets
	}
	if full {
		if ipfix.Version == 10 {
			return p.fill(&ipfix)
		}
		return p.fill(&v9)
	}
	n := 0
	for _, s := range sets {
		if d, ok := s.(nf.DataFlowSet); ok {
			n += len(d.Records)
		}
	}
	return n, nil
}

func (p *peer) read5(datagram []byte, full bool) (int, error) {
	var v5 netflowlegacy.PacketNetFlowV5
	if err := netflowlegacy.DecodeMessageVersion(bytes.NewBuffer(datagram), &v5); err != nil {
		return 0, err
	}
	if full {
		return p.fill(&v5)
	}
	return len(v5.Records), nil
}

func (p *peer) readSFlow(datagram []byte, full bool) (int, error) {
	var packet sf.Packet
	if err := sf.DecodeMessageVersion(bytes.NewBuffer(datagram), &packet); err != nil {
		return 0, err
	}
	if full {
		return p.fill(&packet)
	}
	return len(packet.Samples), nil
}

func (p *peer) fill(packet any) (int, error) {
	list, err := p.produce.Produce(packet, p.args)
	p.produce.Commit(list)
	return len(list), err
}

// run measures one implementation: f decodes the datagram and returns the
// records it found, of which there must be want.
func run(b *testing.B, impl string, datagram []byte, want int, f func([]byte) (int, error)) {
	b.Run("impl="+impl, func(b *testing.B) {
		if n, err := f(datagram); n != want || err != nil {
			b.Fatalf("%d records, want %d: %v", n, want, err)
		}
		b.ReportAllocs()
		b.SetBytes(int64(len(datagram)))
		for b.Loop() {
			_, _ = f(datagram)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(want), "ns/record")
		b.ReportMetric(float64(b.N)*float64(want)/b.Elapsed().Seconds(), "records/s")
	})
}

type decoder interface {
	Decode(datagram []byte, from model.Exporter, recv int64) error
}

// compare runs all implementations on one datagram.
func compare(b *testing.B, setup, datagram []byte, want int, ours func(emit func(*model.Record)) decoder,
	theirs func(*peer) func([]byte, bool) (int, error)) {
	n := 0
	var octets uint64
	d := ours(func(r *model.Record) { n++; octets += r.Bytes })
	from := model.Exporter{Addr: model.Addr4(0xc00002c8), Port: 40000}
	if setup != nil {
		if err := d.Decode(setup, from, now*1e9); err != nil {
			b.Fatal(err)
		}
	}
	run(b, "floodmark", datagram, want, func(p []byte) (int, error) {
		n = 0
		err := d.Decode(p, from, now*1e9)
		return n, err
	})
	read := theirs(newPeer(b))
	if setup != nil {
		if _, err := read(setup, true); err != nil {
			b.Fatal(err)
		}
	}
	run(b, "goflow2-decode", datagram, want, func(p []byte) (int, error) { return read(p, false) })
	run(b, "goflow2-full", datagram, want, func(p []byte) (int, error) { return read(p, true) })
	if octets == 0 {
		b.Fatal("no octets decoded")
	}
}

func netflowDecoder(emit func(*model.Record)) decoder {
	return netflow.New(netflow.Config{Emit: emit})
}

func sflowDecoder(emit func(*model.Record)) decoder { return sflow.New(sflow.Config{Emit: emit}) }

func readSets(p *peer) func([]byte, bool) (int, error) { return p.read }

func BenchmarkNetFlow5(b *testing.B) {
	compare(b, nil, v5Data(), records5, netflowDecoder, func(p *peer) func([]byte, bool) (int, error) { return p.read5 })
}

func BenchmarkNetFlow9(b *testing.B) {
	compare(b, v9Setup(), v9Data(), records9, netflowDecoder, readSets)
}

func BenchmarkIPFIX(b *testing.B) {
	compare(b, ipfixSetup(), ipfixData(), recordsX, netflowDecoder, readSets)
}

func BenchmarkSFlow5(b *testing.B) {
	compare(b, nil, sflowData(), samples, sflowDecoder, func(p *peer) func([]byte, bool) (int, error) { return p.readSFlow })
}
