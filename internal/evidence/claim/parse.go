package claim

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"floodmark/internal/text"
)

// Parse reads a claim. Text in the structured form (docs/claims.md) must be
// right to the last word; other text is read as an English sentence and must
// name at least one thing that can be checked. The error is an *Error.
func Parse(text string, names Names) (Claim, error) {
	strict := strings.Contains(text, "=")
	plain := text
	if !strict {
		plain = strings.ReplaceAll(text, `"`, " ") // quotes only matter behind an equals sign
	}
	tokens, err := lex(plain)
	if err != nil {
		return Claim{}, err
	}
	if len(tokens) == 0 {
		return Claim{}, &parseError{Column: 1, Expected: "a claim, such as: country=UA majority of packets"}
	}
	c := Claim{Text: text}
	p := &parser{tokens: tokens, names: names, end: utf8.RuneCountInString(text) + 1}
	if strict || p.opens() {
		if c.Readings, err = p.claim(); err == nil {
			return c, nil
		}
		if strict || !p.trailing {
			return Claim{}, err
		}
	}
	c.Vague = true
	if c.Readings, err = p.sentence(); err != nil {
		return Claim{}, err
	}
	return c, nil
}

// parser walks over the words of one claim.
type parser struct {
	tokens []token
	at     int
	end    int // column behind the last character
	names  Names
	// trailing is set where a claim was complete and ordinary words followed it,
	// so that the text may be a sentence: "over 1 Tbps from Brazil".
	trailing bool
}

// Words that open the structured form.
var openers = []string{"country", "as", "prefix", "vector", "peak", "average", "worldwide", "lasted",
	"over", "at-least", "at-most", "under", "more", "less", "at"}

// opens reports whether the text starts like the structured form.
func (p *parser) opens() bool {
	first := p.tokens[0].low
	if first == "worldwide" {
		return true
	}
	q := *p
	if first == "lasted" || first == "peak" || first == "average" {
		q.at++
	}
	if _, ok := q.compare(); !ok {
		return false
	}
	n := q.peek().low
	return n != "" && n[0] >= '0' && n[0] <= '9'
}

func (p *parser) peek() token {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return token{col: p.end}
}

func (p *parser) next() token {
	t := p.peek()
	p.at++
	return t
}

// accept takes the words in order if they are next.
func (p *parser) accept(words ...string) bool {
	for i, w := range words {
		if p.at+i >= len(p.tokens) || p.tokens[p.at+i].low != w || p.tokens[p.at+i].quoted {
			return false
		}
	}
	p.at += len(words)
	return true
}

func (p *parser) fail(t token, expected string, near []string) error {
	e := &parseError{Column: t.col, Found: t.text, Expected: expected}
	if t.text != "" {
		e.Near = text.Nearest(t.text, near)
	}
	return e
}

// claim = [ "vector=" slug ] body [ "in vector" slug | "vector=" slug ] [ "here" ] .
func (p *parser) claim() ([]Reading, error) {
	vector, err := p.vector("")
	if err != nil {
		return nil, err
	}
	readings, err := p.body()
	if err != nil {
		return nil, err
	}
	if vector, err = p.vector(vector); err != nil {
		return nil, err
	}
	here := p.accept("here")
	if vector, err = p.vector(vector); err != nil {
		return nil, err
	}
	if t := p.peek(); t.text != "" || t.quoted {
		p.trailing = text.Nearest(t.low, []string{"in", "vector", "here"}) == ""
		return nil, p.fail(t, `"in vector NAME", "here" or the end of the claim`, []string{"in", "vector", "here"})
	}
	for i := range readings {
		readings[i].Vector, readings[i].Here = vector, here
	}
	return readings, nil
}

func (p *parser) body() ([]Reading, error) {
	t := p.peek()
	switch {
	case p.accept("country", "="), p.accept("as", "="), p.accept("prefix", "="):
		return p.share(t.low)
	case t.low == "worldwide" && !t.quoted:
		return p.worldwide()
	case t.low == "peak" || t.low == "average" || t.low == "lasted":
		return p.number()
	}
	q := *p
	if _, ok := q.compare(); ok {
		return p.number()
	}
	return nil, p.fail(t, `"country=", "as=", "prefix=", "worldwide", "peak", "average", "lasted" or "over"/"at least" with a number`, openers)
}

