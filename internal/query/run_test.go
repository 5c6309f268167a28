package query

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"floodmark/internal/model"
)

// fake is an Engine that keeps the statements and answers nothing.
type fake struct {
	kept map[string][2]int64
	got  []Statement
}

func (f *fake) Query(ctx context.Context, s Statement) (Rows, error) {
	f.got = append(f.got, s)
	return nothing{}, ctx.Err()
}

func (f *fake) Kept(table string) (from, to int64) { return f.kept[table][0], f.kept[table][1] }

type nothing struct{}

func (nothing) Next() bool        { return false }
func (nothing) Scan(...any) error { return nil }
func (nothing) Err() error        { return nil }
func (nothing) Close() error      { return nil }
func (nothing) Missing() []string { return []string{"flows-2.db", "flows-1.db"} }
func (nothing) Truncated() bool   { return true }

// keeps is a store with a day of flows, a month of minutes and years of hours.
func keeps() *fake {
	now, day := noon/1e6, int64(86400e3)
	f := &fake{kept: map[string][2]int64{"flows": {now - day, now - 5000}, "series_1s": {now - day, now}}}
	for _, n := range []string{"interfaces", "services", "networks", "series"} {
		f.kept[n+"_1m"] = [2]int64{now - 30*day, now - 120e3}
		f.kept[n+"_1h"] = [2]int64{now - 900*day, now - 3600e3}
	}
	return f
}

func TestCoarsestTableIsChosen(t *testing.T) {
	f := func(text, table, from, to string) {
		t.Helper()
		e := keeps()
		r, err := Run(t.Context(), e, mustParse(t, text), Options{Names: fixedNames{}, Now: noon + int64(17*time.Second)})
		if err != nil {
			t.Fatal(err)
		}
		if got := []string{r.Table, r.From.Format("01-02T15:04:05"), r.To.Format("01-02T15:04:05")}; !slices.Equal(got, []string{table, from, to}) {
			t.Errorf("%s: %v", text, got)
		}
		for _, s := range e.got {
			if s.Table != table || s.From != r.From.UnixMilli() || s.To != r.To.UnixMilli() {
				t.Errorf("%s: %+v", text, s)
			}
		}
	}
	f("group by src_as last 7d", "networks_1h", "02-22T11:00:00", "03-01T11:00:00")
	f("group by src_as last 2h", "networks_1m", "03-01T09:58:00", "03-01T11:58:00")
	f("group by src_as last 10m", "flows", "03-01T11:49:55", "03-01T11:59:55") // what is not committed is left out
	f("group by service last 7d", "services_1h", "02-22T11:00:00", "03-01T11:00:00")
	f("exporter = 3 group by direction last 7d", "interfaces_1h", "02-22T11:00:00", "03-01T11:00:00")
	f("group by service, src_as last 2h", "flows", "03-01T09:59:55", "03-01T11:59:55")
	f("group by src last 7d", "flows", "02-28T12:00:00", "03-01T11:59:55") // all that is kept
	f("group by src_as step 10m last 7d", "networks_1m", "02-22T11:58:00", "03-01T11:58:00")
	f("group by src_as from 2026-03-01T08:00 to 2026-03-01T10:00", "networks_1h", "03-01T08:00:00", "03-01T10:00:00")
	f("group by src_as from 2026-03-01T08:00 to 2026-03-01T10:01", "networks_1m", "03-01T08:00:00", "03-01T10:01:00")
	f("group by src_as from 2026-03-01T08:00 to 2026-03-01T10:01:30Z", "flows", "03-01T08:00:00", "03-01T10:01:30")
	f("group by src_as from 2024-03-01 to 2024-03-02", "networks_1h", "03-01T00:00:00", "03-02T00:00:00")
	f("group by src_as from 2026-02-10T08:30 to 2026-02-10T09:30", "networks_1m", "02-10T08:30:00", "02-10T09:30:00")
}

