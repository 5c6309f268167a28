package netflow

import (
	"encoding/binary"

	"floodmark/internal/decode/packet"
	"floodmark/internal/model"
)

// Config is what a Decoder needs.
type Config struct {
	// Emit takes each record. The record is valid during the call only; it may
	// be changed.
	Emit func(*model.Record)
	// Index gives a new exporter its number (model.Record.Exporter). It is
	// called once per exporter. Nil counts from 1.
	Index func(model.Exporter) uint32
	// Interface takes what options records tell of interfaces, nil to drop it.
	// It is valid during the call only.
	Interface func(*Interface)
	// Skipped takes each thing that was not decoded, nil to drop it: records and
	// bytes as far as they can be counted. The error is valid during the call only.
	Skipped func(e *Error, records, bytes int)
	// Exported takes the export time of a datagram (Unix ns) before its records
	// are emitted, and returns when it arrived; recv is what Decode was given,
	// which is the export time too where the exporter's clock is not set. Nil
	// keeps recv. A replay follows the exporters' clocks with it.
	Exported func(from model.Exporter, at, recv int64) int64
	Limits   Limits
}

// Decoder decodes datagrams of any number of exporters and keeps what must be
// remembered between datagrams: templates, sampling rates, sequence numbers.
type Decoder struct {
	cfg       Config
	exporters map[model.Exporter]*exporter
	devices   map[model.Addr]*device
	cached    *stream // of the last datagram
	fields    int     // in all templates
	learning  bool
	reported  bool // the datagram held templates or options records

	hdr    header
	failed bool
	err    Error
	// skipped is handed to Config.Skipped; the field spares an allocation.
	skipped Error

	datagrams uint64
	bytes     uint64
	skips     [numReasons]Skip

	base    model.Record // what all records of a set have in common
	rec     model.Record // handed to Emit
	sec     model.Record // a packet section, before it becomes rec
	pkt     packet.Decoder
	rev     model.Record // handed to Emit: the reverse direction (RFC 5103)
	x       extra
	running runningFlows
	spec    []field // scratch of template parsing
	span    []span  // scratch of variable-length records
}

// header is what a datagram's header says, whatever the version.
type header struct {
	proto  Proto
	at     int64  // export time, Unix ns; receive time where the exporter's clock is not set
	uptime uint32 // ms since the exporter's boot, NetFlow only
	seq    uint32
	domain uint32
	stream *stream
	noTime bool
}

// unset is the export time below which an exporter's clock is taken as not
// set: 2000-01-01T00:00:00Z.
const unset = 946684800

// New returns a Decoder. It does nothing until Decode or Learn is called.
func New(cfg Config) *Decoder {
	cfg.Limits = cfg.Limits.orDefault()
	if cfg.Emit == nil {
		cfg.Emit = func(*model.Record) {}
	}
	return &Decoder{
		cfg:       cfg,
		exporters: make(map[model.Exporter]*exporter),
		devices:   make(map[model.Addr]*device),
		spec:      make([]field, 0, 64),
		span:      make([]span, cfg.Limits.Fields),
	}
}

// Decode reads one datagram that arrived from an exporter at recv (Unix ns) and
// gives its records to Config.Emit. The error, an *Error, is the first of what
// did not fit; everything else of the datagram was emitted all the same, and
// everything that was not is counted in Stats.
func (d *Decoder) Decode(datagram []byte, from model.Exporter, recv int64) error {
	d.datagrams++
	d.bytes += uint64(len(datagram))
	return d.read(datagram, from, recv)
}

// Learn reads only the templates and the options of a datagram, for a recording
// that is read twice: a second pass with Decode, over the same datagrams, can
// then read records that precede their template. What was learnt is used only
// where nothing has been announced yet in the second pass, and only if it was
// never announced differently later: otherwise the records could belong to an
// older definition. Nothing is emitted or counted.
func (d *Decoder) Learn(datagram []byte, from model.Exporter) error {
	d.learning = true
	err := d.read(datagram, from, 0)
	d.learning = false
	return err
}

// Reported reports whether the last datagram held templates or options records:
// what must be learnt again (Learn) for data to be readable after a restart.
func (d *Decoder) Reported() bool { return d.reported }

func (d *Decoder) read(b []byte, from model.Exporter, recv int64) error {
	d.failed, d.reported, d.hdr = false, false, header{}
	if len(b) < 2 {
		d.skip(Error{Reason: ShortHeader, Got: len(b), Want: 2}, 0, len(b))
		return &d.err
	}
	switch v := binary.BigEndian.Uint16(b); v {
	case 5:
		d.hdr.proto = NetFlow5
		d.readV5(b, from, recv)
	case 9:
		d.hdr.proto = NetFlow9
		d.readV9(b, from, recv)
	case 10:
		d.hdr.proto = IPFIX
		d.readIPFIX(b, from, recv)
	default:
		d.skip(Error{Reason: UnknownVersion, Got: int(v)}, 0, len(b))
	}
	if d.failed {
		return &d.err
	}
	return nil
}

// open finds the stream that the header belongs to and notes the datagram
// there. It returns false where a bound was reached.
func (d *Decoder) open(b []byte, from model.Exporter, recv int64) bool {
	h := &d.hdr
	s := d.stream(from, h.proto, h.domain)
	if s == nil {
		d.skip(Error{Reason: ExporterLimit, Want: d.cfg.Limits.Exporters}, 0, len(b))
		return false
	}
	h.stream = s
	if h.at < unset*1e9 {
		h.at, h.noTime = recv, true
	}
	if d.learning {
		return true
	}
	if d.cfg.Exported != nil {
		recv = d.cfg.Exported(from, h.at, recv)
	}
	st := &s.stats
	if st.Datagrams == 0 {
		st.FirstExport, st.Skew = h.at, h.at-recv
	}
	st.Datagrams++
	st.LastExport = max(h.at, st.LastExport)
	if h.noTime {
		st.ClockUnset++
	}
	return true
}
