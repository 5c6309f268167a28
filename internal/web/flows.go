package web

import (
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/chart"
	"floodmark/internal/httpkit"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// flowsView is a question over stored flows and its answer.
type flowsView struct {
	base
	Question string
	Asked    bool
	Fault    *queryFault
	Answer   *answerView
	Examples []example
}

// queryFault is what is wrong with a question, and where.
type queryFault struct {
	Text, Hint    string
	Before, After string // the question around the place
	Placed        bool
}

type example struct{ What, Question, To string }

var examples = []struct{ what, question string }{
	{"Top sending networks", "direction = in group by src_as top 20 order by bytes last 15m"},
	{"Traffic to one prefix", "dst in 198.51.100.0/24 group by vector, src_country top 20 last 1h"},
	{"Over time", "direction = in group by time, proto top 5 step 1m last 1h"},
	{"Large DNS responses by sender", "proto = udp and src_port = dns and bytes_per_packet > 1000 group by src last 1h"},
	{"TCP connection attempts", "syn and not ack group by dst, dst_port top 20 last 10m"},
	{"Traffic per router interface", "group by exporter, in_if top 50 order by bytes last 5m"},
}

// maxQuestion is the longest question that is taken, as the API has it.
const maxQuestion = 4096

func (p *pages) flows(w http.ResponseWriter, r *http.Request) {
	v := flowsView{base: p.base(r, "Flows", "flows"), Question: text.Clean(strings.TrimSpace(r.URL.Query().Get("q")), 2*maxQuestion)}
	for _, e := range examples {
		v.Examples = append(v.Examples, example{e.what, e.question, "/flows?q=" + url.QueryEscape(e.question)})
	}
	status := http.StatusOK
	switch v.Asked = v.Question != ""; {
	case len(v.Question) > maxQuestion:
		v.Question = strings.ToValidUTF8(v.Question[:maxQuestion], "")
		v.Fault, status = &queryFault{Text: "The query is longer than 4,096 bytes."}, http.StatusUnprocessableEntity
	case v.Asked:
		a, err := p.answers.get(r.Context(), v.Question)
		if err != nil {
			v.Fault, status = p.fault(v.Question, err)
			break
		}
		v.Answer = newAnswer(&a, v.Question)
	}
	p.show(w, status, "flows", v)
}

func (p *pages) fault(question string, err error) (*queryFault, int) {
	e := asError(err)
	if e == nil {
		p.log.Warn("flow query failed", "error", err)
		return &queryFault{Text: "The query failed.", Hint: "See the server's log for the reason."}, http.StatusInternalServerError
	}
	f := &queryFault{Text: wording.Sentence(e.Text, 400), Hint: upperFirst(text.Clean(e.Hint, 400))}
	if runes := []rune(question); e.Column > 0 && e.Column <= len(runes)+1 {
		f.Placed = true
		f.Before, f.After = string(runes[:e.Column-1]), string(runes[e.Column-1:])
	}
	return f, httpkit.Status(e.Kind)
}

// answerView is an answer as table and drawing.
type answerView struct {
	Canonical         string
	Link, CSV, JSON   string
	Table, Took, Span string
	From, To          time.Time
	Truncated         bool
	Missing           []string
	Heads             []head
	Rows              [][]cell
	More              int
	Bars              []bar
	BarTitle          string
	Lines             []multi
	Geo               bool
	Errors            bool // figures have errors
}

type head struct {
	Name    string
	Numeric bool
}

type cell struct {
	Text, Error string
	Numeric     bool
}

type bar struct {
	Name, Value, Range string
	Width              string
	Low, High          string // ends of the interval, "" for none
}

const (
	maxRows = 200
	maxBars = 20
)

func newAnswer(a *api.FlowAnswer, question string) *answerView {
	t := newTable(a)
	v := &answerView{Canonical: text.Clean(a.Question, maxQuestion), Table: text.Clean(a.Table, 40), Took: text.Duration(math.Round(1000*a.Took) / 1000), From: a.From.UTC(), To: a.To.UTC(),
		Truncated: a.Truncated, Missing: a.Missing[:min(len(a.Missing), 20)]}
	if v.Canonical == "" {
		v.Canonical = question
	}
	v.Link = "/flows?q=" + url.QueryEscape(v.Canonical)
	v.CSV = "/api/v1/flows?format=csv&q=" + url.QueryEscape(v.Canonical)
	v.JSON = "/api/v1/flows?format=json&q=" + url.QueryEscape(v.Canonical)
	v.Span = text.Duration(math.Round(v.To.Sub(v.From).Seconds()))
	v.table(&t)
	if t.time >= 0 {
		v.Lines = lines(&t, measure(&t))
	} else {
		v.bars(&t, measure(&t))
	}
	return v
}

// measure is the figure that an answer is ordered by, as its question says.
func measure(t *table) int {
	for _, name := range []string{"bytes", "flows", "packets"} {
		if strings.Contains(t.Question, "order by "+name) {
			if i := t.measure(name); i >= 0 {
				return i
			}
		}
	}
	if i := t.measure("packets"); i >= 0 {
		return i
	}
	if len(t.measures) > 0 {
		return t.measures[0]
	}
	return -1
}

func (v *answerView) table(t *table) {
	columns := append([]int{}, t.dims...)
	if t.time >= 0 {
		columns = append([]int{t.time}, columns...)
	}
	for _, c := range columns {
		name := t.Columns[c].Name
		v.Geo = v.Geo || strings.HasSuffix(name, "country") || strings.HasSuffix(name, "_as")
		v.Heads = append(v.Heads, head{text.Clean(strings.ReplaceAll(name, "_", " "), 40), false})
	}
	for _, c := range t.measures {
		v.Heads = append(v.Heads, head{text.Clean(strings.ReplaceAll(t.Columns[c].Name, "_", " "), 40), true})
	}
	for i := range t.Rows[:min(len(t.Rows), maxRows)] {
		var row []cell
		for _, c := range columns {
			if m, ok := t.moment(i); ok && c == t.time {
				row = append(row, cell{Text: m.Format("2 Jan 15:04:05")})
				continue
			}
			row = append(row, cell{Text: t.text(i, c)})
		}
		for _, c := range t.measures {
			x := cell{Text: amount(t.Columns[c], t.number(i, c)), Numeric: true}
			if e := t.errorOf(i, c); e > 0 && t.number(i, c) > 0 {
				x.Error = "± " + text.Percent(1.96*e/t.number(i, c))
				v.Errors = true
			}
			row = append(row, x)
		}
		v.Rows = append(v.Rows, row)
	}
	v.More = max(len(t.Rows)-maxRows, 0)
}

// amount writes a figure of an answer in its unit.
func amount(c api.FlowColumn, v float64) string {
	switch {
	case c.Unit == "bits/s" || strings.HasPrefix(c.Name, "bits_per"):
		return text.Bits(v)
	case c.Name == "bytes" || c.Unit == "bytes" || c.Unit == "octets":
		return text.Bytes(v)
	}
	return text.Count(tidy(v))
}

func (v *answerView) bars(t *table, m int) {
	if m < 0 || len(t.Rows) == 0 {
		return
	}
	v.BarTitle = upperFirst(strings.ReplaceAll(text.Clean(t.Columns[m].Name, 40), "_", " "))
	n := min(len(t.Rows), maxBars)
	top := 0.0
	for i := range n {
		top = math.Max(top, t.number(i, m)+1.96*t.errorOf(i, m))
	}
	if top <= 0 {
		return
	}
	for i := range n {
		x, e := t.number(i, m), 1.96*t.errorOf(i, m)
		b := bar{Name: t.label(i), Value: amount(t.Columns[m], x), Width: chart.Percent(x / top)}
		if e > 0 {
			b.Low, b.High = chart.Percent((x-e)/top), chart.Percent((x+e)/top)
			b.Range = amount(t.Columns[m], math.Max(x-e, 0)) + " – " + amount(t.Columns[m], x+e)
		}
		v.Bars = append(v.Bars, b)
	}
}
