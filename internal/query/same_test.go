package query

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

// naive sums the rows that pass, by key, in the plainest way.
func naive(q Question, rows []model.FlowRow, key func(*model.FlowRow) string) map[string]Sums {
	out := make(map[string]Sums)
	for i := range rows {
		r := &rows[i]
		if !q.Filter.Match(r) || r.First < q.From.At(noon) || r.First >= q.To.At(noon) {
			continue
		}
		s, n, p, b := out[key(r)], float64(r.Sampling), float64(r.Packets), float64(r.Bytes)
		s.Packets += p * n
		s.Bytes += b * n
		s.Flows++
		s.PacketsError += p * n * n * (1 - 1/n) // variances, until the end
		s.BytesError += b * b / p * n * n * (1 - 1/n)
		out[key(r)] = s
	}
	for k, s := range out {
		s.PacketsError, s.BytesError = math.Sqrt(s.PacketsError), math.Sqrt(s.BytesError)
		out[k] = s
	}
	return out
}

func near(a, b Sums) bool {
	for _, p := range [][2]float64{{a.Packets, b.Packets}, {a.PacketsError, b.PacketsError}, {a.Bytes, b.Bytes}, {a.BytesError, b.BytesError}, {a.Flows, b.Flows}} {
		if math.Abs(p[0]-p[1]) > 1e-9*math.Max(1, math.Abs(p[1])) {
			return false
		}
	}
	return true
}

func TestSQLAndMatchAgree(t *testing.T) {
	e, rows := filled()
	r := rand.New(rand.NewPCG(3, 4))
	passed := 0
	for i := range 250 {
		text := randomFilter(r, 3, func(*field) bool { return true }) + one(r, " last 6h", " last 2h", " from -5h to -1h")
		q := mustParse(t, text)
		q.Filter, _ = q.Filter.Resolve(fixedNames{})
		want := naive(q, rows, func(*model.FlowRow) string { return "" })[""]
		got := ask(t, e.only("flows"), text)
		if !near(got.Total, want) {
			t.Fatalf("%d: %s\ngives %+v, want %+v", i, text, got.Total, want)
		}
		if want.Flows > 0 && want.Flows < flowCount {
			passed++
		}
	}
	if passed < 125 {
		t.Fatalf("only %d questions told flows apart", passed)
	}
}

// byKey puts the rows of an answer into the form of naive.
func byKey(r Result) map[string]Sums {
	out := make(map[string]Sums)
	for _, row := range r.Rows {
		n := len(row) - 7
		f := func(i int) float64 { return row[n+i].Number }
		out[fmt.Sprint(row[:n])] = Sums{f(0), f(1), f(2), f(3), f(4)}
	}
	return out
}

func same(t *testing.T, text string, got, want map[string]Sums) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmp.Comparer(near)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", text, diff)
	}
}

