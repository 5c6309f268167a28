package query

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestErrorsStatePlaceAndHint(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%s\ngives %v\nwant  %s", text, err, want)
		}
	}
	f("scr = 1.2.3.4", `unknown field "scr"; did you mean "src"? (column 1)`)
	f("proto = upd", `"upd" is no value of proto; did you mean "udp"? (column 9)`)
	f("proto udp", `expected an operator after proto, found "udp"; write = != in (column 7)`)
	f("src > 1.2.3.4", `src has no order; write = != or in (column 5)`)
	f("src = 1.2.3", `"1.2.3" is no address; write 192.0.2.1, 198.18.0.0/15 or 192.0.2.1-192.0.2.9 (column 7)`)
	f("src = 1.2.3.4/33", `a prefix length is 0 to 32 here (column 7)`)
	f("src = ::1-1.2.3.4", `"::1-1.2.3.4" is no range of addresses; write 192.0.2.1-192.0.2.9 (column 7)`)
	f("dst_port = 70000", `dst_port is at most 65535 (column 12)`)
	f("dst_port in 9-5", `the range 9-5 ends before it begins (column 13)`)
	f("dst_port < 5-9", `dst_port cannot be compared with a range; write in (column 12)`)
	f("ttl has 3", `ttl is no set of flags; write = or in (column 5)`)
	f("src_country = Germany", `"Germany" is no country code; write DE, or unknown (column 15)`)
	f("tcp_flags has syn+akc", `no TCP flag is named "akc"; write fin, syn, rst, psh, ack, urg, ece or cwr, joined by + (column 15)`)
	f("class = tcp-sny", `no class is named "tcp-sny"; did you mean "tcp-syn"? (column 9)`)
	f("direction = up", `no direction is named "up"; write in or out or through (column 13)`)
	f("(proto = udp", `expected ")", found the end (column 13)`)
	f("proto = udp && ttl = 1", `"&" has no meaning here; write "and" (column 13)`)
	f(`exporter = "ä" x`, `expected and, or, or a clause, found "x" (column 16)`)
	f(`exporter = "a`, `a quote is not closed (column 12)`)
	f("proto = udp grop by src", `expected and, or, or a clause, found "grop"; did you mean "group"? (column 13)`)
	f("group by host", `host means either of two and cannot group; write src or dst (column 10)`)
	f("group by duration", `duration cannot group (column 10)`)
	f("group by src/0", `"src/0" has a wrong length; write src/24, or src/24/48 with that of IPv6 (column 10)`)
	f("group by src, src", `grouped by src twice (column 15)`)
	f("group by src, dst, ttl, proto", `grouped by more than 3 dimensions (column 25)`)
	f("group by src top 0", `top is a number from 1 to 1000 (column 18)`)
	f("top 5", `top needs groups; write group by src_as (column 1)`)
	f("last 1h last 2h", `"last" stands here twice (column 9)`)
	f("last 1h from -2h", `last does not go with from or to (column 1)`)
	f("last 1", `last is whole seconds, at least one; write last 1m (column 6)`)
	f("from -1h to -2h", `the time asked for ends before it begins (column 1)`)
	f("from yesterday", `no time: "yesterday"; write now, -2h, 2026-03-01 or 2026-03-01T10:00:00Z (column 6)`)
	f("src = ", `src needs a value, found the end; write 192.0.2.1, 198.18.0.0/15 or 192.0.2.1-192.0.2.9 (column 7)`)
}

func TestQuestionsAreBounded(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if _, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	f(strings.Repeat(" ", maxLength+1), "at most 4096 bytes")
	f(strings.Repeat("(", maxDepth+1)+"ttl=1"+strings.Repeat(")", maxDepth+1), "nested deeper than 32")
	f(strings.Repeat("not ", maxDepth+1)+"ttl=1", "nested deeper than 32")
	f("ttl in (1"+strings.Repeat(",1", maxList)+")", "more than 1000 values")
	f("as in (1"+strings.Repeat(",1", maxList-1)+")", "written out")
	f("exporter = "+strings.Repeat("a", maxWord+1), "too long")
	mustParse(t, strings.Repeat("(", maxDepth)+"ttl=1"+strings.Repeat(")", maxDepth))
}

