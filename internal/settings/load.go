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

// Load reads a configuration and all that it names. The error is conf.Problems:
// everything that is wrong, in the order of the file.
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

// Check tells whether the file is right: the error is conf.Problems. What only
// this machine lacks, such as a file with a secret, is no error of the file: it
// is given as notes, for Load would refuse it here.
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

// read decodes, resolves and checks. Values with errors keep their defaults, so
// that the rest can be checked, too.
func read(f *conf.File) *Settings {
	s := defaults()
	f.Decode(s)
	c := &checker{s: s, f: f}
	s.check(c)
	return s
}

// Restart lists the keys that differ in next and that need a restart. A reload
// is all or nothing: where it lists any, nothing of next may be used.
func (s *Settings) Restart(next *Settings) []conf.Key { return conf.Restart(*s, *next) }

// checker collects what is wrong, one thing for each value.
type checker struct {
	s *Settings
	f *conf.File
}

func (c *checker) wrong(k conf.Key, err error) {
	if err != nil && !c.f.Bad(k) {
		c.f.Problem(k, err)
	}
}

// name checks a name that others refer to, and that it is the only one.
func (c *checker) name(k conf.Key, name string, seen map[string]bool) {
	switch {
	case name == "":
		c.wrong(k, errors.New("a name is needed"))
	case len(name) > 64 || strings.TrimSpace(name) != name || strings.ContainsFunc(name, unicode.IsControl):
		c.wrong(k, errors.New("a name has at most 64 octets, no control characters and no space around it"))
	case seen[name]:
		c.wrong(k, fmt.Errorf("the name %q is used twice", name))
	}
	seen[name] = true
}

// known checks a reference to a name. "" refers to nothing.
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

// exists notes a file that is not here.
func (c *checker) exists(k conf.Key, p conf.FilePath) {
	if p == "" || !c.f.Has(k) {
		return
	}
	if _, err := os.Stat(string(p)); err != nil {
		c.f.Missing(k, fmt.Errorf("%s: %w", p, conf.Reason(err)))
	}
}

// within checks a duration.
func (c *checker) within(k conf.Key, d, least, most conf.Duration) {
	if d < least || d > most {
		c.wrong(k, fmt.Errorf("%s is out of bounds: from %s to %s", d, least, most))
	}
}

func (c *checker) size(k conf.Key, x, least, most conf.Bytes) {
	if x < least || x > most {
		c.wrong(k, fmt.Errorf("%s is out of bounds: from %s to %s", x, least, most))
	}
}

func (c *checker) count(k conf.Key, n, least, most int) {
	if n < least || n > most {
		c.wrong(k, fmt.Errorf("%d is out of bounds: from %d to %d", n, least, most))
	}
}

// set checks that a prefix was given.
func (c *checker) set(k conf.Key, p netip.Prefix) bool {
	if !p.IsValid() {
		c.wrong(k, conf.Hint("has no prefix", "write prefix: 198.51.100.0/24"))
	}
	return p.IsValid()
}
