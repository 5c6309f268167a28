package query

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Bounds of an answer that a question may ask for.
const (
	maxTop     = 1000
	defaultTop = 10
	maxGroups  = 3    // dimensions
	maxSteps   = 2000 // of a series
)

const defaultLast = int64(time.Hour)

// clauses are the words that may follow the filter.
var clauses = []string{"group", "top", "order", "step", "last", "from", "to"}

func startsClause(t token) bool {
	for _, c := range clauses {
		if t.is(c) {
			return true
		}
	}
	return false
}

// Parse reads a question. The error is an *Error.
func Parse(text string) (Question, error) {
	q := Question{Top: -1}
	if len(text) > maxLength {
		return Question{}, &Error{Text: fmt.Sprintf("a question has at most %d bytes", maxLength)}
	}
	tokens, f := lex(text)
	if f == nil {
		f = (&parser{tokens: tokens}).question(&q)
	}
	if f != nil {
		return Question{}, f.in(text)
	}
	if len(q.String()) > maxLength { // so that what String writes can be asked again
		return Question{}, &Error{Text: fmt.Sprintf("the question with its defaults written out has more than %d bytes", maxLength)}
	}
	return q, nil
}

// valueFollows reports whether what comes after t is a value, not a clause.
func (t token) valueFollows() bool { return t.kind == sign && t.text != ")" || t.is("in") }

func (p *parser) question(q *Question) (f *fault) {
	if t := p.peek(); t.kind != end && !startsClause(t) {
		if q.Filter.root, f = p.joined(true); f != nil {
			return f
		}
	}
	seen := make(map[string]token)
	for p.peek().kind != end {
		t := p.take()
		name := strings.ToLower(t.text)
		if !startsClause(t) {
			return &fault{t.pos, fmt.Sprintf("expected and, or, or a clause, found %v", t), clauseHint(t)}
		}
		if _, twice := seen[name]; twice {
			return &fault{t.pos, fmt.Sprintf("%q stands here twice", name), ""}
		}
		seen[name] = t
		if f = p.clause(q, name); f != nil {
			return f
		}
	}
	return q.complete(seen)
}

func clauseHint(t token) string {
	if t.kind == word {
		return didYouMean(strings.ToLower(t.text), append([]string{"and", "or"}, clauses...))
	}
	return ""
}

func (p *parser) clause(q *Question, name string) (f *fault) {
	switch name {
	case "group":
		return p.groups(q)
	case "top":
		t := p.take()
		n, err := strconv.Atoi(t.text)
		if err != nil || n < 1 || n > maxTop {
			return &fault{t.pos, fmt.Sprintf("top is a number from 1 to %d", maxTop), ""}
		}
		q.Top = n
	case "order":
		if !p.accept("by") {
			return &fault{p.peek().pos, fmt.Sprintf("expected \"by\", found %v", p.peek()), "write order by bytes"}
		}
		t := p.take()
		for i, n := range measureNames {
			if t.is(n) {
				q.Order = Measure(i)
				return nil
			}
		}
		return &fault{t.pos, fmt.Sprintf("cannot order by %v", t), "write packets, bytes or flows"}
	case "step", "last":
		t := p.take()
		d, ok := parseSpan(strings.ToLower(t.text))
		if smallest := map[string]int64{"step": 1e9, "last": 1e9}[name]; !ok || t.kind != word || d < smallest || d%1e9 != 0 {
			return &fault{t.pos, fmt.Sprintf("%s is whole seconds, at least one", name), "write " + name + " 1m"}
		}
		if name == "step" {
			q.Step = time.Duration(d)
			return nil
		}
		q.From, q.To = Moment{true, -d}, Moment{Relative: true}
	case "from":
		q.From, f = parseMoment(p.take())
	case "to":
		q.To, f = parseMoment(p.take())
	}
	return f
}

func (p *parser) groups(q *Question) *fault {
	if !p.accept("by") {
		return &fault{p.peek().pos, fmt.Sprintf("expected \"by\", found %v", p.peek()), "write group by src_as"}
	}
	for {
		t := p.take()
		if t.is("time") {
			if q.ByTime {
				return &fault{t.pos, "grouped by time twice", ""}
			}
			q.ByTime = true
		} else {
			g, f := group(t)
			if f != nil {
				return f
			}
			for _, old := range q.Groups {
				if old == g {
					return &fault{t.pos, fmt.Sprintf("grouped by %s twice", g), ""}
				}
			}
			q.Groups = append(q.Groups, g)
		}
		n := len(q.Groups)
		if q.ByTime {
			n++
		}
		if n > maxGroups {
			return &fault{t.pos, fmt.Sprintf("grouped by more than %d dimensions", maxGroups), ""}
		}
		if !p.acceptSign(",") {
			return nil
		}
	}
}

// group reads one dimension: a field, or src/24 and src/24/48.
func group(t token) (Group, *fault) {
	parts := strings.Split(strings.ToLower(t.text), "/")
	f := lookup(parts[0])
	switch {
	case t.kind != word:
		return Group{}, &fault{t.pos, fmt.Sprintf("expected a field, found %v", t), "write such as group by src_as"}
	case f == nil:
		return Group{}, &fault{t.pos, fmt.Sprintf("unknown field %q", parts[0]), didYouMean(parts[0], append(fieldNames(), "time"))}
	case !f.group && len(f.either) > 0:
		return Group{}, &fault{t.pos, fmt.Sprintf("%s means either of two and cannot group", f.name), "write " + strings.Join(f.either, " or ")}
	case !f.group:
		return Group{}, &fault{t.pos, fmt.Sprintf("%s cannot group", f.name), ""}
	case len(parts) == 1:
		return Group{Field: f.name, f: f}, nil
	case f.kind != addressKind || len(parts) > 3:
		return Group{}, &fault{t.pos, fmt.Sprintf("%q is no dimension", t.text), "write src/24 or src/24/48"}
	}
	g := Group{Field: f.name, f: f, Bits6: 48}
	var err error
	if g.Bits4, err = strconv.Atoi(parts[1]); err == nil && len(parts) == 3 {
		g.Bits6, err = strconv.Atoi(parts[2])
	}
	if err != nil || g.Bits4 < 1 || g.Bits4 > 32 || g.Bits6 < 1 || g.Bits6 > 128 {
		return Group{}, &fault{t.pos, fmt.Sprintf("%q has a wrong length", t.text), "write src/24, or src/24/48 with that of IPv6"}
	}
	return g, nil
}

// complete sets what was left out and refuses what does not go together.
func (q *Question) complete(seen map[string]token) *fault {
	_, from := seen["from"]
	_, to := seen["to"]
	if last, ok := seen["last"]; ok && (from || to) {
		return &fault{last.pos, "last does not go with from or to", ""}
	} else if !ok {
		if !to {
			q.To = Moment{Relative: true}
		}
		if !from {
			q.From = Moment{q.To.Relative, q.To.Ns - defaultLast}
		}
	}
	if q.From.Relative == q.To.Relative && q.From.Ns >= q.To.Ns {
		t := seen["to"]
		if from {
			t = seen["from"]
		}
		return &fault{t.pos, "the time asked for ends before it begins", ""}
	}
	if len(q.Groups) == 0 {
		if t, ok := seen["top"]; ok {
			return &fault{t.pos, "top needs groups", "write group by src_as"}
		}
		if t, ok := seen["order"]; ok {
			return &fault{t.pos, "order needs groups", "write group by src_as"}
		}
		q.Top = 0
	} else if q.Top < 0 {
		q.Top = defaultTop
	}
	return nil
}
