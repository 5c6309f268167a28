package archtest

import (
	"bytes"
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"floodmark/internal/evidence/vector"
)

// document is one Markdown file of the tree.
type document struct {
	path string // from the root, with slashes
	text string
}

func documents(t *testing.T) []document {
	t.Helper()
	root := filepath.Join("..", "..")
	var out []document
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"node_modules", "bin", "demo-report"}, d.Name())) {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(path, ".md") {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			out = append(out, document{filepath.ToSlash(rel), string(b)})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 10 {
		t.Fatalf("found %d documents only; the walk is broken", len(out))
	}
	return out
}

func textOf(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestDocumentsStayShort holds the documents that everybody reads first to
// their length.
func TestDocumentsStayShort(t *testing.T) {
	for path, most := range map[string]int{"README.md": 100, "ARCHITECTURE.md": 150} {
		if n := strings.Count(textOf(t, path), "\n"); n > most {
			t.Errorf("%s has %d lines, want at most %d", path, n, most)
		}
	}
}

// TestDocumentsSpeakOfTheProject keeps the places where somebody happens to
// work out of the documents. The words are put together here so that this file
// does not hold them.
func TestDocumentsSpeakOfTheProject(t *testing.T) {
	words := []string{"/" + "work/", "/" + "tmp/fm", "issue" + " #", "issues" + " show", "registry" + ".npmjs", "proxy" + ".golang", "/" + "root/", "/home" + "/", "TO" + "DO"}
	for _, d := range documents(t) {
		for i, line := range strings.Split(d.text, "\n") {
			for _, w := range words {
				if strings.Contains(strings.ToLower(line), strings.ToLower(w)) {
					t.Errorf("%s:%d: holds %q", d.path, i+1, w)
				}
			}
		}
	}
}

var (
	fence = regexp.MustCompile("(?ms)^```.*?^```")
	code  = regexp.MustCompile("`[^`\n]*`")
	link  = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	title = regexp.MustCompile(`(?m)^#{1,6} (.+)$`)
)

// TestLinksLead follows every relative link of the documents, to the heading
// where it names one.
func TestLinksLead(t *testing.T) {
	checked := 0
	for _, d := range documents(t) {
		text := code.ReplaceAllString(fence.ReplaceAllString(d.text, ""), "")
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			checked++
			path, anchor, _ := strings.Cut(m[1], "#")
			full := d.path
			if path != "" {
				full = filepath.ToSlash(filepath.Join(filepath.Dir(d.path), path))
			}
			b, err := os.ReadFile(filepath.Join("..", "..", full))
			if err != nil {
				if st, e := os.Stat(filepath.Join("..", "..", full)); e != nil || !st.IsDir() {
					t.Errorf("%s: link to %s leads nowhere", d.path, m[1])
				}
				continue
			}
			if anchor != "" && !slices.Contains(anchors(string(b)), anchor) {
				t.Errorf("%s: %s has no heading for #%s", d.path, full, anchor)
			}
		}
	}
	if checked < 20 {
		t.Fatalf("checked %d links only", checked)
	}
}

// anchors gives the names that a page's headings can be linked by: lower case,
// spaces as hyphens, everything else but letters, digits, - and _ left out.
func anchors(text string) []string {
	var out []string
	for _, m := range title.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		var s strings.Builder
		for _, r := range strings.ToLower(m[1]) {
			switch {
			case r == ' ':
				s.WriteByte('-')
			case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
				s.WriteRune(r)
			}
		}
		out = append(out, s.String())
	}
	return out
}

// TestPathsInDocumentsExist follows the paths that the documents name in code.
func TestPathsInDocumentsExist(t *testing.T) {
	path := regexp.MustCompile("`((?:cmd|internal|docs|scripts|web|bench)/[A-Za-z0-9_./-]+)`")
	checked := 0
	for _, d := range documents(t) {
		if strings.Contains(d.path, "testdata") {
			continue
		}
		for _, m := range path.FindAllStringSubmatch(d.text, -1) {
			checked++
			if strings.Contains(m[1], "node_modules") || m[1] == "internal/worldmap/data/world.json" || strings.Contains(m[1], "...") {
				continue // made by the build, or a pattern
			}
			if _, err := os.Stat(filepath.Join("..", "..", m[1])); err != nil {
				t.Errorf("%s: names %s, which does not exist", d.path, m[1])
			}
		}
	}
	if checked < 20 {
		t.Fatalf("checked %d paths only", checked)
	}
}

// TestDecisionsAreComplete wants the same four questions answered by every
// page of docs/decisions, and every page listed.
func TestDecisionsAreComplete(t *testing.T) {
	list := textOf(t, "docs/decisions/README.md")
	n := 0
	for _, d := range documents(t) {
		name, ok := strings.CutPrefix(d.path, "docs/decisions/")
		if !ok || name == "README.md" {
			continue
		}
		n++
		for _, h := range []string{"## Context", "## Choice", "## What we refuse", "## How we would know it was wrong"} {
			if !strings.Contains(d.text, "\n"+h+"\n") {
				t.Errorf("%s has no section %q", d.path, h)
			}
		}
		if lines := strings.Count(d.text, "\n"); lines > 60 {
			t.Errorf("%s has %d lines; a decision fits on a page", d.path, lines)
		}
		if !strings.Contains(list, "("+name+")") {
			t.Errorf("docs/decisions/README.md does not list %s", name)
		}
	}
	if n < 10 {
		t.Fatalf("found %d decisions only", n)
	}
}

