// Package kind guesses what kind a network is: access, mobile, hosting, cdn,
// vpn, education or transit, from a table of well-known AS numbers and from
// the words of its name. It is a guess and says "unknown" for what neither
// tells; nothing of the addresses themselves goes into it.
//
// Plain functions over tables that never change; anyone may call them.
package kind

import (
	"bufio"
	_ "embed"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// unknown is the answer where the tables say nothing.
const unknown = "unknown"

//go:embed networks.tsv
var networksFile string

//go:embed words.tsv
var wordsFile string

//go:embed anycast.tsv
var anycastFile string

// Tables are the parsed tables, ready to answer.
type Tables struct {
	networks map[uint32]known
	rules    []rule
	byWord   map[string][]int // first plain word of a rule -> rules
	open     []int            // rules that begin with a *
	anycast  []Prefix
}

type known struct{ kind, operator, check string }

// rule is one line of words.tsv.
type rule struct {
	kind  string
	words []word
}

type word struct {
	text        string
	front, back bool // a * before, after
}

// Prefix is a network whose addresses are announced from many places at once.
type Prefix struct {
	Net      netip.Prefix
	Operator string
}

// Load parses the tables that are part of the program.
func Load() (*Tables, error) {
	t := &Tables{networks: map[uint32]known{}, byWord: map[string][]int{}}
	for _, part := range []struct {
		name, text string
		add        func(f []string) error
	}{
		{"networks.tsv", networksFile, t.addNetwork},
		{"words.tsv", wordsFile, t.addRule},
		{"anycast.tsv", anycastFile, t.addAnycast},
	} {
		s := bufio.NewScanner(strings.NewReader(part.text))
		for n := 1; s.Scan(); n++ {
			line := s.Text()
			if line == "" || line[0] == '#' {
				continue
			}
			if err := part.add(strings.Split(line, "\t")); err != nil {
				return nil, fmt.Errorf("read %s line %d: %w", part.name, n, err)
			}
		}
	}
	return t, nil
}

func (t *Tables) addNetwork(f []string) error {
	if len(f) != 4 {
		return fmt.Errorf("%d fields, expected 4", len(f))
	}
	n, err := strconv.ParseUint(f[0], 10, 32)
	if err != nil {
		return fmt.Errorf("AS number %q", f[0])
	}
	if _, ok := t.networks[uint32(n)]; ok {
		return fmt.Errorf("AS%d stands twice", n)
	}
	t.networks[uint32(n)] = known{f[1], f[2], f[3]}
	return nil
}

func (t *Tables) addRule(f []string) error {
	if len(f) != 2 {
		return fmt.Errorf("%d fields, expected 2", len(f))
	}
	r := rule{kind: f[0]}
	for _, s := range strings.Fields(f[1]) {
		w := word{front: strings.HasPrefix(s, "*"), back: strings.HasSuffix(s, "*")}
		w.text = strings.Trim(s, "*")
		r.words = append(r.words, w)
	}
	if len(r.words) == 0 {
		return fmt.Errorf("no pattern")
	}
	i := len(t.rules)
	t.rules = append(t.rules, r)
	if w := r.words[0]; w.front || w.back {
		t.open = append(t.open, i)
	} else {
		t.byWord[w.text] = append(t.byWord[w.text], i)
	}
	return nil
}

func (t *Tables) addAnycast(f []string) error {
	if len(f) != 2 {
		return fmt.Errorf("%d fields, expected 2", len(f))
	}
	p, err := netip.ParsePrefix(f[0])
	if err != nil {
		return err
	}
	t.anycast = append(t.anycast, Prefix{p, f[1]})
	return nil
}

// Of returns the kind of a network and whether its addresses say little of
// where a device is: CDNs, proxies and VPNs.
func (t *Tables) Of(asn uint32, name string) (kind string, unlocatable bool) {
	kind = t.kind(asn, name)
	return kind, kind == "cdn" || kind == "vpn"
}

func (t *Tables) kind(asn uint32, name string) string {
	if k, ok := t.networks[asn]; ok {
		return k.kind
	}
	words := split(name)
	best := len(t.rules)
	try := func(list []int, at int) {
		for _, i := range list {
			if i < best && t.rules[i].matches(words[at:]) {
				best = i
			}
		}
	}
	for at, w := range words {
		try(t.byWord[w], at)
		try(t.open, at)
	}
	if best == len(t.rules) {
		return unknown
	}
	return t.rules[best].kind
}

// Anycast returns well-known networks that are announced from many places. The
// caller must not change the list.
func (t *Tables) Anycast() []Prefix { return t.anycast }

func (r rule) matches(words []string) bool {
	if len(words) < len(r.words) {
		return false
	}
	for i, w := range r.words {
		if !w.matches(words[i]) {
			return false
		}
	}
	return true
}

func (w word) matches(s string) bool {
	switch {
	case w.front && w.back:
		return strings.Contains(s, w.text)
	case w.front:
		return strings.HasSuffix(s, w.text)
	case w.back:
		return strings.HasPrefix(s, w.text)
	}
	return s == w.text
}

var folds = strings.NewReplacer(
	"á", "a", "à", "a", "ã", "a", "â", "a", "ä", "a", "å", "a", "ç", "c", "é", "e", "è", "e", "ê", "e", "í", "i",
	"ñ", "n", "ó", "o", "ô", "o", "õ", "o", "ö", "o", "ú", "u", "ü", "u", "ş", "s", "ı", "i", "ğ", "g",
)

// split breaks a name into plain words of letters and digits.
func split(name string) []string {
	return strings.FieldsFunc(folds.Replace(strings.ToLower(name)), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	})
}
