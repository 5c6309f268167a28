package query

import (
	"fmt"
	"strings"
)

// parser reads tokens from left to right.
type parser struct {
	tokens []token
	at     int
	depth  int
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

// accept takes the next token if it is the word.
func (p *parser) accept(w string) bool {
	if p.peek().is(w) {
		p.at++
		return true
	}
	return false
}

func (p *parser) acceptSign(s string) bool {
	if p.peek().sign(s) {
		p.at++
		return true
	}
	return false
}

// joined reads one or more parts with "and" or "or" between them.
func (p *parser) joined(or bool) (node, *fault) {
	word, part := "and", p.unary
	if or {
		word, part = "or", func() (node, *fault) { return p.joined(false) }
	}
	out := &list{or: or}
	for {
		n, f := part()
		if f != nil {
			return nil, f
		}
		if l, ok := n.(*list); ok && l.or == or {
			out.nodes = append(out.nodes, l.nodes...)
		} else {
			out.nodes = append(out.nodes, n)
		}
		if !p.accept(word) {
			break
		}
	}
	if len(out.nodes) == 1 {
		return out.nodes[0], nil
	}
	return out, nil
}

func (p *parser) unary() (node, *fault) {
	t := p.peek()
	if !t.is("not") && !t.sign("(") {
		return p.compare()
	}
	p.take()
	if p.depth++; p.depth > maxDepth {
		return nil, &fault{t.pos, fmt.Sprintf("nested deeper than %d", maxDepth), ""}
	}
	defer func() { p.depth-- }()
	if t.is("not") {
		n, f := p.unary()
		if f != nil {
			return nil, f
		}
		return &not{n}, nil
	}
	n, f := p.joined(true)
	if f == nil && !p.acceptSign(")") {
		f = &fault{p.peek().pos, fmt.Sprintf("expected \")\", found %v", p.peek()), ""}
	}
	return n, f
}

// compare reads FIELD OPERATOR VALUES, or what stands alone: fragment, or a TCP flag.
func (p *parser) compare() (node, *fault) {
	t := p.take()
	name := strings.ToLower(t.text)
	if bit := flagBit(name); t.kind == word && bit != 0 {
		return newCompare(lookup("tcp_flags"), has, []operand{{span: span{bit, bit}}}), nil
	}
	f := lookup(name)
	if t.kind != word || f == nil {
		return nil, noField(t)
	}
	next := p.peek()
	switch {
	case next.kind == sign && symbols[next.text] != 0:
		p.take()
		return p.compared(f, symbols[next.text]-1, next)
	case p.accept("has"):
		if f.kind != flagsKind {
			return nil, &fault{next.pos, fmt.Sprintf("%s is no set of flags", f.name), "write = or in"}
		}
		return p.compared(f, has, next)
	case p.accept("in"):
		return p.within(f, equal)
	case next.is("not") && p.tokens[p.at+1].is("in"):
		p.at += 2
		return p.within(f, unequal)
	case f.kind == boolKind:
		return newCompare(f, equal, []operand{{span: span{1, 1}}}), nil
	}
	hint := "write = != in"
	if f.kind.ordered() {
		hint += " < <= > >="
	}
	return nil, &fault{next.pos, fmt.Sprintf("expected an operator after %s, found %v", f.name, next), hint}
}

// symbols give the operator plus one.
var symbols = map[string]op{"=": equal + 1, "!=": unequal + 1, "<": less + 1, "<=": atMax + 1, ">": greater + 1, ">=": atMin + 1}

func (p *parser) compared(f *field, o op, at token) (node, *fault) {
	if o >= less && o <= atMin && !f.kind.ordered() {
		return nil, &fault{at.pos, fmt.Sprintf("%s has no order", f.name), "write = != or in"}
	}
	t := p.take()
	v, e := f.value(t)
	if e != nil {
		return nil, e
	}
	if o >= less && o <= atMin && v.lo != v.hi {
		return nil, &fault{t.pos, fmt.Sprintf("%s cannot be compared with a range", f.name), "write in"}
	}
	return newCompare(f, o, []operand{v}), nil
}

// within reads one value, or several in parentheses.
func (p *parser) within(f *field, o op) (node, *fault) {
	if !p.acceptSign("(") {
		return p.compared(f, o, token{})
	}
	var values []operand
	for {
		t := p.take()
		v, e := f.value(t)
		if e != nil {
			return nil, e
		}
		if values = append(values, v); len(values) > maxList {
			return nil, &fault{t.pos, fmt.Sprintf("more than %d values", maxList), ""}
		}
		if p.acceptSign(")") {
			return newCompare(f, o, values), nil
		}
		if !p.acceptSign(",") {
			return nil, &fault{p.peek().pos, fmt.Sprintf("expected \",\" or \")\", found %v", p.peek()), ""}
		}
	}
}

func newCompare(f *field, o op, values []operand) *compare {
	return &compare{field: f, op: o, values: values, spans: spansOf(o, values)}
}

func noField(t token) *fault {
	if t.kind != word {
		return &fault{t.pos, fmt.Sprintf("expected a field, found %v", t), "write such as proto = udp"}
	}
	return &fault{t.pos, fmt.Sprintf("unknown field %q", t.text), didYouMean(strings.ToLower(t.text), fieldNames())}
}
