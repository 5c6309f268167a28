package compile

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"floodmark/internal/model"
)

// readNetworksCSV reads files with a line of first address, last address, AS
// number and name for each range.
func readNetworksCSV(paths ...string) (layer, error) {
	l := layer{names: map[uint32]string{}}
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			return layer{}, err
		}
		err = l.addCSV(bufio.NewReaderSize(f, 1<<16))
		f.Close()
		if err != nil {
			return layer{}, fmt.Errorf("%s: %w", path, err)
		}
	}
	l.tidy()
	return l, nil
}

func (l *layer) addCSV(r io.Reader) error {
	c := csv.NewReader(r)
	c.FieldsPerRecord, c.ReuseRecord = 4, true
	for n := 1; ; n++ {
		f, err := c.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err // names line and column
		}
		if n > maxRanges {
			return fmt.Errorf("more than %d lines", maxRanges)
		}
		first, err1 := netip.ParseAddr(f[0])
		last, err2 := netip.ParseAddr(f[1])
		asn, err3 := strconv.ParseUint(f[2], 10, 32)
		if err := errors.Join(err1, err2, err3); err != nil || first.BitLen() != last.BitLen() || last.Less(first) {
			return fmt.Errorf("line %d: expected first address, last address, AS number and name, found %q", n, strings.Join(f, ","))
		}
		l.add(model.AddrFromNetip(first), model.AddrFromNetip(last), uint32(asn))
		if _, ok := l.names[uint32(asn)]; !ok {
			l.names[uint32(asn)] = strings.Clone(f[3])
		}
	}
}
