package geo

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"floodmark/internal/model"
)

// Open reads a database from a file. The error of a file that does not exist
// satisfies errors.Is(err, fs.ErrNotExist).
func Open(path string) (*DB, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open address database: %w", err)
	}
	db, err := Load(data)
	if err != nil {
		return nil, fmt.Errorf("open address database %s: %w", path, err)
	}
	return db, nil
}

// Load reads a database from the bytes of a file, which it does not keep.
// Whatever the bytes are, lookups in a database that Load accepts stay inside
// its tables.
func Load(data []byte) (*DB, error) {
	body, h, err := open(data)
	if err != nil {
		return nil, err
	}
	db := &DB{info: h.Info}
	sum := data[len(data)-sha256.Size:]
	db.info.SHA256 = hex.EncodeToString(sum)
	body, places := db.readTables(body, h)
	if err := db.check(places); err != nil {
		return nil, err
	}
	if err := db.readRanges(body, h, places); err != nil {
		return nil, err
	}
	for i := 0; i < len(db.hi6); i += coarseStep {
		db.coarse6 = append(db.coarse6, db.hi6[i])
	}
	return db, nil
}

// open checks the frame and returns the tables.
func open(data []byte) ([]byte, header, error) {
	var h header
	if len(data) < len(magic)+1 || string(data[:len(magic)]) != magic {
		return nil, h, errors.New("not an address database of floodmark")
	}
	if v := data[len(magic)]; v != version {
		return nil, h, fmt.Errorf("format version %d, this program reads %d: run \"floodmark geo update\"", v, version)
	}
	const front = len(magic) + 1 + 4
	if len(data) < front+sha256.Size {
		return nil, h, fmt.Errorf("truncated: %d bytes", len(data))
	}
	end := len(data) - sha256.Size
	if sum := sha256.Sum256(data[:end]); string(sum[:]) != string(data[end:]) {
		return nil, h, errors.New("damaged or truncated: the SHA-256 at its end does not match")
	}
	n := binary.LittleEndian.Uint32(data[front-4:])
	if n > maxHeader || int(n) > end-front {
		return nil, h, fmt.Errorf("header length %d exceeds the file", n)
	}
	if err := json.Unmarshal(data[front:front+int(n)], &h); err != nil {
		return nil, h, fmt.Errorf("read header: %w", err)
	}
	body := data[front+int(n) : end]
	for _, count := range []int{h.Codes, h.Networks, h.Names, h.Places, h.Ranges4, h.Ranges6} {
		if count < 0 || count > len(body) {
			return nil, h, fmt.Errorf("header counts %d of something in %d bytes", count, len(body))
		}
	}
	if h.size() != uint64(len(body)) || h.Codes >= maxCountries {
		return nil, h, fmt.Errorf("tables have %d bytes, the header states %d", len(body), h.size())
	}
	return body, h, nil
}

func (db *DB) readTables(b []byte, h header) ([]byte, []place) {
	db.countries = make([]string, h.Codes+1)
	for i := range h.Codes {
		db.countries[i+1] = string(b[2*i : 2*i+2])
		db.codes[i+1] = model.ParseCode2(db.countries[i+1])
	}
	b = b[2*h.Codes:]
	table, names := b[:10*h.Networks], string(b[10*h.Networks:10*h.Networks+h.Names])
	db.networks, db.asns = make([]network, h.Networks+1), make([]uint32, h.Networks+1)
	begin := uint32(0)
	for i := range h.Networks {
		e := table[10*i:]
		end := min(binary.LittleEndian.Uint32(e[4:]), uint32(len(names)))
		begin = min(begin, end)
		db.networks[i+1] = network{
			asn: binary.LittleEndian.Uint32(e), name: names[begin:end],
			kind: e[8], unlocatable: e[9]&flagUnlocatable != 0,
		}
		db.asns[i+1] = db.networks[i+1].asn
		begin = end
	}
	b = b[10*h.Networks+h.Names:]
	places := make([]place, h.Places+1)
	for i := range h.Places {
		e := b[8*i:]
		places[i+1] = newPlace(e[0], e[1], e[2]&flagUnlocatable != 0, binary.LittleEndian.Uint32(e[4:]))
	}
	return b[8*h.Places:], places
}

func (db *DB) readRanges(b []byte, h header, places []place) (err error) {
	db.index4, b = read32(b, index4Len)
	db.low4 = make([]uint16, h.Ranges4)
	for i := range db.low4 {
		db.low4[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	if db.place4, b, err = readPlaces(b[2*h.Ranges4:], h.Ranges4, places); err != nil {
		return err
	}
	db.hi6, b = read64(b, h.Ranges6)
	db.lo6, b = read64(b, h.Ranges6)
	if db.place6, _, err = readPlaces(b, h.Ranges6, places); err != nil {
		return err
	}
	return errors.Join(db.check4(), db.check6())
}

// readPlaces follows the numbers of places.
func readPlaces(b []byte, n int, places []place) ([]place, []byte, error) {
	out := make([]place, n)
	for i := range out {
		p := binary.LittleEndian.Uint32(b[4*i:])
		if int(p) >= len(places) {
			return nil, nil, fmt.Errorf("range %d points outside the table of places", i)
		}
		out[i] = places[p]
	}
	return out, b[4*n:], nil
}

func read32(b []byte, n int) ([]uint32, []byte) {
	out := make([]uint32, n)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return out, b[4*n:]
}

func read64(b []byte, n int) ([]uint64, []byte) {
	out := make([]uint64, n)
	for i := range out {
		out[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return out, b[8*n:]
}

// check verifies the tables that places point into, and that they do.
func (db *DB) check(places []place) error {
	for _, c := range db.countries[1:] {
		if c[0] < 'A' || c[0] > 'Z' || c[1] < 'A' || c[1] > 'Z' {
			return fmt.Errorf("country code %q", c)
		}
	}
	for i, n := range db.networks {
		if int(n.kind) >= len(kinds) || printable(n.name) != n.name {
			return fmt.Errorf("network %d has kind %d and the name %q", i, n.kind, n.name)
		}
	}
	for i, p := range places {
		if int(p.country()) >= len(db.countries) || int(p.country2()) >= len(db.countries) || int(p.network()) >= len(db.networks) {
			return fmt.Errorf("place %d points outside its tables", i)
		}
	}
	return nil
}

func (db *DB) check4() error {
	if db.index4[0] != 0 || db.index4[index4Len-1] != uint32(len(db.low4)) {
		return errors.New("the IPv4 index does not cover its table")
	}
	for h := range index4Len - 1 {
		begin, end := db.index4[h], db.index4[h+1]
		if begin >= end || end > uint32(len(db.low4)) || db.low4[begin] != 0 {
			return fmt.Errorf("the IPv4 index is not in order at %d", h)
		}
		for i := begin; i < end; i++ {
			if i > begin && db.low4[i] <= db.low4[i-1] {
				return fmt.Errorf("IPv4 range %d is not in order", i)
			}
		}
	}
	return nil
}

func (db *DB) check6() error {
	if len(db.hi6) == 0 || db.hi6[0] != 0 || db.lo6[0] != 0 {
		return errors.New("the IPv6 table does not begin at zero")
	}
	for i := range db.hi6 {
		if i > 0 && (db.hi6[i] < db.hi6[i-1] || db.hi6[i] == db.hi6[i-1] && db.lo6[i] <= db.lo6[i-1]) {
			return fmt.Errorf("IPv6 range %d is not in order", i)
		}
	}
	return nil
}
