package kind

import (
	"encoding/csv"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"floodmark/internal/testenv"
)

var kinds = []string{unknown, "access", "mobile", "hosting", "cdn", "vpn", "education", "transit"}

func tables(t testing.TB) *Tables {
	t.Helper()
	tab, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestTablesHoldKnownKindsOnly(t *testing.T) {
	tab := tables(t)
	for n, k := range tab.networks {
		if !slices.Contains(kinds, k.kind) || k.operator == "" || k.check == "" {
			t.Errorf("AS%d: %+v", n, k)
		}
	}
	seen := map[string]bool{}
	for _, r := range tab.rules {
		if !slices.Contains(kinds, r.kind) {
			t.Errorf("%+v", r)
		}
		key := ""
		for _, w := range r.words {
			if w.text == "" || w.text != strings.Join(split(w.text), "") {
				t.Errorf("pattern %q can never match", w.text)
			}
			key += strconv.FormatBool(w.front) + w.text + strconv.FormatBool(w.back)
		}
		if seen[key] {
			t.Errorf("%+v stands twice", r)
		}
		seen[key] = true
	}
	for i, p := range tab.Anycast() {
		if p.Net != p.Net.Masked() || p.Operator == "" {
			t.Errorf("%v", p)
		}
		for _, q := range tab.Anycast()[:i] {
			if q.Net.Overlaps(p.Net) {
				t.Errorf("%v and %v overlap", p.Net, q.Net)
			}
		}
	}
}

func TestOf(t *testing.T) {
	tab := tables(t)
	for _, c := range []struct {
		asn  uint32
		name string
		kind string
		far  bool
	}{
		{13335, "anything", "cdn", true},
		{16509, "Amazon.com, Inc.", "hosting", false},
		{64496, "Example Broadband LLC", "access", false},
		{64496, "Nossa Telecomunicações Ltda", "access", false},
		{64496, "SuperFibra", "access", false},
		{64496, "University of Example Hosting Lab", "education", false},
		{64496, "Fast VPN Servers", "vpn", true},
		{64496, "GhostVPN", "vpn", true},
		{64496, "Example Mobile Telecom", "mobile", false},
		{64496, "Data Center Example", "hosting", false},
		{64496, "CENTER of data", unknown, false},
		{64496, "ghosted and hosted", "hosting", false},
		{64496, "Hostel Ghoster", unknown, false},
		{64496, "Example Internet Exchange", "transit", false},
		{64496, "Bank of Examples", unknown, false},
		{64496, "", unknown, false},
		{0, "", unknown, false},
	} {
		if k, far := tab.Of(c.asn, c.name); k != c.kind || far != c.far {
			t.Errorf("AS%d %q: %s %v, want %s %v", c.asn, c.name, k, far, c.kind, c.far)
		}
	}
}

// An AS number that changed hands since the table was written shows in its
// registered name.
func TestWellKnownNumbersStillBelongToTheirOperators(t *testing.T) {
	names := registered(t)
	tab := tables(t)
	for n, k := range tab.networks {
		name, ok := names[n]
		fits := false
		for part := range strings.SplitSeq(k.check, "|") {
			fits = fits || strings.Contains(strings.ToLower(name), part)
		}
		if !ok || !fits {
			t.Errorf("AS%d (%s): registered as %q, expected %q in it", n, k.operator, name, k.check)
		}
	}
}

func registered(t *testing.T) map[uint32]string {
	names := map[uint32]string{}
	for _, f := range []string{"asn-ipv4-num.csv", "asn-ipv6-num.csv"} {
		file, err := os.Open("../../../web/node_modules/@ip-location-db/asn/" + f)
		if err != nil {
			testenv.Missing(t, "the packaged data is not installed (npm ci in web)")
		}
		defer file.Close()
		rows, err := csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			n, err := strconv.ParseUint(r[2], 10, 32)
			if err != nil {
				t.Fatal(err)
			}
			names[uint32(n)] = r[3]
		}
	}
	return names
}
