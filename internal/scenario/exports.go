package scenario

import (
	"context"
	"fmt"
	"io"
	"net/netip"

	"floodmark/internal/model"
	"floodmark/internal/scenario/wire"
)

// Ports of the usual collectors: NetFlow's by custom, sFlow's by IANA.
const (
	portNetFlow = 2055
	portSFlow   = 6343
)

// WriteExports runs the named scenario and writes what its exporters send as a
// pcapng file of UDP packets to a collector at 127.0.0.1. Send of opt is not
// used.
func WriteExports(w io.Writer, name string, opt RunOptions) (Truth, error) {
	if _, err := find(name); err != nil {
		return Truth{}, err
	}
	return writeExports(w, name, opt, func(opt RunOptions) (Truth, error) { return Run(context.Background(), name, opt) })
}

// WriteSchedule is WriteExports for a schedule.
func WriteSchedule(w io.Writer, x *Schedule, opt RunOptions) (Truth, error) {
	return writeExports(w, x.Name, opt, func(opt RunOptions) (Truth, error) { return RunSchedule(context.Background(), x, opt) })
}

func writeExports(w io.Writer, name string, opt RunOptions, run func(RunOptions) (Truth, error)) (Truth, error) {
	file := wire.NewWriter(w, wire.Header{
		Application: fmt.Sprintf("floodmark scenario %s seed %d", name, max(opt.Seed, 1)),
		Comment:     "synthetic", Interface: "loopback of a collector",
	})
	id := uint32(0)
	opt.Send = func(from netip.Addr, to Collector, datagram []byte, at int64) error {
		id++
		p := wire.Packet{Src: model.AddrFromNetip(from), Dst: model.Addr4(127<<24 | 1), In: true, Proto: model.ProtoUDP, TTL: 64, ID: id & 0xffff,
			Sport: 50_000 + uint16(from.As4()[3]), Dport: portNetFlow, Payload: datagram}
		if to == toSFlow {
			p.Dport = portSFlow
		}
		file.Packet(at, &p)
		return file.Err()
	}
	truth, err := run(opt)
	if err != nil {
		return Truth{}, err
	}
	if err := file.Flush(); err != nil {
		return Truth{}, fmt.Errorf("write exports of scenario %s: %w", name, err)
	}
	return truth, nil
}
