package query

import (
	"math"
	"slices"
	"time"

	"floodmark/internal/model"
)

// Measure is what groups are ordered by.
type Measure uint8

// The measures. Packets and bytes are corrected for sampling; flows are records.
const (
	byPackets Measure = iota
	byBytes
	byFlows
)

var measureNames = []string{"packets", "bytes", "flows"}

// String returns the name of the measure in questions.
func (m Measure) String() string { return measureNames[m] }

// Question is a parsed question. Parse sets every default, so that String tells
// all that decides the answer.
type Question struct {
	Filter Filter
	Groups []Group
	ByTime bool // "time" is among the groups
	Top    int  // groups, 1 to maxTop; 0 without groups
	Order  Measure
	Step   time.Duration // of the series, 0 for none or, with ByTime, for one that fits
	From   Moment
	To     Moment
}

// Moment is a point in time, or a distance from the time of asking.
type Moment struct {
	Relative bool
	Ns       int64 // Unix ns, or if Relative ns to add to the time of asking (at most 0)
}

// At returns the moment in Unix ns, given the time of asking.
func (m Moment) At(now int64) int64 {
	if m.Relative {
		return now + m.Ns
	}
	return m.Ns
}

// Filter is a condition on flow records. The zero Filter lets everything pass.
type Filter struct{ root node }

// node is *list, *not or *compare.
type node interface{ match(*model.FlowRow) bool }

// list joins two or more conditions by "and" or "or".
type list struct {
	or    bool
	nodes []node
}

type not struct{ node node }

type op uint8

const (
	equal op = iota // any of the values
	unequal
	less
	atMax
	greater
	atMin
	has // all of these TCP flags
)

// compare is FIELD OPERATOR VALUES.
type compare struct {
	field  *field
	op     op
	values []operand
	spans  []span // values of numeric fields as what the number must lie in
}

// operand is one value. Which parts are used depends on the field's kind.
type operand struct {
	span      // a number (both ends the same) or a range
	from, to  model.Addr
	bits      int // of a prefix, -1 for a range
	name      string
	exporters []uint32    // what the name of an exporter stands for
	found     []Interface // what the name of an interface stands for
}

// span is a range of numbers with both ends.
type span struct{ lo, hi uint64 }

const (
	maxExact = 1<<53 - 1 // numbers up to here are exact in a double
	unbound  = math.MaxUint64
)

// spansOf turns operator and values into ranges. Unequal and has keep theirs.
func spansOf(o op, v []operand) []span {
	var out []span
	switch o {
	case less:
		if v[0].lo > 0 {
			out = append(out, span{0, v[0].lo - 1})
		}
	case atMax:
		out = append(out, span{0, v[0].lo})
	case greater:
		out = append(out, span{v[0].lo + 1, unbound})
	case atMin:
		out = append(out, span{v[0].lo, unbound})
	default:
		for i := range v {
			out = append(out, v[i].span)
		}
	}
	return out
}

// Group is one dimension that results are grouped by.
type Group struct {
	Field string
	Bits4 int // of src/24 and dst/24, else 0
	Bits6 int // of the same for IPv6
	f     *field
}

// uses reports whether the question touches a field that pick tells.
func (q *Question) uses(pick func(*field) bool) bool {
	return uses(q.Filter.root, pick) || slices.ContainsFunc(q.Groups, func(g Group) bool { return pick(g.f) })
}

func uses(n node, pick func(*field) bool) bool {
	switch n := n.(type) {
	case *list:
		return slices.ContainsFunc(n.nodes, func(n node) bool { return uses(n, pick) })
	case *not:
		return uses(n.node, pick)
	case *compare:
		return pick(n.field)
	}
	return false
}
