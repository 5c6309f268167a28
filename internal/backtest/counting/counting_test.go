package counting

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"floodmark/internal/model"
)

var yearly = model.Budget{Max: 1, Per: model.Year}

// run judges a table and returns its lines and summary.
func run(t *testing.T, text string, c Columns) ([]Line, *Summary) {
	t.Helper()
	var b bytes.Buffer
	if err := Run(&b, strings.NewReader(text), Options{c, yearly}); err != nil {
		t.Fatal(err)
	}
	all := strings.Split(strings.TrimSpace(b.String()), "\n")
	var lines []Line
	for _, s := range all[:len(all)-1] {
		var l Line
		if err := json.Unmarshal([]byte(s), &l); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		lines = append(lines, l)
	}
	var last struct{ Summary *Summary }
	if err := json.Unmarshal([]byte(all[len(all)-1]), &last); err != nil || last.Summary == nil {
		t.Fatalf("the last line: %v: %s", err, all[len(all)-1])
	}
	return lines, last.Summary
}

// day is a day of quarters with an outage from one to another.
func day(from, to int) string {
	var b strings.Builder
	b.WriteString("when,n\n")
	for i := range 96 {
		n := i % 4
		if i >= from && i < to {
			n = 80 + i
		}
		fmt.Fprintf(&b, "%d,%d\n", 1700000000+900*i, n)
	}
	return b.String()
}

var plain = Columns{Time: "when", Count: "n"}

func TestAnOutageOfADay(t *testing.T) {
	lines, sum := run(t, day(50, 58), plain)
	if len(lines) != 96 || lines[0].State != "learning" || lines[49].State != "normal" || lines[51].State != "open" || lines[95].State == "open" {
		t.Errorf("%d lines: %s %s %s %s", len(lines), lines[0].State, lines[49].State, lines[51].State, lines[95].State)
	}
	r := sum.Series[0]
	if sum.Alarms != 1 || r.Found == nil || !*r.Found || *r.Delay > 1 || *r.Onset != lines[50].Time || r.Step != 900 || sum.Found != 1 {
		t.Errorf("%+v, delay %v", sum, r.Delay)
	}
	if _, sum := run(t, day(0, 0), plain); sum.Alarms != 0 || sum.Onsets != 0 || sum.Series[0].Found != nil {
		t.Errorf("a calm day: %+v", sum)
	}
}

func TestFormsOfTables(t *testing.T) {
	for name, text := range map[string]string{
		"comma": "g,when,n\na,1700000000,1\na,1700000900,2\n", "bom and crlf": "\xef\xbb\xbfg,when,n\r\na,1700000000,1\r\na,1700000900,2\r\n",
		"semicolon": "g;when;n\na;1700000000;1\na;1700000900;2\n", "tab": "g\twhen\tn\na\t1700000000\t1\na\t1700000900\t2\n",
		"quoted": "\"g\",\"when\",\"n\"\n\"a\",\"2023-11-14T22:13:20Z\",\"1\"\na,2023-11-14 22:28:20,2\n", "milliseconds": "g,when,n\na,1700000000000,1\na,1700000900000,2\n",
		"fractions": "g,when,n\na,1700000000.0,1\na,1700000900.0,2.0\n", "nanoseconds": "g,when,n\na,1700000000000000000,1\na,1700000900000000000,2\n",
		"unordered": "g,when,n\na,1700000900,2\na,1700000000,1\n", "no last newline": "g,when,n\na,1700000000,1\na,1700000900,2",
	} {
		lines, sum := run(t, text, Columns{"when", "n", "g"})
		if len(lines) != 2 || lines[0].Series != "a" || lines[0].Time != "2023-11-14T22:13:20Z" || lines[1].Count != 2 || sum.Series[0].Step != 900 {
			t.Errorf("%s: %+v", name, lines)
		}
	}
}

func TestWhatIsLeftOutIsReported(t *testing.T) {
	lines, sum := run(t, "when,n\n1700000000,1\nyesterday,2\n1700000900,\n1700001800,-3\n1700002700,NaN\n1700003600,1e12\n1700004500\n1700005400,4\n1700005400,5\n1700006300,1\n", plain)
	if len(lines) != 3 || sum.Rows != 10 || sum.Series[0].Merged != 1 || lines[1].Count != 9 || len(sum.Skipped) != 6 {
		t.Errorf("%+v %+v", lines, sum)
	}
	for _, s := range sum.Skipped {
		if s.Line < 3 || s.Rows != 1 || s.Reason == "" {
			t.Errorf("%+v", s)
		}
	}
}

func TestSeriesAreApart(t *testing.T) {
	var b strings.Builder
	b.WriteString("s,when,n\n")
	for i := range 96 {
		n := 2
		if i > 50 && i < 60 {
			n = 300
		}
		fmt.Fprintf(&b, "loud,%d,%d\ncalm,%d,2\n", 1700000000+900*i, n, 1700000000+900*i)
	}
	_, sum := run(t, b.String(), Columns{"when", "n", "s"})
	if sum.Count != 2 || len(sum.Series[0].Alarms) != 1 || len(sum.Series[1].Alarms) != 0 {
		t.Errorf("%+v", sum)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"": "1: the file is empty", "a,b\n1,2\n": `1: there is no column "when"`, "when,n\n": "2: no row can be used", "when,n\nx,1\n": "2: no row can be used: not a time (1)",
		"when,n\n" + strings.Repeat("9", 3<<20): "more than 1,048,576 octets",
	} {
		err := Run(&bytes.Buffer{}, strings.NewReader(text), Options{plain, yearly})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.20q: %v, want %q", text, err, want)
		}
	}
}

func FuzzRun(f *testing.F) {
	f.Add([]byte("when,n\n0,1\n900,2\n1800,0\n2700,1\n3600,90\n4500,80\n"))
	f.Add([]byte("when,n\n1e18,1\n1700000000,1\n"))
	f.Add([]byte("when;n\n\"1700000000;1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var out bytes.Buffer
		if err := Run(&out, bytes.NewReader(b), Options{plain, yearly}); err != nil {
			return
		}
		for _, l := range bytes.Split(bytes.TrimSpace(out.Bytes()), []byte("\n")) {
			if !json.Valid(l) {
				t.Fatalf("not JSON: %s", l)
			}
		}
	})
}
