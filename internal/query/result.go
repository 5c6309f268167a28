package query

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// Kind tells what the values of a column are.
type Kind string

// The kinds of columns.
const (
	Address Kind = "address"
	Prefix  Kind = "prefix"
	Country Kind = "country" // ISO 3166-1 alpha-2, null for unknown
	Number  Kind = "number"
	Text    Kind = "text"
	Time    Kind = "time" // RFC 3339, UTC
)

// Column describes the values at one place of each row.
type Column struct {
	Name string `json:"name"` // field of the question, or figure
	Kind Kind   `json:"kind"`
	Unit string `json:"unit,omitempty"`
}

// Value is text or a number; the zero Value is null: the record has no such
// field, or it is not known.
type Value struct {
	Text   string
	Number float64
	kind   uint8 // 0 null, 1 text, 2 number
}

// textValue returns a value that is text.
func textValue(s string) Value { return Value{Text: s, kind: 1} }

// numberValue returns a value that is a number, null where it is not finite.
func numberValue(n float64) Value {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return Value{}
	}
	return Value{Number: n, kind: 2}
}

// IsNull reports whether there is no value.
func (v Value) IsNull() bool { return v.kind == 0 }

// Any returns a string, a float64 or nil.
func (v Value) Any() any {
	switch v.kind {
	case 1:
		return v.Text
	case 2:
		return v.Number
	}
	return nil
}

// String returns the text or the number, "" for null.
func (v Value) String() string {
	if v.kind == 2 {
		if v.Number == math.Trunc(v.Number) && math.Abs(v.Number) < 1e15 {
			return strconv.FormatInt(int64(v.Number), 10)
		}
		return strconv.FormatFloat(v.Number, 'g', -1, 64)
	}
	return v.Text
}

// MarshalJSON writes a string, a number or null.
func (v Value) MarshalJSON() ([]byte, error) { return json.Marshal(v.Any()) }

// Sums are the measures of some flows. Packets and Bytes are estimates of the
// traffic, corrected for sampling, with their standard errors: 0 where
// everything was counted. That of Bytes is a lower bound, as lengths within one
// record are not known. Flows are stored records, not corrected.
type Sums struct {
	Packets      float64 `json:"packets"`
	PacketsError float64 `json:"packets_error"`
	Bytes        float64 `json:"bytes"`
	BytesError   float64 `json:"bytes_error"`
	Flows        float64 `json:"flows"`
}

// Line is one group over time.
type Line struct {
	Key    []Value `json:"key"`    // in the order of the dimensions
	Points []Sums  `json:"points"` // one for each step
}

// Series is traffic over time, by step. A step at either end may lie partly
// outside of the time asked about: it counts only what is within.
type Series struct {
	Start int64  `json:"start"` // Unix ms of the first step
	Step  int64  `json:"step"`  // ms
	Lines []Line `json:"lines"` // in the order of the rows
}

// Result is the answer to a question.
type Result struct {
	Question  string    `json:"question"` // in its canonical form
	Table     string    `json:"table"`    // that answered: flows, or a roll-up such as networks_1m
	From      time.Time `json:"from"`     // of the time answered for
	To        time.Time `json:"to"`       // not included
	Columns   []Column  `json:"columns"`
	Rows      [][]Value `json:"rows"`
	Series    *Series   `json:"series,omitempty"`
	Total     Sums      `json:"total"`     // of all groups, also those beyond top
	Groups    int       `json:"groups"`    // how many there are, also beyond top; -1 where not counted
	Truncated bool      `json:"truncated"` // there were more rows than the limit: figures are missing
	Missing   []string  `json:"missing"`   // stored files of the time that could not be read
	// Folded is the share of packets, at most, that the roll-up keeps without
	// some of the fields asked about; they are in the group of unknown values.
	Folded float64       `json:"folded"`
	Notes  []string      `json:"notes"` // what a reader must know of the answer
	Took   time.Duration `json:"took_ns"`
}
