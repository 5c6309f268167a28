package query

import "testing"

// FuzzParse checks that no question makes a panic, that every error has a
// place within the text, and that what is printed is read as the same.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"dst in 198.18.0.0/15 and proto = udp group by src_country, src_as", "not (syn and not ack) or src_port in (1, dns, 5-9) last 2h",
		`exporter = "a\"b" group by time, src/24/56 top 3 order by bytes step 1m from -2h to now`, "country = unknown from 2026-03-01 to 2026-03-02T10:00Z", "tcp_flags has syn+ack duration > 1m30s"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := Parse(s)
		if err != nil {
			if e, ok := err.(*Error); !ok || e.Column < 0 || e.Column > len(s)+1 || e.Text == "" {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		again, err := Parse(q.String())
		if err != nil {
			t.Fatalf("%q was read, but not %q: %v", s, q, err)
		}
		if again.String() != q.String() {
			t.Fatalf("%q became %q", q, again)
		}
	})
}
