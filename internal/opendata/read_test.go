package opendata

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/model"
)

func known(slug string) (*model.Service, bool) {
	if slug != "chat" && slug != "shop" {
		return nil, false
	}
	return &model.Service{Slug: slug, Components: []model.Component{{Slug: "login"}}}, true
}

func TestReadCounts(t *testing.T) {
	text := "\ufeffTime, Count ,service,component,more\r\n" +
		"2026-06-15T12:15:00Z,12,chat,login,x\r\n" +
		"1781525700.0,\"7\",chat,login\n" + // a quarter of an hour earlier or later, as its clock says
		"\n" +
		"2026-06-15T12:30:00Z,3.5,chat,\n" +
		"2026-06-15T12:30:00Z,3,mail,\n" +
		"2026-06-15T12:30:00Z,3,mail,\n" +
		"yesterday,3,chat,\n" +
		"2026-06-15T12:30:00Z,-1,chat,\n" +
		"2026-06-15T12:30:00Z,4,shop,images\n" +
		"2026-06-15T12:15:00Z,4,shop,\n" +
		"2026-06-15T12:00:00Z,4,shop,\n" +
		"2026-06-15T12:30:00Z,4,,\n" +
		"\"2026,4,chat,\n" +
		"1905-06-15T12:30:00Z,4,chat,\n"
	var got []Count
	reported, err := ReadCounts(strings.NewReader(text), known, func(c Count) error { got = append(got, c); return nil })
	if err != nil {
		t.Fatal(err)
	}
	want := []Count{{"chat", "login", at(1), 12}, {"chat", "login", at(1), 7}, {"shop", "", at(2), 4}, {"shop", "", at(1), 4}, {"shop", "", at(0), 4}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if reported.Lines != 13 || reported.Taken != 5 || reported.Skipped != 8 || reported.Renamed != 1 || reported.Backward != 2 || !cmp.Equal(reported.Unknown, []string{"mail"}) {
		t.Errorf("told %+v", reported)
	}
	wantErrors := []string{`line 5: count "3.5": expected a whole number from 0 to 4 billion`, `line 8: time "yesterday": expected RFC 3339 or seconds since 1970`,
		`line 9: count "-1": expected a whole number from 0 to 4 billion`, "line 13: no service", "line 14: no service", `line 15: time "1905-06-15T12:30:00Z": not between 2000 and 2200`}
	if d := cmp.Diff(wantErrors, reported.Errors); d != "" {
		t.Errorf("errors (-want +got):\n%s", d)
	}
}

// TestOwnTablesAreHistory: what is published teaches another server.
func TestOwnTablesAreHistory(t *testing.T) {
	var got []Count
	reported, err := ReadCounts(strings.NewReader(table), known, func(c Count) error { got = append(got, c); return nil })
	if want := []Count{{"chat", "", at(0), 3}, {"chat", "", at(1), 412}, {"shop", "", at(1), 0}}; err != nil || reported.Skipped > 0 || !cmp.Equal(want, got) {
		t.Errorf("%v, %+v, %v", got, reported, err)
	}
}

func TestReadReports(t *testing.T) {
	text := "service,time,component,kind,country\nchat,2026-06-15T12:00:00Z,login,,DE\nchat,2026-06-15T12:00:00Z,,works,\nchat,2026-06-15T12:00:00Z,,maybe,\nchat,2026-06-15T12:00:00Z,,,de\n"
	var got []Report
	reported, err := ReadReports(strings.NewReader(text), known, func(r Report) error { got = append(got, r); return nil })
	want := []Report{{"chat", "login", at(0), model.Problem, "DE"}, {"chat", "", at(0), model.Works, ""}}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, d)
	}
	if reported.Taken != 2 || reported.Skipped != 2 || len(reported.Errors) != 2 {
		t.Errorf("told %+v", reported)
	}
}

func TestReadingEnds(t *testing.T) {
	no := errors.New("no more")
	good := "service,time,count\nchat,2026-06-15T12:00:00Z,1\n"
	for name, c := range map[string]struct {
		text, want string
		each       error
	}{
		"empty": {"", "no header", nil}, "no column": {"service,time\n", "no column count or problems", nil},
		"too long": {good + strings.Repeat("x", maxLine+1), "line 3: longer than 4096 octets", nil}, "taker": {good + good, "line 2: no more", no},
	} {
		_, err := ReadCounts(strings.NewReader(c.text), known, func(Count) error { return c.each })
		if err == nil || !strings.Contains(err.Error(), c.want) || c.each != nil && !errors.Is(err, no) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := ReadCounts(iotest.ErrReader(no), known, nil); !errors.Is(err, no) {
		t.Errorf("a reader that fails: %v", err)
	}
	if err := readRows(strings.NewReader(header+"\nchat,2026-06-15T12:00:00Z,x,0,0,,,\n"), nil); err == nil || !strings.Contains(err.Error(), "line 2: problems") {
		t.Errorf("a wrong row: %v", err)
	}
}

func TestListsOfErrorsAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("service,time,count\n")
	for i := range 1000 {
		b.WriteString("chat,x,1\nnone" + strings.Repeat("z", i) + ",x,1\n")
	}
	reported, err := ReadCounts(strings.NewReader(b.String()), known, nil)
	if err != nil || reported.Skipped != 2000 || len(reported.Errors) != maxErrors || len(reported.Unknown) > maxUnknown {
		t.Errorf("%d, %d, %d, %v", reported.Skipped, len(reported.Errors), len(reported.Unknown), err)
	}
}

func FuzzReadRows(f *testing.F) {
	f.Add(table)
	f.Add("")
	f.Add(header + "\n\"a\",1e9,1,Inf,NaN,1,,")
	f.Fuzz(func(t *testing.T, text string) {
		var got []Row
		if readRows(strings.NewReader(text), func(r Row) error { got = append(got, r); return nil }) != nil {
			return
		}
		var b bytes.Buffer
		for i := range got { // what is written is slugs and whole seconds
			got[i].Service = safe(got[i].Service)
			if got[i].Service == "" {
				got[i].Service = "x"
			}
			got[i].Time -= got[i].Time % 1e9
		}
		if err := writeCSV(&b, got); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(got, readAll(t, b.String())); d != "" {
			t.Fatalf("read back (-want +got):\n%s", d)
		}
		if err := writeParquet(&b, got); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzReadHistory(f *testing.F) {
	f.Add("service,time,count,component\nchat,1781525700,3,login\n")
	f.Add("service,time,kind,country\nchat,2026-06-15T12:00:00Z,works,DE\n")
	f.Fuzz(func(t *testing.T, text string) {
		taken := 0
		reported, err := ReadCounts(strings.NewReader(text), known, func(c Count) error {
			if _, ok := known(c.Service); !ok || c.Time < earliest.UnixNano() || c.Time >= latest.UnixNano() {
				t.Fatalf("count %+v", c)
			}
			taken++
			return nil
		})
		if reported.Taken != taken || reported.Lines != reported.Taken+reported.Skipped || err == nil && reported.Lines > strings.Count(text, "\n")+1 {
			t.Fatalf("told %+v of %d", reported, taken)
		}
		reported, _ = ReadReports(strings.NewReader(text), nil, func(r Report) error {
			if len(r.Country) != 0 && model.ParseCode2(r.Country) == 0 {
				t.Fatalf("report %+v", r)
			}
			return nil
		})
		if reported.Lines != reported.Taken+reported.Skipped {
			t.Fatalf("told %+v", reported)
		}
	})
}