func TestGroupsAreThoseOfThePlainSum(t *testing.T) {
	e, rows := filled()
	country := func(c model.Code2) string { return c.String() }
	f := func(by string, key func(*model.FlowRow) string) {
		t.Helper()
		text := "proto in (tcp, udp, icmp, gre) group by " + by + " top 1000 last 6h"
		q := mustParse(t, text)
		same(t, text, byKey(ask(t, e.only("flows"), text)), naive(q, rows, func(r *model.FlowRow) string { return "[" + key(r) + "]" }))
	}
	f("src", func(r *model.FlowRow) string { return ip(r.Src) })
	f("dst/24, src_country", func(r *model.FlowRow) string {
		if r.Dst.Is4() {
			return r.Dst.Prefix(24).String() + " " + country(r.SrcCountry)
		}
		return model.Addr{Hi: r.Dst.Hi, Lo: r.Dst.Lo | 1}.Prefix(48).Masked().String() + " " + country(r.SrcCountry)
	})
	f("service", func(r *model.FlowRow) string {
		if r.Proto != 6 && r.Proto != 17 {
			return ""
		}
		return fmt.Sprint(servicePort(r))
	})
	f("icmp_type, proto", func(r *model.FlowRow) string {
		if r.Proto != 1 {
			return " " + protoName(r.Proto)
		}
		return fmt.Sprintf("%d %s", r.DstPort/256, protoName(r.Proto))
	})
	f("vector", func(r *model.FlowRow) string { return vectorName(uint64(r.Class)) })
	f("fragment, direction, exporter", func(r *model.FlowRow) string {
		return fmt.Sprintf("%s %s %s", map[bool]string{true: "yes", false: "no"}[r.Fragment], r.Direction, or(fixedNames{}.ExporterName(r.Exporter), fmt.Sprint(r.Exporter)))
	})
	f("tcp_flags", func(r *model.FlowRow) string {
		if r.Proto != 6 {
			return ""
		}
		return lookup("tcp_flags").number(uint64(r.TCPFlags))
	})
	f("out_if", func(r *model.FlowRow) string {
		i := Interface{r.Exporter, r.OutIf}
		return or(fixedNames{}.ExporterName(r.Exporter), fmt.Sprint(r.Exporter)) + " " + or(fixedNames{}.InterfaceName(i), fmt.Sprint(i.Index))
	})
}

func protoName(p uint8) string { return lookup("proto").number(uint64(p)) }

// Hours, minutes and raw flows of whole hours are the same traffic.
func TestAllTablesAgree(t *testing.T) {
	e, _ := filled()
	r := rand.New(rand.NewPCG(5, 6))
	for i := range 60 {
		table := tables[i%6]
		rolled := func(f *field) bool { return f.in&table.family != 0 }
		var by []string
		for _, i := range r.Perm(len(fields)) {
			if f := fields[i]; rolled(f) && f.group && len(by) < 2 {
				by = append(by, f.name)
			}
		}
		text := fmt.Sprintf("%s group by %s, %s top 1000 from -5h to -1h", randomFilter(r, 2, rolled), by[0], by[1])
		want, got := ask(t, e.only("flows"), text), ask(t, e.only(table.name), text)
		if got.Table != table.name || got.Folded != 0 {
			t.Fatalf("asked %s, folded %v", got.Table, got.Folded)
		}
		a, b := byKey(got), byKey(want)
		for k, s := range a { // bytes of a roll-up row have one mean length: their error is another bound
			s.BytesError = b[k].BytesError
			a[k] = s
		}
		same(t, table.name+": "+text, a, b)
	}
}

func TestSeriesAddUpToTheTable(t *testing.T) {
	e, _ := filled()
	e = e.only("flows")
	for _, by := range []string{"", " group by src_as top 3 order by bytes", " group by src/24, dst_port top 5"} {
		text := "proto in (tcp, udp)" + by
		flat, over := ask(t, e, text+" from -5h to -1h"), ask(t, e, text+" step 10m from -5h to -1h")
		same(t, text, byKey(over), byKey(flat))
		if !near(flat.Total, over.Total) || len(over.Series.Lines) != len(flat.Rows) || len(over.Series.Lines[0].Points) != 24 {
			t.Errorf("%s: %+v and %+v", text, flat.Total, over.Total)
		}
		if diff := cmp.Diff(flat.Rows[0][:len(flat.Rows[0])-7], over.Rows[0][:len(flat.Rows[0])-7], cmp.AllowUnexported(Value{})); diff != "" {
			t.Error(diff)
		}
	}
	long := ask(t, e, "proto = udp group by time, src_as top 2 step 1h from -5h to -1h")
	if len(long.Rows) != 8 || long.Rows[0][0].Text != "2026-03-01T07:00:00Z" || long.Rows[7][0].Text != "2026-03-01T10:00:00Z" || long.Series != nil || long.Table != "flows" {
		t.Errorf("%+v", long)
	}
}
