package seal

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestText(t *testing.T) {
	r := newRules([]string{"192.0.2.80/32", "2001:db8:aaaa::/64"})
	for in, want := range map[string]string{
		"":                             "",
		"no address here":              "no address here",
		"203.0.113.7":                  "203.0.113.0/24",
		"203.0.113.0":                  "203.0.113.0/24",
		"203.0.113.0/24":               "203.0.113.0/24",
		"203.0.113.128/25":             "203.0.113.0/24",
		"203.0.113.7/32":               "203.0.113.0/24",
		"203.0.113.7/20":               "203.0.112.0/20",
		"203.0.112.0/20":               "203.0.112.0/20",
		"(203.0.113.7:53)":             "(203.0.113.0/24:53)",
		"203.0.113.7.53 > 192.0.2.80.": "203.0.113.0/24.53 > 192.0.2.80.",
		"192.0.2.80:443":               "192.0.2.80:443",
		"192.0.2.80.443":               "192.0.2.80.443",
		"192.0.2.81":                   "192.0.2.0/24",
		"from 1.2.3.4, 5.6.7.8":        "from 1.2.3.0/24, 5.6.7.0/24",
		"1.203.0.113.7.9":              "1.203.0.x.x.x",
		"0.0.0.0 and ::":               "0.0.0.0 and ::",
		"300.1.2.3":                    "300.1.2.3",
		"2001:db8:77:1::15":            "2001:db8:77::/48",
		"[2001:db8:77:1::15]:53":       "[2001:db8:77::/48]:53",
		"2001:db8:77:1:2:3:4:5.53":     "2001:db8:77::/48.53",
		"src:2001:db8:77:1::15":        "src:2001:db8:77::/48",
		"2001:db8:77::/48":             "2001:db8:77::/48",
		"2001:db8::/32":                "2001:db8::/32",
		"2001:db8:77:1::/64":           "2001:db8:77::/48",
		"2001:db8:aaaa::1":             "2001:db8:aaaa::1",
		"2001:db8:aaaa:1::1":           "2001:db8:aaaa::/48",
		"::ffff:203.0.113.7":           "203.0.113.0/24",
		"::ffff:cb00:7107":             "203.0.113.0/24",
		"2002:cb00:7107::1":            "2002:cb00:7100::/40",
		"fe80::1%eth0":                 "fe80::/48%eth0",
		"7.113.0.203.in-addr.arpa":     "x.113.0.203.in-addr.arpa",
		"host-203-0-113-7.example.net": "host-203-0-113-x.example.net",
		"203_0_113_7":                  "203_0_113_x",
		"2025-03-10T10:00:04.118Z":     "2025-03-10T10:00:04.118Z",
		"10:00:31 UTC":                 "10:00:31 UTC",
		"aa:bb:cc:dd:ee:ff":            "aa:bb:cc:dd:ee:ff",
		"203.0.113.7.pcap":             "203.0.113.0/24.pcap",
		"5.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.7.7.0.0.8.b.d.0.1.0.0.2.ip6.arpa": "x.7.7.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
	} {
		got := r.Text(in)
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if again := r.Text(got); again != got {
			t.Errorf("%q: not stable: %q, then %q", in, got, again)
		}
	}
}

// TestNoAddressSurvives hides random addresses in random text.
func TestNoAddressSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v6 := rapid.Bool().Draw(t, "v6")
		n := 4
		if v6 {
			n = 16
		}
		raw := rapid.SliceOfN(rapid.ByteRange(1, 250), n, n).Draw(t, "addr")
		a, _ := netip.AddrFromSlice(raw)
		format := rapid.SampledFrom([]string{"%s", "from %s to", "[%s]:53", "%s/128", "%s,%[1]s", "x=%s;", "%s.", "(%s)", "%s -", "src:%s"}).Draw(t, "format")
		s := fmt.Sprintf(format, a)
		got := Rules{}.Text(s)
		if strings.Contains(got, a.String()) {
			t.Fatalf("%q became %q", s, got)
		}
		if again := (Rules{}).Text(got); again != got {
			t.Fatalf("%q: not stable: %q, then %q", s, got, again)
		}
	})
}

func TestQuotedHeadersAreHidden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		head := rapid.SliceOfN(rapid.Byte(), 0, 30).Draw(t, "before")
		src, dst := rapid.SliceOfN(rapid.ByteRange(1, 255), 4, 4).Draw(t, "src"), rapid.SliceOfN(rapid.ByteRange(1, 255), 4, 4).Draw(t, "dst")
		h := append([]byte{0x45, 0, 0, 28, 0, 1, 0, 0, 64, 17, 0, 0}, append(src, dst...)...)
		dump := hex.EncodeToString(append(head, h...))
		got := Rules{}.Text("quotes " + dump)
		if at := len("quotes ") + 2*(len(head)+12); got[at+6:at+8] != "00" || got[at+14:at+16] != "00" {
			t.Fatalf("%s became %s", dump, got)
		}
		if again := (Rules{}).Text(got); again != got {
			t.Fatalf("not stable: %q, then %q", got, again)
		}
	})
}

func BenchmarkText(b *testing.B) {
	r := newRules([]string{"192.0.2.0/24"})
	for b.Loop() {
		r.Text("UDP 203.0.113.7:41022 > 192.0.2.80:9011 length 540 ttl 52")
	}
}

func FuzzText(f *testing.F) {
	f.Add("203.0.113.7:53 2001:db8::1.53 host-1-2-3-4 4500001c")
	r := newRules([]string{"192.0.2.0/24"})
	f.Fuzz(func(t *testing.T, s string) {
		got := r.Text(s)
		if again := r.Text(got); again != got {
			t.Errorf("not stable: %q, then %q, then %q", s, got, again)
		}
	})
}
