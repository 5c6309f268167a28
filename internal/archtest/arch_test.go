// Package archtest holds the tree to its rules: the import law in rooms.txt,
// what pure rooms may do, and one package comment in each package.
package archtest

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "floodmark"

// thirdParty gives modules a short name in rooms.txt.
var thirdParty = map[string]string{
	"github.com/spf13/cobra":                   "cobra",
	"github.com/parquet-go/parquet-go":         "parquet",
	"golang.org/x/sys":                         "sys",
	"golang.org/x/term":                        "term",
	"go.yaml.in/yaml/v4":                       "yaml",
	"github.com/andybalholm/brotli":            "brotli",
	"github.com/klauspost/compress":            "compress",
	"golang.org/x/text":                        "text",
	"github.com/google/uuid":                   "uuid",
	"github.com/nats-io/nats-server/v2":        "nats-server",
	"github.com/nats-io/nats.go":               "nats",
	"github.com/duckdb/duckdb-go/v2":           "duckdb",
	"github.com/gaissmai/bart":                 "bart",
	"github.com/danielgtaylor/huma/v2":         "huma",
	"github.com/prometheus/client_golang":      "prometheus",
	"github.com/oschwald/maxminddb-golang/v2":  "maxminddb",
	"gonum.org/v1/gonum":                       "gonum",
	"github.com/gowebpki/jcs":                  "jcs",
	"github.com/nicholas-fedor/shoutrrr":       "shoutrrr",
	"github.com/google/go-cmp":                 "go-cmp",
	"pgregory.net/rapid":                       "rapid",
	"github.com/santhosh-tekuri/jsonschema/v6": "jsonschema",
	"github.com/maxmind/mmdbwriter":            "mmdbwriter",
	"github.com/wneessen/go-mail":              "go-mail",
}

// law is what a room may import.
type law struct {
	rooms, modules []string
}

func readLaw(t *testing.T) map[string]law {
	t.Helper()
	f, err := os.Open("rooms.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	laws := make(map[string]law)
	for s := bufio.NewScanner(f); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), "#")
		room, allowed, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		own, modules, _ := strings.Cut(allowed, "|")
		laws[strings.TrimSpace(room)] = law{strings.Fields(own), strings.Fields(modules)}
	}
	return laws
}

// goFile is one parsed file of the tree.
type goFile struct {
	room, path string
	test       bool
	syntax     *ast.File
	set        *token.FileSet
}

func tree(t *testing.T) []goFile {
	t.Helper()
	root := filepath.Join("..", "..")
	var out []goFile
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() {
			if name := d.Name(); rel != "." && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata" || name == "bin" || rel == "bench") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		set := token.NewFileSet()
		syntax, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		out = append(out, goFile{filepath.ToSlash(filepath.Dir(rel)), rel, strings.HasSuffix(path, "_test.go"), syntax, set})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("found %d Go files only; the walk is broken", len(out))
	}
	return out
}

// TestImportLaw compares every import outside of tests with rooms.txt, both ways.
func TestImportLaw(t *testing.T) {
	laws := readLaw(t)
	used := make(map[string]map[string]bool)
	for _, f := range tree(t) {
		if f.test {
			continue
		}
		l, ok := laws[f.room]
		if !ok {
			t.Errorf("%s: room %s is not in rooms.txt", f.path, f.room)
			continue
		}
		if used[f.room] == nil {
			used[f.room] = make(map[string]bool)
		}
		for _, im := range f.syntax.Imports {
			path, _ := strconv.Unquote(im.Path.Value)
			name, kind := classify(path)
			switch kind {
			case "std":
				continue
			case "own":
				if !slices.Contains(l.rooms, name) {
					t.Errorf("%s: %s may not import %s", f.path, f.room, name)
				}
			case "module":
				if !slices.Contains(l.modules, name) {
					t.Errorf("%s: %s may not use the module %s", f.path, f.room, name)
				}
			}
			used[f.room][name] = true
		}
	}
	for room, l := range laws {
		for _, name := range append(slices.Clone(l.rooms), l.modules...) {
			if !used[room][name] {
				t.Errorf("rooms.txt allows %s to import %s, which it does not", room, name)
			}
		}
		if used[room] == nil {
			t.Errorf("rooms.txt lists %s, which does not exist", room)
		}
	}
}

func classify(path string) (name, kind string) {
	if rest, ok := strings.CutPrefix(path, module+"/"); ok {
		return rest, "own"
	}
	if !strings.Contains(strings.SplitN(path, "/", 2)[0], ".") {
		return path, "std"
	}
	for prefix, name := range thirdParty {
		if path == prefix || strings.HasPrefix(path, prefix+"/") {
			return name, "module"
		}
	}
	return path, "module"
}

