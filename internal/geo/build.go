package geo

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"floodmark/internal/model"
)

// Builder collects ranges for a new database. Add them in ascending order,
// then call Encode.
type Builder struct {
	countries map[string]uint8
	codes     []string
	byNetwork map[uint32]uint32
	networks  []network
	byPlace   map[place]uint32
	places    []place

	low4     []uint16
	place4   []uint32
	index4   []uint32
	hi6, lo6 []uint64
	place6   []uint32

	last  model.Addr
	begun bool
	stats Info
}

// Entry is what a Builder is told of a range. Network is a number that
// Builder.Network gave, 0 for none.
type Entry struct {
	Country, Country2 string // ISO 3166-1 alpha-2
	Network           uint32
	Unlocatable       bool
}

// NewBuilder returns an empty builder.
func NewBuilder() *Builder {
	return &Builder{
		countries: map[string]uint8{"": 0},
		codes:     []string{""},
		byNetwork: map[uint32]uint32{},
		networks:  []network{{}},
		byPlace:   map[place]uint32{0: 0},
		places:    []place{0},
		hi6:       []uint64{0}, lo6: []uint64{0}, place6: []uint32{0},
	}
}

// Network registers an autonomous system and returns its number for Entry. The
// first name and kind given for an AS number stay.
func (b *Builder) Network(asn uint32, name, kind string, unlocatable bool) (uint32, error) {
	if asn == 0 {
		return 0, nil
	}
	if i, ok := b.byNetwork[asn]; ok {
		return i, nil
	}
	name = printable(name)
	for k, word := range kinds {
		if word != kind {
			continue
		}
		i := uint32(len(b.networks))
		b.networks = append(b.networks, network{asn: asn, name: name, kind: uint8(k), unlocatable: unlocatable})
		b.byNetwork[asn] = i
		b.stats.Networks++
		if k == 0 {
			b.stats.Unclassed++
		}
		return i, nil
	}
	return 0, fmt.Errorf("build address database: AS%d has the unknown kind %q", asn, kind)
}

// Add says what is known of the addresses from first to last, both inside.
// Ranges must ascend and must not overlap; what lies between them is unknown.
func (b *Builder) Add(first, last model.Addr, e Entry) error {
	if last.Compare(first) < 0 || first.Is4() != last.Is4() || b.begun && first.Compare(b.last) <= 0 {
		return fmt.Errorf("build address database: range %v to %v is out of order", first, last)
	}
	p, err := b.place(e)
	if err != nil {
		return err
	}
	b.last, b.begun = last, true
	if first.Is4() {
		b.count4(first, last, e)
		b.add4(first.V4(), p)
		if last.V4() != ^uint32(0) {
			b.add4(last.V4()+1, 0)
		}
		return nil
	}
	b.add6(first, p)
	if next := (model.Addr{Hi: last.Hi, Lo: last.Lo + 1}); next.Lo != 0 {
		b.add6(next, 0)
	} else if last.Hi != ^uint64(0) {
		b.add6(model.Addr{Hi: last.Hi + 1}, 0)
	}
	return nil
}

// printable drops what could not be shown as text, and cuts long names. Names
// are written by the networks themselves and end up on terminals.
func printable(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name)
	if len(name) > maxName {
		name = strings.ToValidUTF8(name[:maxName], "")
	}
	return strings.TrimSpace(name)
}

func (b *Builder) place(e Entry) (uint32, error) {
	c, err := b.country(e.Country)
	if err != nil {
		return 0, err
	}
	c2, err := b.country(e.Country2)
	if err != nil {
		return 0, err
	}
	if int(e.Network) >= len(b.networks) {
		return 0, fmt.Errorf("build address database: network %d was not registered", e.Network)
	}
	p := newPlace(c, c2, e.Unlocatable, e.Network)
	i, ok := b.byPlace[p]
	if !ok {
		i = uint32(len(b.places))
		b.places = append(b.places, p)
		b.byPlace[p] = i
	}
	return i, nil
}

func (b *Builder) country(code string) (uint8, error) {
	if i, ok := b.countries[code]; ok {
		return i, nil
	}
	if len(code) != 2 || len(b.codes) == maxCountries {
		return 0, fmt.Errorf("build address database: %q is not a country code, or there are more than %d", code, maxCountries)
	}
	i := uint8(len(b.codes))
	b.codes = append(b.codes, code)
	b.countries[code] = i
	return i, nil
}

func (b *Builder) count4(first, last model.Addr, e Entry) {
	n := uint64(last.V4()-first.V4()) + 1
	if e.Network != 0 {
		b.stats.Networked4 += n
		if b.networks[e.Network].kind == 0 {
			b.stats.Unclassed4 += n
		}
	}
	if e.Country == "" || e.Country2 == "" {
		return
	}
	b.stats.Located4 += n
	if e.Country != e.Country2 {
		b.stats.Disputed4 += n
	}
}

// add4 lets p hold from v on. Every /16 gets a range of its own at its start,
// so that the index leads straight to it.
func (b *Builder) add4(v, p uint32) {
	for len(b.index4) <= int(v>>16) {
		carried := uint32(0)
		if n := len(b.place4); n > 0 {
			carried = b.place4[n-1]
		}
		b.index4 = append(b.index4, uint32(len(b.low4)))
		b.low4, b.place4 = append(b.low4, 0), append(b.place4, carried)
	}
	n := len(b.low4) - 1
	switch {
	case b.low4[n] == uint16(v):
		b.place4[n] = p
	case b.place4[n] != p:
		b.low4, b.place4 = append(b.low4, uint16(v)), append(b.place4, p)
		return
	}
	// A range that turns out to continue the one before it, within its /16.
	if start := int(b.index4[len(b.index4)-1]); n > start && b.place4[n] == b.place4[n-1] {
		b.low4, b.place4 = b.low4[:n], b.place4[:n]
	}
}

func (b *Builder) add6(a model.Addr, p uint32) {
	n := len(b.hi6) - 1
	switch {
	case b.hi6[n] == a.Hi && b.lo6[n] == a.Lo:
		b.place6[n] = p
	case b.place6[n] != p:
		b.hi6, b.lo6, b.place6 = append(b.hi6, a.Hi), append(b.lo6, a.Lo), append(b.place6, p)
		return
	}
	if n > 0 && b.place6[n] == b.place6[n-1] {
		b.hi6, b.lo6, b.place6 = b.hi6[:n], b.lo6[:n], b.place6[:n]
	}
}
