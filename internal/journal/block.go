package journal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/zstd"
)

// A backup is a line of text and then blocks:
//
//	4  kind: "HEAD", "DATA" or "DONE"
//	4  length of the octets after this header
//	4  their length unpacked
//	4  CRC-32C of kind, both lengths and the octets
//	   the octets, as one zstd frame
//
// HEAD and DONE hold JSON, DATA records, each a stream (1; see wire), its
// number in the stream (8), the length of its key (2), that of its data (4), key and data. All
// numbers are little endian. A backup without DONE at its end is not whole.
const (
	backupMagic  = "floodmark journal backup\n"
	blockHeader  = 16
	recordHeader = 1 + 8 + 2 + 4
	blockAim     = 1 << 20 // a block is written when it has reached this
	blockMost    = blockAim + recordHeader + MaxKey + maxGroup + 64<<10
)

// backupFormat is what this program writes. It reads 1 as well.
const backupFormat = 2

// wire is the number of a stream in a backup, which stays when streams are added.
var wire = [streams + 1]byte{Changes: 0, Inputs: 1, Commands: 2, Alerts: 3, state: 4, Reports: 5}

type blockKind [4]byte

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// BackupError says where a backup is damaged.
type BackupError struct {
	Offset int64 // of the block in the file, octets
	Reason string
}

func (e *BackupError) Error() string {
	return fmt.Sprintf("backup is damaged at octet %d: %s", e.Offset, e.Reason)
}

// backupHead is in HEAD.
type backupHead struct {
	Format int   `json:"format"` // backupFormat, or 1: the same without reports
	Made   int64 `json:"made"`   // Unix ns
}

// backupDone is in DONE.
type backupDone struct {
	Last    map[string]uint64 `json:"last"` // group of each stream
	Records uint64            `json:"records"`
}

type record struct {
	stream Stream
	group  uint64
	key    string
	data   []byte
}

// blockWriter writes a backup.
type blockWriter struct {
	w      io.Writer
	zip    *zstd.Encoder
	raw    []byte
	packed []byte
	count  uint64
}

func newBlockWriter(w io.Writer) (*blockWriter, error) {
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		return nil, err
	}
	_, err = io.WriteString(w, backupMagic)
	return &blockWriter{w: w, zip: zip}, err
}

func (b *blockWriter) add(r record) error {
	b.count++
	b.raw = append(b.raw, wire[r.stream])
	b.raw = binary.LittleEndian.AppendUint64(b.raw, r.group)
	b.raw = binary.LittleEndian.AppendUint16(b.raw, uint16(len(r.key)))
	b.raw = binary.LittleEndian.AppendUint32(b.raw, uint32(len(r.data)))
	b.raw = append(append(b.raw, r.key...), r.data...)
	if len(b.raw) >= blockAim {
		return b.flush()
	}
	return nil
}

func (b *blockWriter) flush() error {
	if len(b.raw) == 0 {
		return nil
	}
	err := b.block(blockKind([]byte("DATA")), b.raw)
	b.raw = b.raw[:0]
	return err
}