// pure rooms compute: what they are given in, values out.
func pure(t *testing.T, room string) bool {
	_, pure := readLayers(t).of(room)
	return pure
}

// forbidden packages and functions of pure rooms, with the reason.
var forbidden = map[string]string{
	"os": "pure rooms open no files", "net": "pure rooms open no sockets", "net/http": "pure rooms open no sockets",
	"os/exec": "pure rooms start no programs", "sync": "pure rooms hold no locks", "sync/atomic": "pure rooms share nothing",
	"crypto/rand": "randomness is seeded and passed in", "math/rand": "use math/rand/v2 with a seed", "log": "pure rooms return errors",
}

// TestPureRooms checks that the middle of the line has no goroutine, lock,
// socket, file or clock of its own.
func TestPureRooms(t *testing.T) {
	checked := 0
	for _, f := range tree(t) {
		if f.test || !pure(t, f.room) {
			continue
		}
		checked++
		for _, im := range f.syntax.Imports {
			path, _ := strconv.Unquote(im.Path.Value)
			if why := forbidden[path]; why != "" {
				t.Errorf("%s imports %s: %s", f.path, path, why)
			}
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: a goroutine in a pure room", f.set.Position(n.Pos()))
			case *ast.SelectorExpr:
				if x, ok := n.X.(*ast.Ident); ok && x.Name == "time" && (n.Sel.Name == "Now" || n.Sel.Name == "Since" || n.Sel.Name == "Sleep" || n.Sel.Name == "After") {
					t.Errorf("%s: time.%s in a pure room; pass the time in", f.set.Position(n.Pos()), n.Sel.Name)
				}
			case *ast.FuncDecl:
				if n.Recv == nil && n.Name.Name == "init" {
					t.Errorf("%s: init in a pure room", f.set.Position(n.Pos()))
				}
			}
			return true
		})
	}
	if checked < 30 {
		t.Fatalf("checked %d files only", checked)
	}
}

// TestPackageComments wants exactly one package comment in each package.
func TestPackageComments(t *testing.T) {
	comments, files := make(map[string]int), make(map[string]int)
	for _, f := range tree(t) {
		if f.test && f.room != "internal/archtest" {
			continue
		}
		files[f.room]++
		if f.syntax.Doc != nil && strings.TrimSpace(f.syntax.Doc.Text()) != "" {
			comments[f.room]++
		}
	}
	for room := range files {
		if comments[room] != 1 {
			t.Errorf("%s has %d package comments, want 1", room, comments[room])
		}
	}
}

// TestExportedAreDocumented wants a comment on every exported declaration.
func TestExportedAreDocumented(t *testing.T) {
	for _, f := range tree(t) {
		if f.test {
			continue
		}
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc == nil && exportedReceiver(d) {
					t.Errorf("%s: %s has no comment", f.set.Position(d.Pos()), d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					if s, ok := s.(*ast.TypeSpec); ok && s.Name.IsExported() && d.Doc == nil && s.Doc == nil {
						t.Errorf("%s: type %s has no comment", f.set.Position(s.Pos()), s.Name.Name)
					}
				}
			}
		}
	}
}

func exportedReceiver(d *ast.FuncDecl) bool {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return true
	}
	x := d.Recv.List[0].Type
	if s, ok := x.(*ast.StarExpr); ok {
		x = s.X
	}
	id, ok := x.(*ast.Ident)
	return ok && id.IsExported() && d.Name.Name != "Error" && d.Name.Name != "String" && d.Name.Name != "Unwrap"
}

// TestFuzzTargetsAreRun wants every decoder and parser fuzzed, and every fuzz
// target found by the smoke run, which lists packages by this rule.
func TestFuzzTargetsAreRun(t *testing.T) {
	have := make(map[string]int)
	for _, f := range tree(t) {
		if !f.test {
			continue
		}
		for _, d := range f.syntax.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(fn.Name.Name, "Fuzz") {
				have[f.room]++
			}
		}
	}
	for _, room := range []string{"internal/decode/pcap", "internal/decode/packet", "internal/decode/netflow", "internal/decode/sflow",
		"internal/baseline", "internal/conf", "internal/settings", "internal/decode/nfdump", "internal/evidence/claim", "internal/evidence/vector", "internal/geo", "internal/journal", "internal/report/seal", "internal/normalize", "internal/query", "internal/source/capture", "internal/api", "internal/backtest",
		"internal/source/report", "internal/aggregate/usercount", "internal/model", "internal/backtest/counting", "internal/public", "internal/public/page", "internal/public/feed", "internal/moderation", "internal/opendata", "internal/act/mail", "internal/evidence/localize"} {
		if have[room] == 0 {
			t.Errorf("%s has no fuzz target", room)
		}
	}
}