// TestThirdPartyModulesAreExplained wants a reason for every direct module.
func TestThirdPartyModulesAreExplained(t *testing.T) {
	explained := textOf(t, "docs/decisions/0012-third-party-modules.md")
	for name := range directModules(t) {
		if !strings.Contains(explained, "`"+name+"`") {
			t.Errorf("docs/decisions/0012-third-party-modules.md does not say why %s is used", name)
		}
	}
}

// directModules reads the modules that go.mod requires without "// indirect".
func directModules(t *testing.T) map[string]bool {
	t.Helper()
	out := make(map[string]bool)
	line := regexp.MustCompile(`(?m)^\s+(\S+) v\S+$`)
	for _, m := range line.FindAllStringSubmatch(textOf(t, "go.mod"), -1) {
		out[m[1]] = true
	}
	if len(out) < 5 {
		t.Fatalf("found %d modules only", len(out))
	}
	return out
}

// TestMethodsAreDocumented wants a place in docs/methods.md for every method
// that evidence can name: a heading, or a mention after "Cited as".
func TestMethodsAreDocumented(t *testing.T) {
	known := make(map[string]bool)
	text := textOf(t, "docs/methods.md")
	for _, m := range regexp.MustCompile(`(?m)^## (\S+)$`).FindAllStringSubmatch(text, -1) {
		known[m[1]] = true
	}
	for _, m := range regexp.MustCompile("`(presence/[a-z0-9-]+)`").FindAllStringSubmatch(text, -1) {
		known[m[1]] = true
	}
	methods := evidenceMethods(t)
	if len(methods) < 100 {
		t.Fatalf("found %d methods only", len(methods))
	}
	for m, where := range methods {
		if !known[m] {
			t.Errorf("%s: method %s has no place in docs/methods.md", where, m)
		}
	}
}

var methodName = regexp.MustCompile(`^(share|spoof|claim|family|presence|recording|sampling|target)(/[a-z0-9-]*)?$`)

// evidenceMethods finds the methods that evidence can name, with where: texts
// of that form in package evidence and below, each value of Method: in a
// literal, and prefixes with all that can follow them.
func evidenceMethods(t *testing.T) map[string]string {
	t.Helper()
	out := make(map[string]string)
	prefixes := make(map[string]string)
	for _, f := range tree(t) {
		if f.test || !strings.HasPrefix(f.room, "internal/evidence") {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				if id, ok := n.Key.(*ast.Ident); ok && id.Name == "Method" {
					if s, ok := literal(n.Value); ok {
						out[s] = f.path
					}
				}
			case *ast.BasicLit:
				switch s, ok := literal(n); {
				case !ok || !methodName.MatchString(s) || !strings.Contains(s, "/"):
				case strings.HasSuffix(s, "/"):
					prefixes[s] = f.path
				default:
					out[s] = f.path
				}
			}
			return true
		})
	}
	followers := map[string][]string{
		"presence/":  presenceNames(),
		"recording/": findingCodes(t),
		"spoof/":     constants(t, "internal/evidence/spoof", "spoof.go", ""),
		"claim/":     constants(t, "internal/evidence/claim", "claim.go", "Kind"),
	}
	for p, where := range prefixes {
		names, ok := followers[p]
		if !ok {
			t.Errorf("%s: nobody knows what follows %q", where, p)
		}
		for _, n := range names {
			out[p+n] = where
		}
	}
	return out
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}

// presenceNames are the classes, and what the dossier writes for none.
func presenceNames() []string {
	names := []string{"other", "cell"}
	for _, c := range vector.Classes() {
		names = append(names, c.Name)
	}
	return names
}

// findingCodes are the first arguments of add in the dossier's findings.
func findingCodes(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, f := range tree(t) {
		if f.path != filepath.FromSlash("internal/evidence/document/findings.go") {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok && len(c.Args) == 5 {
				if id, ok := c.Fun.(*ast.Ident); ok && id.Name == "add" {
					if s, ok := literal(c.Args[0]); ok {
						out = append(out, s)
					}
				}
			}
			return true
		})
	}
	if len(out) < 8 {
		t.Fatalf("found %d codes of findings only", len(out))
	}
	return out
}

// constants lists the texts of the constants in one file, of one type where it is given.
func constants(t *testing.T, room, file, typ string) []string {
	t.Helper()
	var out []string
	for _, f := range tree(t) {
		if f.room != room || filepath.Base(f.path) != file {
			continue
		}
		for _, d := range f.syntax.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if id, ok := v.Type.(*ast.Ident); typ != "" && (!ok || id.Name != typ) {
					continue
				}
				for _, e := range v.Values {
					if s, ok := literal(e); ok {
						out = append(out, s)
					}
				}
			}
		}
	}
	if len(out) < 8 {
		t.Fatalf("%s: found %d constants only", room, len(out))
	}
	return out
}

// TestAnchors guards the rule by which links are followed.
func TestAnchors(t *testing.T) {
	got := anchors("# One: `two/three`\n```\n# no heading\n```\n## Über uns_4\n")
	if want := []string{"one-twothree", "ber-uns_4"}; !slices.Equal(got, want) {
		t.Errorf("anchors are %q, want %q", got, want)
	}
	if !bytes.Contains([]byte(fence.ReplaceAllString("a\n```\nb\n```\nc", "")), []byte("c")) {
		t.Error("what follows a block of code is lost")
	}
}
