package settings

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"unicode"

	"floodmark/internal/conf"
)

// Load reads a configuration and the files that it names. The error is
// conf.Problems: everything that is wrong, in file order.
func Load(path string) (*Settings, error) {
	f, err := conf.Read(path)
	if err != nil {
		return nil, err
	}
	return load(f)
}

func load(f *conf.File) (*Settings, error) {
	s := read(f)
	wrong, missing := f.Problems()
	if all := append(wrong, missing...); len(all) > 0 {
		return nil, all
	}
	return s, nil
}

// Check validates the file: the error is conf.Problems. Something that is only
// missing on this host, such as a file with a secret, is returned as a note
// because the configuration may be for another host. Load would reject it.
func Check(path string) (notes conf.Problems, err error) {
	f, err := conf.Read(path)
	if err != nil {
		return nil, err
	}
	read(f)
	wrong, missing := f.Problems()
	if len(wrong) > 0 {
		return missing, wrong
	}
	return missing, nil
}

// read decodes, resolves and checks. Invalid values keep their defaults so that
// the rest can still be checked.
func read(f *conf.File) *Settings {
	s := defaults()
	f.Decode(s, renamed)
	c := &checker{s: s, f: f}
	s.check(c)
	return s
}

// Restart lists the keys that differ in next and require a restart. A reload is
// all or nothing: if there are any, nothing of next may be used.
func (s *Settings) Restart(next *Settings) []conf.Key { return conf.Restart(*s, *next) }

// checker collects problems, at most one for each value.
type checker struct {
	s *Settings
	f *conf.File
}

func (c *checker) wrong(k conf.Key, err error) {
	if err != nil && !c.f.Bad(k) {
		c.f.Problem(k, err)
	}
}

// name checks that a name is valid and unique.
func (c *checker) name(k conf.Key, name string, seen map[string]bool) {
	switch {
	case name == "":
		c.wrong(k, errors.New("is required"))
	case len(name) > 64 || strings.TrimSpace(name) != name || strings.ContainsFunc(name, unicode.IsControl):
		c.wrong(k, errors.New("must have at most 64 bytes, no control characters and no surrounding space"))
	case seen[name]:
		c.wrong(k, fmt.Errorf("name %q is already in use", name))
	}
	seen[name] = true
}

// known checks a reference to a name. "" is no reference.
func (c *checker) known(k conf.Key, what, name string, names []string) {
	for _, n := range names {
		if n == name {
			return
		}
	}
	if name != "" {
		c.wrong(k, conf.DidYouMean(what, name, names))
	}
}

// exists adds a note if a file does not exist.
func (c *checker) exists(k conf.Key, p conf.FilePath) {
	if p == "" || !c.f.Has(k) {
		return
	}
	if _, err := os.Stat(string(p)); err != nil {
		c.f.Missing(k, fmt.Errorf("%s: %w", p, conf.Reason(err)))
	}
}

// within checks a duration.
func (c *checker) within(k conf.Key, d, lo, hi conf.Duration) {
	if d < lo || d > hi {
		c.wrong(k, fmt.Errorf("%s is out of range: from %s to %s", d, lo, hi))
	}
}

func (c *checker) size(k conf.Key, x, lo, hi conf.Bytes) {
	if x < lo || x > hi {
		c.wrong(k, fmt.Errorf("%s is out of range: from %s to %s", x, lo, hi))
	}
}

func (c *checker) count(k conf.Key, n, lo, hi int) {
	if n < lo || n > hi {
		c.wrong(k, fmt.Errorf("%d is out of range: from %d to %d", n, lo, hi))
	}
}

// set checks that a prefix was given.
func (c *checker) set(k conf.Key, p netip.Prefix) bool {
	if !p.IsValid() {
		c.wrong(k, conf.Hint("has no prefix", "write prefix: 198.51.100.0/24"))
	}
	return p.IsValid()
}