func (b *blockWriter) json(kind string, v any) error {
	if err := b.flush(); err != nil {
		return err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.block(blockKind([]byte(kind)), raw)
}

func (b *blockWriter) block(kind blockKind, raw []byte) error {
	b.packed = append(b.packed[:0], make([]byte, blockHeader)...)
	b.packed = b.zip.EncodeAll(raw, b.packed)
	h := b.packed[:blockHeader]
	copy(h, kind[:])
	binary.LittleEndian.PutUint32(h[4:], uint32(len(b.packed)-blockHeader))
	binary.LittleEndian.PutUint32(h[8:], uint32(len(raw)))
	binary.LittleEndian.PutUint32(h[12:], checksum(b.packed))
	_, err := b.w.Write(b.packed)
	return err
}

// checksum of a block, without the checksum itself.
func checksum(b []byte) uint32 {
	return crc32.Update(crc32.Checksum(b[:12], castagnoli), castagnoli, b[blockHeader:])
}

// blockReader reads a backup. Every error about its content is a *BackupError.
type blockReader struct {
	r      io.Reader
	zip    *zstd.Decoder
	at     int64 // where the next block begins
	packed []byte
	raw    []byte
}

func newBlockReader(r io.Reader) (*blockReader, error) {
	zip, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(blockMost), zstd.WithDecodeAllCapLimit(true))
	if err != nil {
		return nil, err
	}
	magic := make([]byte, len(backupMagic))
	if n, err := io.ReadFull(r, magic); err != nil && !ended(err) {
		return nil, err
	} else if string(magic[:n]) != backupMagic {
		return nil, &BackupError{0, "it does not begin as a backup of a journal does"}
	}
	return &blockReader{r: r, zip: zip, at: int64(len(backupMagic)), raw: make([]byte, 0, blockAim)}, nil
}

func ended(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }

// next returns the next block, valid until the next call, and where it began.
func (b *blockReader) next() (kind string, raw []byte, at int64, err error) {
	at = b.at
	fail := func(format string, v ...any) (string, []byte, int64, error) {
		return "", nil, at, &BackupError{at, fmt.Sprintf(format, v...)}
	}
	var h [blockHeader]byte
	if _, err := io.ReadFull(b.r, h[:]); ended(err) {
		return fail("it ends here, before it is whole")
	} else if err != nil {
		return "", nil, at, err
	}
	packed, unpacked := binary.LittleEndian.Uint32(h[4:]), binary.LittleEndian.Uint32(h[8:])
	if packed > blockMost || unpacked > blockMost {
		return fail("a block of %d octets, %d unpacked, cannot be", packed, unpacked)
	}
	b.packed = append(b.packed[:0], h[:]...)
	if cap(b.packed) < blockHeader+int(packed) {
		b.packed = append(make([]byte, 0, blockHeader+int(packed)), h[:]...)
	}
	b.packed = b.packed[:blockHeader+int(packed)]
	if _, err := io.ReadFull(b.r, b.packed[blockHeader:]); ended(err) {
		return fail("it ends in the middle of this block")
	} else if err != nil {
		return "", nil, at, err
	}
	if got, want := checksum(b.packed), binary.LittleEndian.Uint32(h[12:]); got != want {
		return fail("checksum is %08x, should be %08x", got, want)
	}
	if cap(b.raw) < int(unpacked) {
		b.raw = make([]byte, 0, unpacked)
	}
	b.raw, err = b.zip.DecodeAll(b.packed[blockHeader:], b.raw[:0:unpacked])
	if err != nil {
		return fail("unpack: %v", err)
	}
	if len(b.raw) != int(unpacked) {
		return fail("%d octets unpacked, should be %d", len(b.raw), unpacked)
	}
	b.at += int64(len(b.packed))
	return string(h[:4]), b.raw, at, nil
}

// records calls fn for each record of a DATA block.
func records(raw []byte, fn func(record) error) error {
	for len(raw) > 0 {
		if len(raw) < recordHeader {
			return fmt.Errorf("%d octets are left for a record", len(raw))
		}
		number := raw[0]
		stream := bytes.IndexByte(wire[:], number)
		r := record{stream: Stream(stream), group: binary.LittleEndian.Uint64(raw[1:])}
		key, data := int(binary.LittleEndian.Uint16(raw[9:])), int(binary.LittleEndian.Uint32(raw[11:]))
		raw = raw[recordHeader:]
		if stream < 0 || r.group == 0 || data > maxGroup || key+data > len(raw) {
			return fmt.Errorf("a record of stream %d, group %d with %d octets, %d are left", number, r.group, key+data, len(raw))
		}
		r.key, r.data = string(raw[:key]), raw[key:key+data:key+data]
		raw = raw[key+data:]
		if err := fn(r); err != nil {
			return err
		}
	}
	return nil
}
