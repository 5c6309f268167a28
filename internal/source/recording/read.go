package recording

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"floodmark/internal/decode/packet"
	"floodmark/internal/decode/pcap"
	"floodmark/internal/model"
)

// Read gives every record of the recording to emit, in order of time. It fails
// only when ctx is done; damage ends a file and is counted.
func (r *Recording) Read(ctx context.Context, reading string, emit func(*model.Record)) error {
	r.reset()
	rd := &reader{r: r, ctx: ctx, emit: emit, reading: reading}
	rd.exports.init(r, rd.deliver)
	defer rd.finish()
	if len(r.files) == 1 {
		s, err := rd.open(r.files[0])
		if err != nil {
			return nil
		}
		defer s.close()
		for s.step() {
			if rd.count&(progressEvery-1) == 0 && !rd.tick() {
				return ctx.Err()
			}
		}
		return ctx.Err()
	}
	return rd.merge()
}

// reset forgets what the reading before counted.
func (r *Recording) reset() {
	r.done = 0
	for _, f := range r.files {
		in := &r.inputs[f.input]
		in.Records, in.First, in.Last = 0, "", ""
		in.Analysed = false
		in.Skipped = in.Skipped[:0]
		in.Exports = in.Exports[:0]
	}
}

const progressEvery = 1 << 14

// reader is one reading.
type reader struct {
	r       *Recording
	ctx     context.Context
	emit    func(*model.Record)
	reading string
	exports exports
	count   uint64
	current *stream
	streams []*stream
}

func (rd *reader) tick() bool {
	rd.count++
	if rd.r.opt.Progress != nil {
		rd.r.opt.Progress(rd.reading, rd.r.done, rd.r.total)
	}
	return rd.ctx.Err() == nil
}

// deliver hands a record of the current stream on.
func (rd *reader) deliver(rec *model.Record) {
	s := rd.current
	rec.Input = uint32(s.f.input)
	if o := rd.r.opt.Sampling; o > 0 {
		rec.Sampling = o
	}
	s.records++
	s.first = min(s.first, rec.First)
	s.last = max(s.last, rec.Last)
	rd.emit(rec)
}

// merge reads several files at once where they overlap in time. A file is
// opened when its first packet's time is reached.
func (rd *reader) merge() error {
	var open streamHeap
	waiting := rd.r.files
	for len(open) > 0 || len(waiting) > 0 {
		for len(waiting) > 0 && (len(open) == 0 || waiting[0].first <= open[0].at) {
			if s, err := rd.open(waiting[0]); err == nil {
				if s.peek() {
					heap.Push(&open, s)
				} else {
					s.close()
				}
			}
			waiting = waiting[1:]
		}
		if len(open) == 0 {
			continue
		}
		s := open[0]
		s.take()
		if s.peek() {
			heap.Fix(&open, 0)
		} else {
			heap.Pop(&open)
			s.close()
		}
		rd.count++
		if rd.count&(progressEvery-1) == 0 && !rd.tick() {
			for _, s := range open {
				s.close()
			}
			return rd.ctx.Err()
		}
	}
	return nil
}

// stream is one file being read.
type stream struct {
	rd            *reader
	f             *file
	closer        []io.Closer
	pcap          *pcap.Reader
	csv           *csvStream
	next          pcap.Packet
	at            int64 // time of next
	packets       packet.Decoder
	rec           model.Record
	skips         skips
	records       uint64
	first, last   int64
	reasons       [packet.Reasons]uint64
	reasonBytes   [packet.Reasons]uint64
	reasonAt      [packet.Reasons]int64
	failed        bool
	lengthFromLen uint64
}

