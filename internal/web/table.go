package web

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// table reads an answer over stored flows: dimensions first, then figures,
// each perhaps with its standard error.
type table struct {
	*api.FlowAnswer
	dims     []int // columns of dimensions
	measures []int // columns of measures
	errors   map[int]int
	time     int // column of the time, -1 for none
}

// measureNames are the columns that are measures, whatever their kind.
var measureNames = map[string]bool{"packets": true, "bytes": true, "flows": true, "records": true,
	"packets_per_second": true, "bits_per_second": true, "flows_per_second": true}

var errorEnds = []string{"_error", "_err", "_se", "_stderr", "_standard_error"}

func newTable(a *api.FlowAnswer) table {
	t := table{FlowAnswer: a, time: -1, errors: make(map[int]int)}
	at := make(map[string]int)
	for i, c := range a.Columns {
		at[c.Name] = i
	}
	for i, c := range a.Columns {
		if of, ok := errorColumn(c.Name, at); ok {
			t.errors[of] = i
			continue
		}
		switch {
		case measureNames[c.Name] || c.Kind == "number" && c.Unit != "":
			t.measures = append(t.measures, i)
		case c.Kind == "time":
			t.time = i
		default:
			t.dims = append(t.dims, i)
		}
	}
	return t
}

func errorColumn(name string, at map[string]int) (of int, ok bool) {
	for _, end := range errorEnds {
		if whole, cut := strings.CutSuffix(name, end); cut {
			if of, ok = at[whole]; ok {
				return of, true
			}
		}
	}
	return 0, false
}

// measure is the column of a name, -1 for none.
func (t *table) measure(name string) int {
	for _, i := range t.measures {
		if t.Columns[i].Name == name {
			return i
		}
	}
	return -1
}

func (t *table) cell(row, column int) any {
	if row < len(t.Rows) && column >= 0 && column < len(t.Rows[row]) {
		return t.Rows[row][column]
	}
	return nil
}

// number is a cell as a number, 0 where it is none.
func (t *table) number(row, column int) float64 {
	v := 0.0
	switch x := t.cell(row, column).(type) {
	case float64:
		v = x
	case int64:
		v = float64(x)
	case uint64:
		v = float64(x)
	case int:
		v = float64(x)
	case uint32:
		v = float64(x)
	case json.Number:
		v, _ = x.Float64()
	}
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// errorOf is the standard error of a figure, 0 where none is told.
func (t *table) errorOf(row, column int) float64 {
	if e, ok := t.errors[column]; ok {
		return t.number(row, e)
	}
	return 0
}

// label joins the dimensions of a row.
func (t *table) label(row int) string {
	var out []string
	for _, c := range t.dims {
		out = append(out, t.text(row, c))
	}
	if len(out) == 0 {
		return "all"
	}
	return strings.Join(out, " · ")
}

// text is a cell of a dimension for people.
func (t *table) text(row, column int) string {
	name, kind := "", ""
	if column < len(t.Columns) {
		name, kind = t.Columns[column].Name, t.Columns[column].Kind
	}
	var s string
	switch x := t.cell(row, column).(type) {
	case nil:
		return "not known"
	case string:
		s = x
	case time.Time:
		return x.UTC().Format("2 Jan 15:04:05")
	case bool:
		s = map[bool]string{true: "yes", false: "no"}[x]
	case float64, int64, uint64, int, uint32, json.Number:
		v := t.number(row, column)
		s = strconv.FormatFloat(v, 'f', -1, 64)
		if v == 0 && (strings.HasSuffix(name, "_as") || strings.HasSuffix(name, "country")) {
			return "not known"
		}
	default:
		s = fmt.Sprint(x)
	}
	switch {
	case s == "":
		return "not known"
	case kind == "country" || strings.HasSuffix(name, "country"):
		return land(s)
	case (name == "vector" || name == "class") && (s == "unclassified" || s == "none"):
		return "unclassified"
	case name == "vector":
		return text.Clean(wording.Vector(s), 60)
	case name == "class":
		return text.Clean(wording.Class(s), 80)
	case strings.HasSuffix(name, "_as") && isDigits(s):
		return "AS" + s
	case strings.HasSuffix(name, "_if") && isDigits(s):
		return "interface " + s
	}
	return text.Clean(s, 80)
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// moment is the time of a row.
func (t *table) moment(row int) (time.Time, bool) {
	switch x := t.cell(row, t.time).(type) {
	case time.Time:
		return x.UTC(), true
	case string:
		if m, err := time.Parse(time.RFC3339, x); err == nil {
			return m.UTC(), true
		}
	}
	return time.Time{}, false
}

func fmtUint(v uint64) string { return strconv.FormatUint(v, 10) }