func TestAnswerStatesWhatItLacks(t *testing.T) {
	r, err := Run(t.Context(), keeps(), mustParse(t, "group by src last 7d"), Options{Names: noNames{}, Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Truncated || !slices.Equal(r.Missing, []string{"flows-1.db", "flows-2.db"}) || len(r.Notes) != 1 || !strings.Contains(r.Notes[0], "2026-02-28T12:00:00Z") {
		t.Errorf("%+v", r)
	}
	b, err := json.Marshal(&r)
	if err != nil || !strings.Contains(string(b), `"rows":[]`) {
		t.Errorf("%s, %v", b, err)
	}
}

func TestTooMuchIsRefused(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		_, err := Run(t.Context(), keeps(), mustParse(t, text), Options{Names: fixedNames{}, Now: noon})
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Text, want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	f("step 1s last 1d", "86402 steps of 1s")
	f("group by src top 1000 step 1m last 2h", "122 steps of 1m for 1000 lines")
	f("exporter = edge-9", `no exporter is named "edge-9"`)
	f("not (ttl = 1 or in_if = xe-0/0/9)", `no interface is named "xe-0/0/9"`)
	f("from 2026-03-02 to now", "ends before it begins")
}

func TestQuestionsEndWithTheirContext(t *testing.T) {
	e, _ := filled()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, e, mustParse(t, "group by src last 6h"), Options{Names: noNames{}, Now: noon}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := Run(t.Context(), e, mustParse(t, "group by src, dst last 6h"), Options{Names: noNames{}, Now: noon, Limits: Limits{Timeout: time.Nanosecond}}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	r, err := Run(t.Context(), e, mustParse(t, "group by src, dst_port top 100 last 6h"), Options{Names: noNames{}, Now: noon, Limits: Limits{MaxRows: 7}})
	if err != nil || len(r.Rows) != 7 || !r.Truncated || r.Groups < 100 {
		t.Errorf("%d rows of %d, %v", len(r.Rows), r.Groups, err)
	}
}

// What a question holds has no way into SQL but numbers.
func TestTextOfQuestionsIsNotInSQL(t *testing.T) {
	e := keeps()
	q := mustParse(t, `exporter = "edge-1" or in_if = "transit a" or src_country = DE or class = tcp-syn or src = 192.0.2.1 or vector = reflection-dns or proto = udp group by src/24, in_if step 1m`)
	if _, err := Run(t.Context(), e, q, Options{Names: fixedNames{}, Now: noon}); err != nil {
		t.Fatal(err)
	}
	for _, s := range e.got {
		if strings.ContainsAny(s.SQL, `"'`) || strings.Contains(s.SQL, "edge") || strings.Contains(s.SQL, "transit") || strings.Contains(s.SQL, "udp") {
			t.Error(s.SQL)
		}
	}
}

func TestCSVHoldsNoFormulas(t *testing.T) {
	r := Result{Columns: []Column{{"exporter", Text, ""}, {"packets", Number, "packets"}, {"src_as", Number, ""}}}
	for _, s := range []string{"=1+1", "+a", "-a", "@a", "\ta", `a "b", c`} {
		r.Rows = append(r.Rows, []Value{textValue(s), numberValue(-1.5), {}})
	}
	var b strings.Builder
	if err := r.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	want := "exporter,packets,src_as\n'=1+1,-1.5,\n'+a,-1.5,\n'-a,-1.5,\n'@a,-1.5,\n'\ta,-1.5,\n\"a \"\"b\"\", c\",-1.5,\n"
	if b.String() != want {
		t.Errorf("%q", b.String())
	}
}

func TestPointsAreMeansOverTheStep(t *testing.T) {
	e, _ := filled()
	target := model.PrefixID(model.Addr4(0xc6120000), 24)
	at := noon/1e9 - 7200
	for i := range int64(120) { // two minutes, with traffic in each second second
		if i%2 == 0 {
			p := model.Point{Time: at + i, Target: target, Direction: model.In, Samples: 3, Low: 10, High: 20}
			p.Rates[model.Packets], p.Rates[model.Bits] = 100, 8000
			p.Rates[model.Packets] += float64(i)
			e.Store.AddPoints([]model.Point{p, {Time: at + i, Target: target, Direction: model.Out}})
		}
	}
	if err := e.Store.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	q := SeriesQuestion{Target: target, Direction: model.In, From: at + 5, To: at + 115, Step: 60}
	r, err := Points(t.Context(), e.only("series_1s"), q, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Table != "series_1s" || len(r.Points) != 2 {
		t.Fatalf("%+v", r)
	}
	p := r.Points[0]
	if p.Time != at || p.Target != target || p.Rates[model.Packets] != (100+29)/2. || p.Rates[model.Bits] != 4000 || p.Samples != 90 || p.Low != 10 || p.High != 20 || p.MaxPackets != 158 || p.MaxBits != 8000 {
		t.Errorf("%+v", p)
	}
	q.Step = 0
	if _, err := Points(t.Context(), e, q, Limits{}); err == nil {
		t.Error("a step of nothing was taken")
	}
}

func TestSeriesTableFitsTheStep(t *testing.T) {
	f := func(step int64, days int64, want string) {
		t.Helper()
		q := SeriesQuestion{Target: model.NetworkID(), From: noon/1e9 - days*86400, To: noon / 1e9, Step: step}
		if r, err := Points(t.Context(), keeps(), q, Limits{}); err != nil || r.Table != want {
			t.Errorf("%d: %s, %v", step, r.Table, err)
		}
	}
	f(3600, 400, "series_1h")
	f(60, 20, "series_1m")
	f(90, 20, "series_1s")
	f(10, 1, "series_1s")
}
