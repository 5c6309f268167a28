package conf

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Limits of a file. A configuration of an ISP with a thousand customers has
// some hundred kilobytes and is five levels deep.
const (
	MaxFile   = 1 << 20 // octets of a configuration
	maxDepth  = 24
	maxSecret = 64 << 10 // octets of a file that holds a secret
)

// System is what a configuration may read besides itself.
type System struct {
	Env      func(name string) (string, bool)
	ReadFile func(path string, limit int64) ([]byte, error)
}

// host is the real system: the environment, and regular files.
func host() System { return System{os.LookupEnv, readRegular} }

// readRegular refuses devices and pipes, which may never end.
func readRegular(path string, limit int64) ([]byte, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("not a regular file")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("larger than %s", Bytes(limit))}
	}
	return b, nil
}

// spot is a line and a column, from 1.
type spot struct{ line, col int }

// File is one configuration: its values, where each stands, and what is wrong.
type File struct {
	name     string
	dir      string
	sys      System
	root     *yaml.Node // nil for an empty file
	spots    map[Key]spot
	bad      map[Key]bool // values that could not be decoded
	renamed  Renamed
	problems Problems
}

// Read reads a file. The error is nil or Problems; of a file that cannot be
// read at all it is the reason.
func Read(path string) (*File, error) {
	b, err := readRegular(path, MaxFile)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return nil, Problems{{File: path, Text: "read configuration: " + err.Error()}}
	}
	return Parse(path, b, host())
}

// Parse reads a configuration from its bytes. Relative paths in it are relative
// to the directory of name. The error is nil or Problems; then nothing can be
// decoded.
func Parse(name string, data []byte, sys System) (*File, error) {
	f := &File{name: name, dir: filepath.Dir(name), sys: sys, spots: map[Key]spot{"": {1, 1}}, bad: make(map[Key]bool)}
	if len(data) > MaxFile {
		return nil, Problems{{File: name, Text: fmt.Sprintf("read configuration: larger than %s", Bytes(MaxFile))}}
	}
	var doc yaml.Node
	if err := yaml.Load(data, &doc); err != nil && !strings.Contains(err.Error(), "no documents in stream") {
		f.syntax(err)
		return nil, f.problems
	}
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		f.root = doc.Content[0]
		f.inspect(f.root, 1)
	}
	if len(f.problems) > 0 {
		return nil, f.problems.sorted()
	}
	return f, nil
}

// syntax words what the YAML library says. It knows positions of what is not
// YAML; a second document has none.
func (f *File) syntax(err error) {
	var one *yaml.LoadError
	if errors.As(err, &one) {
		p := Problem{File: f.name, Line: one.Mark.Line, Col: one.Mark.Column, Text: one.Message}
		switch {
		case strings.Contains(one.Message, "found multiple"):
			p = Problem{File: f.name, Text: "several documents in one file", Hint: "take the line --- away"}
		case strings.Contains(one.Message, "cannot start any token"):
			p.Hint = "indent by spaces, not tabs, and quote values that begin with %, @ or `"
		case strings.Contains(one.Message, "mapping values are not allowed"):
			p.Hint = "quote a value that holds \": \", or check the indentation"
		}
		if p.Text == "" {
			p.Text = "not YAML"
		}
		f.problems = append(f.problems, p)
		return
	}
	f.problems = append(f.problems, Problem{File: f.name, Text: strings.Join(strings.Fields(err.Error()), " ")})
}

// inspect refuses what YAML allows and a configuration does not need.
func (f *File) inspect(n *yaml.Node, depth int) {
	switch {
	case depth > maxDepth:
		f.at(n, "nested too deep", "")
		return
	case n.Kind == yaml.AliasNode:
		f.at(n, "aliases are not read", "write the value out instead of *"+n.Value)
		return
	case n.Anchor != "":
		f.at(n, "anchors are not read", "take &"+n.Anchor+" away")
	case n.Style&yaml.TaggedStyle != 0:
		f.at(n, "tags are not read", "take "+n.Tag+" away")
	}
	if n.Kind == yaml.MappingNode {
		f.inspectNames(n)
	}
	for _, c := range n.Content {
		f.inspect(c, depth+1)
	}
}

func (f *File) inspectNames(n *yaml.Node) {
	first := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		k := n.Content[i]
		line, twice := first[k.Value]
		switch {
		case k.Kind == yaml.AliasNode: // told already
		case k.Kind != yaml.ScalarNode || k.Value == "":
			f.at(k, "a key must be a word", "")
		case k.Value == "<<":
			f.at(k, "merge keys are not read", "write the values out")
		case twice:
			f.at(k, fmt.Sprintf("key %q stands here twice", k.Value), fmt.Sprintf("the first is in line %d", line))
		default:
			first[k.Value] = k.Line
		}
	}
}

func (f *File) at(n *yaml.Node, text, hint string) {
	f.problems = append(f.problems, Problem{File: f.name, Line: n.Line, Col: n.Column, Text: text, Hint: hint})
}

// Problem notes something wrong with the value at key, which the file may hold
// or not: then the place is the nearest thing around it. An error made by Hint
// brings its advice.
func (f *File) Problem(key Key, err error) {
	f.note(key, err, false)
	f.bad[key] = true
}

// Bad reports whether something was found wrong with the value at key itself,
// so that what follows from it need not be told.
func (f *File) Bad(key Key) bool { return f.bad[key] }

// Missing notes something that this machine lacks: the file may be right
// elsewhere.
func (f *File) Missing(key Key, err error) { f.note(key, err, true) }

func (f *File) note(key Key, err error, local bool) {
	text, hint := split(err)
	if key != "" {
		text = string(key) + ": " + text
	}
	s, ok := f.spots[key]
	for k := key; !ok && k != ""; {
		k = k.parent()
		s, ok = f.spots[k]
	}
	f.problems = append(f.problems, Problem{File: f.name, Line: s.line, Col: s.col, Text: text, Hint: hint, Local: local})
}

// Has reports whether the file sets the key.
func (f *File) Has(key Key) bool {
	_, ok := f.spots[key]
	return ok
}

// Problems gives what is wrong so far, in the order of the file: errors of the
// file, and what this machine lacks.
func (f *File) Problems() (wrong, missing Problems) {
	for _, p := range f.problems.sorted() {
		if p.Local {
			missing = append(missing, p)
		} else {
			wrong = append(wrong, p)
		}
	}
	return wrong, missing
}

// Resolve gives a path of the configuration: relative ones are relative to the
// directory that the file stands in.
func (f *File) Resolve(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(f.dir, p)
}

// ReadFile reads another file that the configuration names.
func (f *File) ReadFile(p FilePath, limit int64) ([]byte, error) {
	return f.sys.ReadFile(string(p), limit)
}
