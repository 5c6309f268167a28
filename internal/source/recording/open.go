package recording

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"floodmark/internal/decode/nfdump"
	"floodmark/internal/decode/pcap"
	"floodmark/internal/model"
)

// Kinds that a recording can be read as.
const (
	packets = "packets"
	flows   = "flows"
)

// Options shape how a recording is read. The zero value recognizes everything.
type Options struct {
	As       string // packets, Flows, or "" to recognize captures of export datagrams
	Sampling uint32 // sampling factor that replaces what the data says, 0 for none
	// Export, where it is set, takes every export datagram undecoded, in order
	// of time; its records are then not given. It is valid during the call.
	Export func(*Export)
	// Progress is reported about bytes read of all, at most some times per second.
	Progress func(reading string, done, total int64)
}

// Recording is a set of files that are read as one. Close removes what was
// spooled.
type Recording struct {
	opt        Options
	files      []*file
	inputs     []model.Input
	total      int64
	done       int64
	spool      []string
	decode     decoders
	hashes     chan struct{}
	seed       [32]byte
	learnt     []learntDatagram
	collectors map[collector]bool
}

// file is one input that can be read.
type file struct {
	path        string
	input       int // index into inputs
	compression string
	format      string // pcap, pcapng, nfdump, nfdump-csv
	first       int64  // time of its first packet, Unix ns
	kind        string
	size        int64
	unpacked    string // temporary plain copy of a compressed or cut nfdump file
	damage      string // what is wrong with an nfdump file, "" for nothing
}

const sniffLength = 4096

var errNotRecording = errors.New("not a recording: neither pcap, pcapng, nfdump nor nfdump CSV")

// Open finds the recordings among the paths, recognizes them and starts
// hashing them. "-" is standard input; a directory stands for the recordings in
// it, by name. It fails when a path does not exist or nothing can be read.
func Open(ctx context.Context, paths []string, opt Options) (*Recording, error) {
	r := &Recording{opt: opt}
	for _, p := range paths {
		if err := r.add(ctx, p); err != nil {
			r.Close()
			return nil, err
		}
	}
	if len(r.files) == 0 {
		err := r.nothing(paths)
		r.Close()
		return nil, err
	}
	slices.SortStableFunc(r.files, func(a, b *file) int { return cmp.Compare(a.first, b.first) })
	r.startHashing(ctx)
	if err := r.learn(ctx); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// nothing says why none of the inputs can be read.
func (r *Recording) nothing(paths []string) error {
	for _, in := range r.inputs {
		for _, s := range in.Skipped {
			return fmt.Errorf("%s: %s", in.Name, s.Example)
		}
	}
	return fmt.Errorf("%s: no recording in it", paths[0])
}

func (r *Recording) add(ctx context.Context, path string) error {
	if path == "-" {
		return r.addStdin(ctx)
	}
	st, err := os.Stat(path)
	if err != nil || !st.IsDir() { // what is missing is noted like what cannot be read
		return r.addFile(ctx, path, filepath.Base(path))
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return unwrapPath(err)
	}
	before := len(r.files)
	for _, e := range entries {
		if e.Type().IsRegular() && e.Name()[0] != '.' {
			if err := r.addFile(ctx, filepath.Join(path, e.Name()), e.Name()); err != nil {
				return err
			}
		}
	}
	if len(r.files) == before {
		return fmt.Errorf("%s: no recording in this directory", path)
	}
	return nil
}

// unwrapPath drops the name of the system call.
func unwrapPath(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return fmt.Errorf("%s: %w", pe.Path, pe.Err)
	}
	return err
}

// addStdin copies standard input to a temporary file, since a recording is
// read more than once.
func (r *Recording) addStdin(ctx context.Context) error {
	tmp, err := os.CreateTemp("", "floodmark-stdin-*")
	if err != nil {
		return err
	}
	r.spool = append(r.spool, tmp.Name())
	copied := make(chan error, 1)
	go func() {
		_, err := io.Copy(tmp, os.Stdin)
		copied <- err
	}()
	select {
	case err = <-copied:
	case <-ctx.Done(): // a read of a pipe cannot be called off: it ends with the input
		err = ctx.Err()
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	return r.addFile(ctx, tmp.Name(), "-")
}

// addFile recognizes a file. One that cannot be read is noted as skipped.
func (r *Recording) addFile(ctx context.Context, path, name string) error {
	f := &file{path: path, input: len(r.inputs)}
	in := model.Input{Name: name, Exports: []string{}, Skipped: []model.Skip{}}
	err := f.recognise(&in)
	if err == nil {
		err = r.prepare(f)
	}
	if err == nil {
		f.kind, err = f.recogniseKind(ctx, r.opt.As)
	}
	if err != nil {
		in.Skipped = append(in.Skipped, model.Skip{Reason: "unreadable", Bytes: uint64(f.size), Example: err.Error()})
		in.Bytes = f.size
		r.inputs = append(r.inputs, in)
		return nil
	}
	in.Bytes, in.Format, in.Compression, in.Kind = f.size, f.format, f.compression, f.kind
	r.inputs = append(r.inputs, in)
	r.files = append(r.files, f)
	r.total += f.size
	return nil
}

// recognize reads the beginning of the file.
func (f *file) recognise(in *model.Input) error {
	st, err := os.Stat(f.path)
	if err != nil {
		return errors.Unwrap(err)
	}
	if !st.Mode().IsRegular() {
		return errors.New("not a regular file")
	}
	f.size = st.Size()
	if f.size == 0 {
		return errors.New("empty file")
	}
	rd, err := os.Open(f.path)
	if err != nil {
		return errors.Unwrap(err)
	}
	defer rd.Close()
	head := make([]byte, 4)
	n, _ := io.ReadFull(rd, head)
	f.compression = compression(head[:n])
	if _, err := rd.Seek(0, io.SeekStart); err != nil {
		return err
	}
	plain, err := decompress(rd, f.compression)
	if err != nil {
		return fmt.Errorf("damaged %s header: %w", f.compression, err)
	}
	defer plain.Close()
	buf := make([]byte, sniffLength)
	n, err = io.ReadFull(plain, buf)
	if n == 0 && err != nil && err != io.EOF {
		return fmt.Errorf("damaged %s data: %w", f.compression, err)
	}
	buf = buf[:n]
	switch n := nfdump.Sniff(buf); {
	case n == nfdump.Binary1 || n == nfdump.Binary2:
		f.format = formatNfdump
		return nil
	case n == nfdump.CSV:
		f.format = formatCSV
		return nil
	}
	if format, ok := pcap.Sniff(buf); ok {
		f.format = format
	} else {
		return fmt.Errorf("%w (begins with % x)", errNotRecording, buf[:min(4, len(buf))])
	}
	return nil
}

// compression tells gzip (RFC 1952) and zstd (RFC 8878) by their magic numbers.
func compression(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return "gzip"
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zstd"
	}
	return "none"
}

// maxWindow bounds the memory that a zstd file can ask for.
const maxWindow = 128 << 20

func decompress(r io.Reader, how string) (io.ReadCloser, error) {
	switch how {
	case "gzip":
		return gzip.NewReader(r)
	case "zstd":
		d, err := zstd.NewReader(r, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return io.NopCloser(r), nil
}

// Inputs gives what is known of each file. It is complete after a reading.
func (r *Recording) Inputs() []model.Input {
	<-r.hashes
	return r.inputs
}

// Close removes what was spooled.
func (r *Recording) Close() {
	if r.hashes != nil {
		<-r.hashes
	}
	for _, p := range r.spool {
		os.Remove(p)
	}
}