// vector reads "in vector NAME" or "vector=NAME"; had is what was read before.
func (p *parser) vector(had string) (string, error) {
	t := p.peek()
	if !p.accept("in", "vector") && !p.accept("vector", "=") {
		return had, nil
	}
	if had != "" {
		return "", p.fail(t, "only one vector", nil)
	}
	v := p.next()
	if !slug(v.low) {
		return "", p.fail(v, "the name of a vector, such as syn-flood", p.names.Vectors)
	}
	if p.names.Vectors == nil {
		return v.low, nil
	}
	for _, known := range p.names.Vectors {
		if known == v.low {
			return v.low, nil
		}
	}
	return "", p.fail(v, "a known vector (docs/vectors.md)", p.names.Vectors)
}

func slug(s string) bool {
	if s == "" || len(s) > 60 || s[0] == '-' {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
	}) < 0
}

// compare = "over" | "more than" | "at least" | "under" | "less than" | "at most" | … .
func (p *parser) compare() (Relation, bool) {
	for _, c := range [...]struct {
		words []string
		rel   Relation
	}{
		{[]string{"over"}, quantOver}, {[]string{"more", "than"}, quantOver}, {[]string{"more-than"}, quantOver}, {[]string{"above"}, quantOver},
		{[]string{"at", "least"}, quantNoLessThan}, {[]string{"at-least"}, quantNoLessThan},
		{[]string{"under"}, quantUnder}, {[]string{"less", "than"}, quantUnder}, {[]string{"less-than"}, quantUnder}, {[]string{"below"}, quantUnder},
		{[]string{"fewer", "than"}, quantUnder},
		{[]string{"at", "most"}, quantNoMoreThan}, {[]string{"at-most"}, quantNoMoreThan},
	} {
		if p.accept(c.words...) {
			return c.rel, true
		}
	}
	return "", false
}

// share = "country=" list relation "of" quantity .
func (p *parser) share(kind string) ([]Reading, error) {
	place, err := p.place(kind)
	if err != nil {
		return nil, err
	}
	r := Reading{Kind: kindShare, Place: place, Unit: "share"}
	rels, amount, err := p.relation()
	if err != nil {
		return nil, err
	}
	if t := p.next(); t.low != "of" {
		return nil, p.fail(t, `"of"`, []string{"of"})
	}
	if r.Quantity, err = p.quantity(); err != nil {
		return nil, err
	}
	out := make([]Reading, len(rels))
	for i, rel := range rels {
		out[i] = r
		out[i].Relation, out[i].Amount = rel, amount
	}
	return out, nil
}

// relation reads one relation. "mainly" and "most" are majority by default,
// with plurality printed beside it.
func (p *parser) relation() ([]Relation, float64, error) {
	t := p.peek()
	switch {
	case p.accept("some"):
		return []Relation{quantSome}, 0, nil
	case p.accept("plurality"):
		return []Relation{quantPlurality}, 0, nil
	case p.accept("majority"):
		return []Relation{quantMajority}, 0.5, nil
	case p.accept("mainly"), p.accept("most"):
		return []Relation{quantMajority, quantPlurality}, 0.5, nil
	}
	rel, ok := p.compare()
	if !ok {
		return nil, 0, p.fail(t, `"some", "plurality", "majority", "mainly", "most", "at-least N%", "over N%", "at-most N%" or "under N%"`,
			[]string{"some", "plurality", "majority", "mainly", "most", "at-least", "over", "at-most", "under"})
	}
	n := p.next()
	v, ok := parseNumber(n.low)
	if !ok || v > 100 {
		return nil, 0, p.fail(n, "a number from 0 to 100", nil)
	}
	if pc := p.next(); pc.low != "%" && pc.low != "percent" {
		return nil, 0, p.fail(pc, `"%"`, []string{"percent"})
	}
	return []Relation{rel}, v / 100, nil
}

// quantity = "packets" | "bytes" | "sources" .
func (p *parser) quantity() (Quantity, error) {
	t := p.next()
	switch t.low {
	case "packets", "bytes", "sources":
		return Quantity(t.low), nil
	case "addresses", "ips":
		return Sources, nil
	}
	return "", p.fail(t, `"packets", "bytes" or "sources"`, []string{"packets", "bytes", "sources", "addresses"})
}

// parseNumber reads a decimal number without sign or exponent; groups of three
// digits may be set apart by commas.
func parseNumber(s string) (float64, bool) {
	if s == "" || len(s) > 24 {
		return 0, false
	}
	if strings.Contains(s, ",") {
		whole, _, _ := strings.Cut(s, ".")
		groups := strings.Split(whole, ",")
		if len(groups[0]) == 0 || len(groups[0]) > 3 {
			return 0, false
		}
		for _, g := range groups[1:] {
			if len(g) != 3 {
				return 0, false
			}
		}
		s = strings.ReplaceAll(s, ",", "")
	}
	for _, r := range s {
		if (r < '0' || r > '9') && r != '.' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}
