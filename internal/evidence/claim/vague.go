package claim

import (
	"slices"
	"strings"
	"unicode"

	"floodmark/internal/text"
)

// maxPhrase is the longest country name in words: "Democratic Republic of the Congo".
const maxPhrase = 6

// sentence reads an English sentence: it collects the places, numbers and
// adjectives that can be checked and leaves the rest alone.
func (p *parser) sentence() ([]Reading, error) {
	s := scan{parser: p}
	p.at = 0
	for p.at < len(p.tokens) {
		if err := s.step(); err != nil {
			return nil, err
		}
	}
	out := s.readings()
	if len(out) == 0 {
		t := p.tokens[0]
		e := &parseError{Column: t.col, Found: t.text, Expected: `a claim such as "country=UA majority of packets", or a sentence that names a place, a size, a number or a duration`}
		for _, t := range p.tokens {
			if near := text.Nearest(bare(t.text), p.names.Known); near != "" && len(bare(t.text)) > 3 {
				e.Column, e.Found, e.Near = t.col, t.text, near
				break
			}
		}
		return nil, e
	}
	return out, nil
}

// scan is what has been found in a sentence so far.
type scan struct {
	*parser
	countries []string
	numbers   []Reading
	quantity  Quantity
	area      bool
	actor     bool
	world     bool
	big       string
}

// phrases that are looked for as they stand.
var (
	worldPhrases = [][]string{{"worldwide"}, {"global"}, {"globally"}, {"around", "the", "world"}, {"over", "the", "world"},
		{"across", "the", "world"}, {"across", "the", "globe"}, {"around", "the", "globe"}, {"every", "continent"}, {"all", "continents"}}
	bigWords = []string{"massive", "huge", "enormous", "gigantic", "giant", "large", "large-scale", "record", "record-breaking",
		"unprecedented", "biggest", "largest", "hyper-volumetric", "powerful"}
	actorWords = []string{"government", "state", "state-sponsored", "hacker", "hackers", "regime", "military", "army",
		"intelligence", "attackers", "actors", "actor", "group", "operatives", "criminals"}
	areaWords   = []string{"area", "areas", "region", "territory"}
	sourceWords = []string{"address", "addresses", "ip", "ips", "source", "sources", "device", "devices", "bots", "machines", "computers", "cameras"}
	byteWords   = []string{"bytes", "bandwidth", "volume"}
	negations   = []string{"not", "no", "none", "never", "nothing", "without", "isn't", "wasn't", "didn't", "isn’t", "wasn’t", "didn’t"}
)

// step looks at the next word and takes what it understands.
func (s *scan) step() error {
	t := s.peek()
	w := bare(t.low)
	for _, phrase := range worldPhrases {
		if s.phrase(phrase) {
			s.world = true
			return nil
		}
	}
	if s.country() || s.number() {
		return nil
	}
	switch {
	case slices.Contains(negations, w):
		return s.fail(t, `a sentence without a negation (say it as "country=UA under 5% of packets")`, nil)
	case slices.Contains(areaWords, w):
		s.area = true
	case slices.Contains(actorWords, w):
		s.actor = true
	case slices.Contains(bigWords, w) && s.big == "":
		s.big = w
	case slices.Contains(sourceWords, w) && s.quantity == "":
		s.quantity = Sources
	case slices.Contains(byteWords, w) && s.quantity == "":
		s.quantity = Bytes
	}
	s.at++
	return nil
}

func (s *scan) phrase(words []string) bool {
	for i, w := range words {
		if s.at+i >= len(s.tokens) || bare(s.tokens[s.at+i].low) != w {
			return false
		}
	}
	s.at += len(words)
	return true
}

// number takes "over 30,000 devices", "a 6.5 Tbps attack", "lasted an hour".
// A number by itself is read as "at least".
func (s *scan) number() bool {
	q := *s.parser
	rel, ok := q.compare()
	if !ok {
		rel = quantNoLessThan
	}
	n := q.next()
	v, unit, glued := splitUnit(bare(n.low))
	if glued {
		unit = bare(n.text)[len(bare(n.text))-len(unit):]
	} else {
		if n.low == "an" {
			v = 1
		} else if v, ok = parseNumber(bare(n.low)); !ok {
			return false
		}
		unit = bare(q.next().text)
	}
	if n.low == "an" && unit != "hour" {
		return false
	}
	r, err := q.counted(rel, amount{value: v, unit: unit, at: n})
	if err != nil || (glued && len(unit) == 1) {
		return false
	}
	s.at = q.at
	s.numbers = append(s.numbers, r...)
	return true
}

// country takes the longest run of words that is a country's name. A code of
// two letters counts only in capitals and after a word that leads to a place,
// because "it", "in" and "no" are codes too.
func (s *scan) country() bool {
	if s.names.Code == nil {
		return false
	}
	for n := min(maxPhrase, len(s.tokens)-s.at); n > 0; n-- {
		words := make([]string, n)
		for i := range words {
			words[i] = bare(s.tokens[s.at+i].text)
		}
		name := strings.Join(words, " ")
		if n == 1 && len(name) <= 3 && !s.codeInPlace(name) {
			continue
		}
		if code, ok := s.names.Code(name); ok {
			s.countries = append(s.countries, code)
			s.at += n
			return true
		}
	}
	return false
}

func (s *scan) codeInPlace(w string) bool {
	if w != strings.ToUpper(w) || s.at == 0 {
		return false
	}
	before := bare(s.tokens[s.at-1].low)
	return slices.Contains([]string{"from", "in", "of", "by", "the", "and", "to", ","}, before) || s.tokens[s.at-1].low == ","
}

// readings turns what was found into readings: those about places first.
func (s *scan) readings() []Reading {
	var out []Reading
	q := s.quantity
	if q == "" {
		q = Packets
	}
	if len(s.countries) > 0 {
		slices.Sort(s.countries)
		place := Place{Countries: slices.Compact(s.countries), Area: s.area}
		for _, rel := range []Relation{quantSome, quantPlurality, quantMajority} {
			r := Reading{Kind: kindShare, Place: place, Relation: rel, Quantity: q, Unit: "share"}
			if rel == quantMajority {
				r.Amount = 0.5
			}
			out = append(out, r)
		}
	}
	if s.world {
		out = append(out, Reading{Kind: kindWorldwide, Quantity: q, Unit: "countries", Amount: worldCountries})
	}
	sized := false
	for _, r := range s.numbers {
		sized = sized || r.Kind == kindSize
		out = append(out, r)
	}
	if s.big != "" && !sized {
		out = append(out, Reading{Kind: kindMagnitude, Unit: "bits/s", Note: s.big})
	}
	if s.actor && len(s.countries) > 0 {
		out = append(out, Reading{Kind: kindActor, Place: Place{Countries: s.countries}, Unit: "share"})
	}
	return out
}

// bare strips punctuation and the possessive from a word.
func bare(w string) string {
	w = strings.TrimFunc(w, func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) })
	for _, suffix := range []string{"'s", "’s"} {
		w = strings.TrimSuffix(w, suffix)
	}
	return w
}
