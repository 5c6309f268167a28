package geo

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func addr(t testing.TB, s string) model.Addr {
	t.Helper()
	a, err := netip.ParseAddr(s)
	if err != nil {
		t.Fatal(err)
	}
	return model.AddrFromNetip(a)
}

// small returns a builder with a few ranges and the file it makes.
func small(t testing.TB) []byte {
	t.Helper()
	b := NewBuilder()
	access := must(t)(b.Network(64496, "Example Broadband", "access", false))
	cdn := must(t)(b.Network(64497, "Example CDN", "cdn", true))
	for _, r := range []struct {
		first, last string
		e           Entry
	}{
		{"0.0.0.0", "0.255.255.255", Entry{Country: "AQ"}},
		{"192.0.2.0", "192.0.2.255", Entry{Country: "UA", Country2: "UA", Network: access}},
		{"192.0.3.0", "192.0.3.127", Entry{Country: "UA", Country2: "PL", Network: access}},
		{"198.51.100.0", "198.51.100.255", Entry{Country: "US", Network: cdn}},
		{"203.0.113.53", "203.0.113.53", Entry{Country: "US", Unlocatable: true}},
		{"223.255.0.0", "255.255.255.255", Entry{Network: access}},
		{"2001:db8::", "2001:db8:0:ffff:ffff:ffff:ffff:ffff", Entry{Country: "MX", Network: access}},
		{"2001:db8:1::", "2001:db8:1::ffff", Entry{Country: "ES"}},
		{"2001:db8:1::1:0", "2001:db8:1::1:ffff", Entry{Country: "IT"}},
		{"ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Entry{Country: "BR"}},
	} {
		if err := b.Add(addr(t, r.first), addr(t, r.last), r.e); err != nil {
			t.Fatal(err)
		}
	}
	data, err := b.Encode(Info{Date: "2026-06-17", Sources: []Source{{Name: "made", Version: "1", Date: "2026-06-17", Use: "country", Licence: "none"}}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func must(t testing.TB) func(uint32, error) uint32 {
	return func(n uint32, err error) uint32 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
}

func load(t testing.TB, data []byte) *DB {
	t.Helper()
	db, err := Load(data)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestLookupFindsTheRangeThatHoldsAnAddress(t *testing.T) {
	db := load(t, small(t))
	access := model.Place{ASN: 64496, AS: "Example Broadband", Kind: "access"}
	with := func(p model.Place, c, c2 string) model.Place { p.Country, p.Country2 = c, c2; return p }
	for a, want := range map[string]model.Place{
		"0.0.0.0":                {Country: "AQ", Kind: "unknown"},
		"0.255.255.255":          {Country: "AQ", Kind: "unknown"},
		"1.0.0.0":                {Kind: "unknown"},
		"192.0.1.255":            {Kind: "unknown"},
		"192.0.2.0":              with(access, "UA", "UA"),
		"192.0.2.255":            with(access, "UA", "UA"),
		"192.0.3.0":              with(access, "UA", "PL"),
		"192.0.3.128":            {Kind: "unknown"},
		"198.51.100.7":           {Country: "US", ASN: 64497, AS: "Example CDN", Kind: "cdn", Unlocatable: true},
		"203.0.113.52":           {Kind: "unknown"},
		"203.0.113.53":           {Country: "US", Kind: "unknown", Unlocatable: true},
		"203.0.113.54":           {Kind: "unknown"},
		"223.254.255.255":        {Kind: "unknown"},
		"240.0.0.1":              access,
		"255.255.255.255":        access,
		"::":                     {Kind: "unknown"},
		"::1":                    {Kind: "unknown"},
		"2001:db7:ffff:ffff::":   {Kind: "unknown"},
		"2001:db8::":             with(access, "MX", ""),
		"2001:db8:0:ffff::1":     with(access, "MX", ""),
		"2001:db8:1::ffff":       {Country: "ES", Kind: "unknown"},
		"2001:db8:1::1:0":        {Country: "IT", Kind: "unknown"},
		"2001:db8:1::2:0":        {Kind: "unknown"},
		"ffff:ffff:ffff:ffff::1": {Country: "BR", Kind: "unknown"},
	} {
		if diff := cmp.Diff(want, db.Lookup(addr(t, a))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", a, diff)
		}
	}
	if got := (&DB{}).Lookup(addr(t, "192.0.2.1")); got != (model.Place{Kind: "unknown"}) {
		t.Errorf("an empty database says %+v", got)
	}
	if got := (&DB{}).Lookup(addr(t, "2001:db8::")); got != (model.Place{Kind: "unknown"}) {
		t.Errorf("an empty database says %+v", got)
	}
	if !db.Lookup(addr(t, "192.0.3.1")).Disputed() || db.Lookup(addr(t, "192.0.2.1")).Disputed() || db.Lookup(addr(t, "198.51.100.7")).Disputed() {
		t.Error("only 192.0.3.0/25 has two opinions that differ")
	}
}

func TestInfoCountsWhatTheBuilderSaw(t *testing.T) {
	in := load(t, small(t)).Info()
	want := Info{Date: "2026-06-17", Networks: 2, Located4: 256 + 128, Disputed4: 128, Networked4: 256 + 128 + 256 + 32<<24 + 1<<16, Sources: in.Sources, SHA256: in.SHA256}
	if diff := cmp.Diff(want, in); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	g := load(t, small(t)).GeoInfo()
	if g.Status != "looked-up" || g.Date != "2026-06-17" || len(g.SHA256) != 64 || len(g.Sources) != 1 ||
		!strings.Contains(g.Note, "33.3 %") || !strings.Contains(g.Note, "0 of 2 networks") {
		t.Errorf("got %+v", g)
	}
}

func TestRangesGiveEveryAddressOfACountryOnce(t *testing.T) {
	db := load(t, small(t))
	got := map[string]uint64{}
	db.Ranges("UA", func(first, last model.Addr, p model.Place) bool {
		got[p.Country+"/"+p.Country2] += last.Lo - first.Lo + 1
		return true
	})
	if diff := cmp.Diff(map[string]uint64{"UA/UA": 256, "UA/PL": 128}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var all, lasts []string
	db.Ranges("", func(first, last model.Addr, p model.Place) bool {
		if last.Is4() && first.V4() < 1<<24 {
			return true // 256 pieces of 0.0.0.0/8
		}
		all = append(all, p.Country+" "+first.String())
		lasts = append(lasts, last.String())
		return p.Country != "ES"
	})
	if diff := cmp.Diff([]string{"UA 192.0.2.0", "UA 192.0.3.0", "US 198.51.100.0", "US 203.0.113.53", "MX 2001:db8::", "ES 2001:db8:1::"}, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if lasts[5] != "2001:db8:1::ffff" || lasts[1] != "192.0.3.127" {
		t.Errorf("last addresses %v", lasts)
	}
}

// naive is the plain reading of a list of ranges.
type naive []struct {
	first, last model.Addr
	e           Entry
}

func (n naive) lookup(a model.Addr) (string, string) {
	for _, r := range n {
		if r.first.Compare(a) <= 0 && a.Compare(r.last) <= 0 {
			return r.e.Country, r.e.Country2
		}
	}
	return "", ""
}

func TestLookupEqualsAPlainSearch(t *testing.T) {
	codes := []string{"", "DE", "FR", "NL"}
	rapid.Check(t, func(t *rapid.T) {
		var list naive
		b := NewBuilder()
		at, in6 := uint64(0), false
		next := func(step uint64) model.Addr {
			at += step
			if in6 {
				// Small steps stay within one /64, large ones leave it.
				return model.Addr{Hi: 0x2001<<48 + at>>12, Lo: at << 52}
			}
			return model.Addr4(uint32(at))
		}
		for range rapid.IntRange(0, 200).Draw(t, "ranges") {
			if !in6 && (at > 1<<32-1<<26 || rapid.IntRange(0, 80).Draw(t, "family") == 0) {
				in6, at = true, 0
			}
			step := rapid.SampledFrom([]uint64{1, 2, 255, 4096, 1 << 16, 1 << 24})
			e := Entry{Country: rapid.SampledFrom(codes).Draw(t, "c"), Country2: rapid.SampledFrom(codes).Draw(t, "c2")}
			first := next(step.Draw(t, "gap"))
			last := next(step.Draw(t, "length") - 1)
			if err := b.Add(first, last, e); err != nil {
				t.Fatal(err)
			}
			list = append(list, struct {
				first, last model.Addr
				e           Entry
			}{first, last, e})
		}
		data, err := b.Encode(Info{})
		if err != nil {
			t.Fatal(err)
		}
		db, err := Load(data)
		if err != nil {
			t.Fatal(err)
		}
		var asked []model.Addr
		check := func(a model.Addr) {
			asked = append(asked, a)
			c, c2 := list.lookup(a)
			if p := db.Lookup(a); p.Country != c || p.Country2 != c2 {
				t.Fatalf("%v: got %q %q, want %q %q", a, p.Country, p.Country2, c, c2)
			}
		}
		for _, r := range list {
			check(r.first)
			check(r.last)
			check(before(r.first))
			check(model.Addr{Hi: r.last.Hi, Lo: r.last.Lo + 1})
		}
		sameOrigins(t, db, asked)
	})
}

// sameOrigins compares Origins with Lookup.
func sameOrigins(t interface{ Fatalf(string, ...any) }, db *DB, asked []model.Addr) {
	out := make([]Origin, len(asked))
	db.Origins(asked, out)
	for i, a := range asked {
		p := db.Lookup(a)
		want := Origin{ASN: p.ASN, Country: model.ParseCode2(p.Country)}
		if p.Disputed() {
			want.Country = 0
		}
		if out[i] != want {
			t.Fatalf("%v: got %+v, want %+v", a, out[i], want)
		}
	}
}

func TestOriginsStateWhatLookupSays(t *testing.T) {
	asked := []model.Addr{{}, model.Addr4(0), model.Addr4(^uint32(0)), {Hi: ^uint64(0), Lo: ^uint64(0)}}
	sameOrigins(t, new(DB), asked)
	db := load(t, small(t))
	db.Ranges("", func(first, last model.Addr, _ model.Place) bool {
		asked = append(asked, first, last)
		return true
	})
	sameOrigins(t, db, asked)
	if n := testing.AllocsPerRun(100, func() { db.Origins(asked[:3], make([]Origin, 3)) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Enough ranges that every level of the search is used, with runs of ranges
// that share their high half across its borders.
func TestLookupInALongIPv6Table(t *testing.T) {
	b := NewBuilder()
	codes := [...]string{"DE", "FR", "NL"}
	var firsts []model.Addr
	at := model.Addr{Hi: 0x2001 << 48}
	rng := rand.New(rand.NewPCG(11, 12))
	for i := range 5000 {
		if rng.IntN(3) == 0 {
			at = model.Addr{Hi: at.Hi + 1 + rng.Uint64N(1<<20)}
		} else {
			at.Lo += 1 + rng.Uint64N(1<<40)
		}
		firsts = append(firsts, at)
		if err := b.Add(at, at, Entry{Country: codes[i%3]}); err != nil {
			t.Fatal(err)
		}
	}
	data, err := b.Encode(Info{})
	if err != nil {
		t.Fatal(err)
	}
	db := load(t, data)
	for i, a := range firsts {
		if got := db.Lookup(a).Country; got != codes[i%3] {
			t.Fatalf("%v: got %q, want %q", a, got, codes[i%3])
		}
		next := model.Addr{Hi: a.Hi, Lo: a.Lo + 1}
		if got := db.Lookup(next).Country; got != "" && (i+1 == len(firsts) || next != firsts[i+1]) {
			t.Fatalf("%v: got %q where there is nothing", next, got)
		}
	}
}

func TestBuilderRefusesWhatItCannotStore(t *testing.T) {
	b := NewBuilder()
	if err := b.Add(addr(t, "192.0.2.0"), addr(t, "192.0.2.255"), Entry{}); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"overlap":        b.Add(addr(t, "192.0.2.255"), addr(t, "192.0.3.0"), Entry{}),
		"backwards":      b.Add(addr(t, "192.0.4.1"), addr(t, "192.0.4.0"), Entry{}),
		"mixed families": b.Add(addr(t, "192.0.4.1"), addr(t, "2001:db8::"), Entry{}),
		"country":        b.Add(addr(t, "192.0.4.1"), addr(t, "192.0.4.1"), Entry{Country: "Ukraine"}),
		"country2":       b.Add(addr(t, "192.0.4.1"), addr(t, "192.0.4.1"), Entry{Country2: "UKR"}),
		"network":        b.Add(addr(t, "192.0.4.1"), addr(t, "192.0.4.1"), Entry{Network: 7}),
	} {
		if err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	if _, err := b.Network(1, "x", "castle", false); err == nil {
		t.Error("an unknown kind was accepted")
	}
	n := must(t)(b.Network(1, " a\x1b[31m\x00b\xff\u202e"+strings.Repeat("é", 200), "access", false))
	if name := b.networks[n].name; !strings.HasPrefix(name, "a[31mbé") || len(name) > maxName || name != printable(name) {
		t.Errorf("name %q", name)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	good := small(t)
	reseal := func(change func([]byte) []byte) []byte {
		b := change(append([]byte(nil), good[:len(good)-sha256.Size]...))
		sum := sha256.Sum256(b)
		return append(b, sum[:]...)
	}
	flip := append([]byte(nil), good...)
	flip[len(flip)/2] ^= 1
	old := append([]byte(nil), good...)
	old[len(magic)] = 9
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"empty":      {nil, "not an address database"},
		"other file": {[]byte("PK\x03\x04 something else altogether"), "not an address database"},
		"version":    {old, "format version 9"},
		"stub":       {good[:12], "truncated"},
		"truncated":  {good[:len(good)-1], "SHA-256"},
		"flipped":    {flip, "SHA-256"},
		"header length": {reseal(func(b []byte) []byte {
			binary.LittleEndian.PutUint32(b[8:], 1<<30)
			return b
		}), "header length"},
		"header text": {reseal(func(b []byte) []byte { b[12] = '['; return b }), "read header"},
		"cut table":   {reseal(func(b []byte) []byte { return b[:len(b)-4] }), "tables have"},
		"last place":  {reseal(func(b []byte) []byte { b[len(b)-1] = 0xff; return b }), "points outside"},
	} {
		path := filepath.Join(t.TempDir(), fileName)
		if err := os.WriteFile(path, c.data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// A file whose checksum is right may still hold anything: whatever Load
// accepts must answer every lookup without leaving its tables.
func TestDamageBehindTheChecksumStaysInside(t *testing.T) {
	good := small(t)
	rng := rand.New(rand.NewPCG(1, 2))
	accepted := 0
	for range 300 {
		b := append([]byte(nil), good[:len(good)-sha256.Size]...)
		for range 1 + rng.IntN(3) {
			at := 12 + rng.IntN(900) // the header, the tables and the begin of the index
			if rng.IntN(3) == 0 {
				at = len(b) - 1 - rng.IntN(900) // IPv6 and the end of the IPv4 places
			}
			b[at] = byte(rng.Uint32())
		}
		sum := sha256.Sum256(b)
		db, err := Load(append(b, sum[:]...))
		if err != nil {
			continue
		}
		accepted++
		probe(db)
	}
	if accepted == 0 || accepted == 300 {
		t.Errorf("%d of 300 damaged files were accepted: the test shows nothing", accepted)
	}
}

// probe walks the whole database and its edges.
func probe(db *DB) {
	db.Ranges("", func(first, last model.Addr, _ model.Place) bool {
		db.Lookup(first)
		db.Lookup(last)
		db.Origins([]model.Addr{first, last}, make([]Origin, 2))
		return true
	})
	db.Lookup(model.Addr{})
	db.Lookup(model.Addr4(0))
	db.Lookup(model.Addr4(^uint32(0)))
	db.Lookup(model.Addr{Hi: ^uint64(0), Lo: ^uint64(0)})
	db.GeoInfo()
}

// The fuzzer's bytes are edits of a good file, four bytes each: where and what. A whole file as input would be most of
// a megabyte, of which hardly a byte matters.
func FuzzLoad(f *testing.F) {
	good := small(f)
	good = good[:len(good)-sha256.Size]
	f.Add([]byte{0, 0, 12, '['})
	f.Add([]byte{255, 255, 254, 9, 0, 1, 0, '9'})
	f.Fuzz(func(t *testing.T, edits []byte) {
		b := append([]byte(nil), good...)
		for ; len(edits) >= 4; edits = edits[4:] {
			at := int(edits[0])<<16 | int(edits[1])<<8 | int(edits[2])
			if at >= 1<<23 {
				at += len(b) - 1<<24 // counted from the end
			}
			if at >= 0 && at < len(b) {
				b[at] = edits[3]
			}
		}
		sum := sha256.Sum256(b)
		if db, err := Load(append(b, sum[:]...)); err == nil {
			probe(db)
		}
	})
}

func TestLookupDoesNotAllocate(t *testing.T) {
	db := load(t, small(t))
	a, b := addr(t, "192.0.2.1"), addr(t, "2001:db8::1")
	var p model.Place
	if n := testing.AllocsPerRun(100, func() { p = db.Lookup(a); p = db.Lookup(b) }); n != 0 {
		t.Errorf("%v allocations, last %v", n, p)
	}
}

func TestPaths(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("FLOODMARK_GEO", "")
	want := filepath.Join(dir, ".local/share/floodmark/geo.db")
	if p, err := DefaultPath(); err != nil || p != want {
		t.Errorf("got %q, %v", p, err)
	}
	if p, ok := Find(); ok {
		t.Errorf("found %q where there is nothing", p)
	}
	if err := os.MkdirAll(filepath.Dir(want), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(want, small(t), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, ok := Find(); !ok || p != want {
		t.Errorf("found %q, %v", p, ok)
	}
	t.Setenv("XDG_DATA_HOME", "relative")
	if p, _ := DefaultPath(); p != want {
		t.Errorf("a relative XDG_DATA_HOME gave %q", p)
	}
	t.Setenv("XDG_DATA_HOME", filepath.Join(dir, "x"))
	if p, _ := DefaultPath(); p != filepath.Join(dir, "x/floodmark/geo.db") {
		t.Errorf("got %q", p)
	}
	t.Setenv("FLOODMARK_GEO", "mine.db")
	if p, ok := Find(); !ok || p != "mine.db" {
		t.Errorf("found %q, %v", p, ok)
	}
	t.Setenv("FLOODMARK_GEO", "")
	t.Setenv("XDG_DATA_HOME", "")
	t.Setenv("HOME", "")
	if p, err := DefaultPath(); err == nil {
		t.Errorf("without a home it is %q", p)
	}
}