func (rd *reader) open(f *file) (*stream, error) {
	s := &stream{rd: rd, f: f, first: 1<<63 - 1, last: -1 << 63}
	rd.streams = append(rd.streams, s)
	if f.format == formatNfdump {
		var err error
		if s.csv, err = openNfdump(rd.ctx, f); err != nil {
			s.fail("nfdump", err)
			return nil, err
		}
		s.closer = append(s.closer, s.csv)
		if f.damage != "" {
			s.skips.add("truncated or damaged", 1, 0, f.damage)
		}
		return s, nil
	}
	raw, err := os.Open(f.path)
	if err != nil {
		s.fail("unreadable", unwrapPath(err))
		return nil, err
	}
	s.closer = append(s.closer, raw)
	plain, err := decompress(&counted{raw, &rd.r.done}, f.compression)
	if err != nil {
		s.fail("damaged", err)
		return nil, err
	}
	s.closer = append(s.closer, plain)
	if f.format == formatCSV {
		if s.csv, err = newCSV(plain); err != nil {
			s.fail("damaged", err)
			return nil, err
		}
		return s, nil
	}
	if s.pcap, err = pcap.NewReader(plain); err != nil {
		s.fail("damaged", err)
		return nil, err
	}
	return s, nil
}

// counted counts bytes read for the progress line.
type counted struct {
	io.Reader
	n *int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	*c.n += int64(n)
	return n, err
}

func (s *stream) close() {
	for i := len(s.closer) - 1; i >= 0; i-- {
		s.closer[i].Close()
	}
}

// step reads and delivers one packet or line.
func (s *stream) step() bool {
	if !s.peek() {
		return false
	}
	s.take()
	s.rd.count++
	return true
}

// peek reads the next packet or line; false at the end of the file.
func (s *stream) peek() bool {
	if s.csv != nil {
		ok, err := s.csv.next(&s.rec, &s.skips)
		if err != nil {
			s.fail("damaged", err)
		}
		s.at = s.rec.First
		return ok
	}
	err := s.pcap.Next(&s.next)
	if err == nil {
		s.at = s.next.Time
		return true
	}
	if !errors.Is(err, io.EOF) {
		s.fail("truncated or damaged", err)
	}
	return false
}

// take delivers what peek read.
func (s *stream) take() {
	s.rd.current = s
	if s.csv != nil {
		s.rd.deliver(&s.rec)
		return
	}
	r := &s.rec
	why := s.packets.Decode(s.next.Data, packet.LinkType(s.next.LinkType), int(s.next.WireLen), r)
	if why != packet.OK {
		if s.reasons[why] == 0 {
			s.reasonAt[why] = s.pcap.Offset()
		}
		s.reasons[why]++
		s.reasonBytes[why] += uint64(s.next.WireLen)
		return
	}
	r.First, r.Last = s.next.Time, s.next.Time
	r.Link = s.next.Interface
	if s.packets.Notes&packet.LengthFromWire != 0 {
		s.lengthFromLen++
	}
	if s.f.kind == flows {
		s.rd.exports.take(s, r)
		return
	}
	s.rd.deliver(r)
}

// fail ends a file: what was read before counts, the rest is reported as skipped.
func (s *stream) fail(reason string, err error) {
	s.failed = true
	rest := int64(0)
	if s.pcap != nil && s.f.compression == "none" {
		rest = max(0, s.f.size-s.pcap.Offset())
	}
	s.skips.add(reason, 1, uint64(rest), err.Error())
}

// finish writes what the reading counted into the inputs.
func (rd *reader) finish() {
	for _, s := range rd.streams {
		in := &rd.r.inputs[s.f.input]
		in.Records = s.records
		in.Analysed = s.records > 0
		if s.records > 0 {
			in.First, in.Last = formatTime(s.first), formatTime(s.last)
		}
		for why, n := range s.reasons {
			if n > 0 {
				s.skips.add(packet.Reason(why).String(), n, s.reasonBytes[why], fmt.Sprintf("before file offset %d", s.reasonAt[why]))
			}
		}
		rd.exports.finish(s)
		in.Skipped = append(in.Skipped, s.skips.list()...)
	}
	rd.r.decode.note(rd)
}

// streamHeap orders open files by the time of their next packet, then by name
// of input, so that the order is the same each time.
type streamHeap []*stream

func (h streamHeap) Len() int { return len(h) }
func (h streamHeap) Less(i, j int) bool {
	if h[i].at != h[j].at {
		return h[i].at < h[j].at
	}
	return h[i].f.input < h[j].f.input
}
func (h streamHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push adds a stream (heap.Interface).
func (h *streamHeap) Push(x any) { *h = append(*h, x.(*stream)) }

// Pop removes the last stream (heap.Interface).
func (h *streamHeap) Pop() any {
	old := *h
	s := old[len(old)-1]
	*h = old[:len(old)-1]
	return s
}