func TestCanonicalForm(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := mustParse(t, text).String(); got != want {
			t.Errorf("%s\nis %s\nnot %s", text, got, want)
		}
	}
	f("", "last 1h")
	f("DST in 198.18.3.4/15 AND proto=17 GROUP BY src_country,src_as", "dst in 198.18.0.0/15 and proto = udp group by src_country, src_as top 10 order by packets last 1h")
	f("tcp_flags has syn and not ack", "tcp_flags has syn and not tcp_flags has ack last 1h")
	f("(ttl=1 and ttl=2) and (ttl=3 or (ttl=4 or ttl=5))", "ttl = 1 and ttl = 2 and (ttl = 3 or ttl = 4 or ttl = 5) last 1h")
	f("not(not ttl=1)", "not not ttl = 1 last 1h")
	f(`exporter in ("7", 7, "a b\"c")`, `exporter in ("7", 7, "a b\"c") last 1h`)
	f("src = ::ffff:192.0.2.1 or dst = ::/0", "src = 192.0.2.1 or dst in ::/0 last 1h")
	f("packets > 10K and duration <= 90s", "packets > 10000 and duration <= 1m30s last 1h")
	f("from 2026-03-01T10:00:00+02:00 to now step 60s", "step 1m from 2026-03-01T08:00:00Z to now")
	f("to 2026-03-01", "from 2026-02-28T23:00:00Z to 2026-03-01T00:00:00Z")
	f("group by src/24/48, time, dst/16/32", "group by time, src/24, dst/16/32 top 10 order by packets last 1h")
}

func TestCanonicalFormIsReadAsTheSame(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 600 {
		text := randomFilter(r, 4, func(*field) bool { return true }) + one(r, "", " group by src/24, service top 5", " group by time step 90s", " from -3h to -10m order by flows group by class")
		q, err := Parse(text)
		if err != nil {
			if strings.Contains(err.Error(), "octets") {
				continue
			}
			t.Fatalf("%s: %v", text, err)
		}
		again := mustParse(t, q.String())
		if diff := cmp.Diff(q, again, cmp.Exporter(func(reflect.Type) bool { return true }), cmp.Comparer(func(a, b *field) bool { return a == b })); diff != "" {
			t.Fatalf("%s\n%s", text, diff)
		}
	}
}

func TestParsingIsQuick(t *testing.T) { // a bound on work, not on time
	if n := testing.AllocsPerRun(3, func() { Parse("ttl in (1" + strings.Repeat(",1", 900) + ")") }); n > 5000 {
		t.Errorf("%v allocations", n)
	}
}

func TestMatchAllocatesNothing(t *testing.T) {
	q := mustParse(t, `(src in 198.18.0.0/15 or port in (53, 1-9)) and not vector = reflection-dns and in_if = "transit a" and exporter = edge-1`)
	f, err := q.Filter.Resolve(fixedNames{})
	if err != nil {
		t.Fatal(err)
	}
	rows := randomFlows(rand.New(rand.NewPCG(1, 1)), 100)
	if n := testing.AllocsPerRun(10, func() {
		for i := range rows {
			f.Match(&rows[i])
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkMatch(b *testing.B) {
	q := mustParse(b, "(src in 198.18.0.0/15 or port in (53, 1-9)) and proto = udp and bytes_per_packet > 500")
	rows := randomFlows(rand.New(rand.NewPCG(1, 1)), 1024)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		q.Filter.Match(&rows[i&1023])
	}
}

func TestMomentsAreRead(t *testing.T) {
	q := mustParse(t, "from -2h to now")
	if q.From.At(noon) != noon-int64(2*time.Hour) || q.To.At(noon) != noon {
		t.Error(q)
	}
}

// parseFilter reads a condition alone, without any clause after it.
func parseFilter(text string) (Filter, error) {
	q, err := Parse(text)
	if err == nil {
		tokens, _ := lex(text)
		for i, t := range tokens {
			if startsClause(t) && (i == 0 || !tokens[i-1].valueFollows()) {
				return Filter{}, (&fault{t.pos, fmt.Sprintf("only a condition may stand here, found %v", t), ""}).in(text)
			}
		}
	}
	return q.Filter, err
}
