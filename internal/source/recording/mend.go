package recording

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"floodmark/internal/decode/nfdump"
)

// Places in the header of nfdump's file layout 2 (nffile.h, fileHeaderV2): the
// number of blocks of the appendix, which nfcapd writes last, and where it is.
const (
	nfdumpHeader    = 40
	appendixBlocks  = 18
	appendixOffset  = 24
	appendixOffsets = 8
	compressionAt   = 16
)

// A block begins with the number of its records, its length in bytes, its type
// and flags; a record with its type and length (nffile.h, dataBlock_t,
// recordHeader_t).
const (
	blockHeader     = 12
	blockRecords    = 0
	blockLength     = 4
	recordHeader    = 4
	recordLength    = 2
	maxNfdumpBlock  = 64 << 20
	notCompressedNf = 0
)

// prepare makes a plain copy of an nfdump file that is compressed, since the
// program nfdump seeks, and mends one that was cut.
func (r *Recording) prepare(f *file) error {
	if f.format != formatNfdump {
		return nil
	}
	if f.compression != "none" {
		if err := r.unpack(f); err != nil {
			return err
		}
	}
	return r.mend(f)
}

// unpack writes a compressed nfdump file to a temporary one: of a cut one, what
// there is.
func (r *Recording) unpack(f *file) error {
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
	f.unpacked, err = r.copyOf(plain)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		f.damage, err = fmt.Sprintf("the %s data ends early", f.compression), nil
	}
	return err
}

// copyOf writes a temporary file, which Close removes.
func (r *Recording) copyOf(from io.Reader) (string, error) {
	tmp, err := os.CreateTemp("", "floodmark-nfdump-*")
	if err != nil {
		return "", err
	}
	r.spool = append(r.spool, tmp.Name())
	_, err = io.Copy(tmp, from)
	if e := tmp.Close(); err == nil {
		err = e
	}
	return tmp.Name(), err
}

// mend makes a file readable whose end is missing. nfdump reads nothing of one
// whose appendix lies beyond its end, so a copy says that it has none.
func (r *Recording) mend(f *file) error {
	path := f.plain()
	raw, err := os.Open(path)
	if err != nil {
		return unwrapPath(err)
	}
	defer raw.Close()
	head := make([]byte, nfdumpHeader)
	st, err := raw.Stat()
	if err != nil {
		return unwrapPath(err)
	}
	if n, _ := io.ReadFull(raw, head); n < nfdumpHeader || nfdump.Sniff(head) != nfdump.Binary2 {
		return nil // nfdump says itself what is wrong with it
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if head[0] == 0xa5 {
		order = binary.BigEndian
	}
	at := order.Uint64(head[appendixOffset:])
	if order.Uint16(head[appendixBlocks:]) == 0 || at < uint64(st.Size()) {
		return nil
	}
	f.damage = fmt.Sprintf("the file ends at octet %d, before its appendix at %d", st.Size(), at)
	if f.unpacked == "" {
		if _, err := raw.Seek(0, io.SeekStart); err != nil {
			return unwrapPath(err)
		}
		if f.unpacked, err = r.copyOf(raw); err != nil {
			return err
		}
	}
	w, err := os.OpenFile(f.unpacked, os.O_RDWR, 0)
	if err != nil {
		return unwrapPath(err)
	}
	err = withoutAppendix(w)
	if err == nil && head[compressionAt] == notCompressedNf {
		err = shortenLastBlock(w, order, st.Size())
	}
	if e := w.Close(); err == nil {
		err = e
	}
	return err
}

func withoutAppendix(w *os.File) error {
	if _, err := w.WriteAt(make([]byte, 2), appendixBlocks); err != nil {
		return err
	}
	_, err := w.WriteAt(make([]byte, appendixOffsets), appendixOffset)
	return err
}

// shortenLastBlock makes a block that the file's end cut end after its last
// whole record.
func shortenLastBlock(w *os.File, order binary.ByteOrder, size int64) error {
	head := make([]byte, blockHeader)
	for at := int64(nfdumpHeader); at < size; {
		if n, _ := w.ReadAt(head, at); n < blockHeader {
			return w.Truncate(at)
		}
		length := int64(order.Uint32(head[blockLength:]))
		if length > maxNfdumpBlock {
			return nil // nfdump says what is wrong with it
		}
		if next := at + blockHeader + length; next <= size {
			at = next
			continue
		}
		block := make([]byte, size-at-blockHeader)
		if _, err := w.ReadAt(block, at+blockHeader); err != nil {
			return err
		}
		records, end := wholeRecords(block, order)
		order.PutUint32(head[blockRecords:], records)
		order.PutUint32(head[blockLength:], uint32(end))
		if _, err := w.WriteAt(head, at); err != nil {
			return err
		}
		return w.Truncate(at + blockHeader + int64(end))
	}
	return nil
}

// wholeRecords counts the records of a block that are there in full, and their
// bytes.
func wholeRecords(block []byte, order binary.ByteOrder) (records uint32, end int) {
	for len(block)-end >= recordHeader {
		n := int(order.Uint16(block[end+recordLength:]))
		if n < recordHeader || n > len(block)-end {
			break
		}
		end += n
		records++
	}
	return records, end
}

// plain is where the file can be read without unpacking it.
func (f *file) plain() string {
	if f.unpacked != "" {
		return f.unpacked
	}
	return f.path
}
