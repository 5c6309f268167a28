package archtest

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// houseNames are words that no identifier, file name, key or metric contains,
// because the field has a term for each; see docs/glossary.md.
var houseNames = split(`tell tells told hear hears heard say says said befall befalls heed obey dear anew promise promises promised crowd crowds desk
	stranger strangers horizon horizons tally tallies dossier dossiers presence firstlook lockstep brigade brigades forgery forgeries octets
	most least longest shortest quarter withheld judge judges judged figure figures`)

// houseProse are words that no message contains. Ordinary English such as "at
// most" is fine in a sentence.
var houseProse = split(`tell tells told hear hears heard say says said befall befalls heed obey anew promise promises promised stranger strangers
	horizon tally dossier lockstep brigade forgery octets withheld figures`)

func split(s string) []string { return strings.Fields(s) }

// parts splits camelCase, snake_case and kebab-case into lower-case words.
func parts(name string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out = append(out, strings.ToLower(string(word)))
			word = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r):
			flush()
			continue
		case unicode.IsUpper(r) && len(word) > 0 && (!unicode.IsUpper(word[len(word)-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return out
}

// houseWord is the first word of the list in a name, or "".
func houseWord(name string, list []string) string {
	words := parts(name)
	for i, w := range words {
		if slices.Contains(list, w) && !(w == "crowd" && i > 0 && words[i-1] == "flash") {
			return w
		}
		if w == "made" && i+1 < len(words) && words[i+1] == "up" {
			return "made up"
		}
	}
	return ""
}

// houseWords finds them in file names, declared identifiers, messages and keys.
func houseWords(files []goFile) []offender {
	var out []offender
	for _, f := range files {
		if f.room == "internal/archtest" {
			continue
		}
		if w := houseWord(filepath.Base(f.path), houseNames); w != "" {
			out = append(out, offender{"word", f.room, filepath.ToSlash(f.path), "file name contains " + strconv.Quote(w)})
		}
		if f.test {
			continue
		}
		seen := make(map[string]bool)
		add := func(subject, detail string) {
			if !seen[subject+detail] {
				seen[subject+detail] = true
				out = append(out, offender{"word", f.room, subject, detail})
			}
		}
		for _, id := range declared(f.syntax) {
			if w := houseWord(id, houseNames); w != "" {
				add(filepath.ToSlash(f.path)+":"+id, "identifier contains "+strconv.Quote(w))
			}
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if message(n) {
					for _, a := range n.Args {
						for _, s := range texts(a) {
							if w := houseWord(s, houseProse); w != "" {
								add(filepath.ToSlash(f.path)+":"+strconv.Quote(s), "message contains "+strconv.Quote(w))
							}
						}
					}
				}
			case *ast.Field:
				if n.Tag != nil {
					for _, k := range keys(f.room, n.Tag.Value) {
						if w := houseWord(k, houseNames); w != "" {
							add(filepath.ToSlash(f.path)+":"+k, "key contains "+strconv.Quote(w))
						}
					}
				}
			}
			return true
		})
	}
	return out
}

// declared lists the identifiers that a file declares.
func declared(f *ast.File) []string {
	var out []string
	add := func(list ...*ast.Ident) {
		for _, id := range list {
			out = append(out, id.Name)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			add(n.Name)
		case *ast.TypeSpec:
			add(n.Name)
		case *ast.ValueSpec:
			add(n.Names...)
		case *ast.Field:
			add(n.Names...)
		case *ast.AssignStmt:
			if n.Tok == token.DEFINE {
				for _, e := range n.Lhs {
					if id, ok := e.(*ast.Ident); ok {
						add(id)
					}
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE {
					add(id)
				}
			}
		}
		return true
	})
	return out
}

// message reports whether a call makes a log line, an error or a help text.
func message(c *ast.CallExpr) bool {
	switch fn := c.Fun.(type) {
	case *ast.SelectorExpr:
		if x, ok := fn.X.(*ast.Ident); ok && (x.Name == "errors" && fn.Sel.Name == "New" || x.Name == "fmt" && fn.Sel.Name == "Errorf" || x.Name == "conf" && fn.Sel.Name == "Hint") {
			return true
		}
		return slices.Contains([]string{"Debug", "Info", "Warn", "Error"}, fn.Sel.Name) && len(c.Args) > 0
	case *ast.Ident:
		return fn.Name == "usage"
	}
	return false
}

// texts lists the string literals of an argument.
func texts(e ast.Expr) []string {
	var out []string
	ast.Inspect(e, func(n ast.Node) bool {
		if c, ok := n.(*ast.CallExpr); ok && message(c) {
			return false
		}
		if l, ok := n.(*ast.BasicLit); ok {
			if s, ok := literal(l); ok {
				out = append(out, s)
			}
		}
		return true
	})
	return out
}

// jsonRooms are the rooms whose JSON users see. Elsewhere a JSON tag is the
// format of a file of version 0.1.0, which is still read.
var jsonRooms = []string{"internal/view", "internal/api", "internal/web", "internal/public", "internal/act/alert"}

// keys lists the keys in a struct tag that users see.
func keys(room, tag string) []string {
	s, err := strconv.Unquote(tag)
	if err != nil {
		return nil
	}
	var out []string
	if k, ok := reflect.StructTag(s).Lookup("conf"); ok {
		out = append(out, k)
	}
	if k, ok := reflect.StructTag(s).Lookup("json"); ok && slices.ContainsFunc(jsonRooms, func(r string) bool { return room == r || strings.HasPrefix(room, r+"/") }) {
		k, _, _ = strings.Cut(k, ",")
		out = append(out, k)
	}
	return out
}

var code1 = regexp.MustCompile("`([a-z][a-z0-9_-]+)(?:\\{[^`]*)?`")

// publicWords finds house words in metric names, condition codes and the
// properties of the OpenAPI documents, and descriptions that do not stand alone.
func publicWords(t *testing.T) []offender {
	t.Helper()
	var out []offender
	for _, page := range []string{"docs/metrics.md", "docs/conditions.md"} {
		for _, line := range strings.Split(textOf(t, page), "\n") {
			if !strings.HasPrefix(line, "| `") {
				continue
			}
			if m := code1.FindStringSubmatch(line); m != nil {
				if w := houseWord(m[1], houseNames); w != "" {
					out = append(out, offender{"word", page, page + ":" + m[1], "name contains " + strconv.Quote(w)})
				}
			}
		}
	}
	for _, path := range []string{"docs/openapi.json", "docs/openapi-public.json"} {
		var doc openAPI
		if err := json.Unmarshal([]byte(textOf(t, path)), &doc); err != nil {
			t.Fatal(err)
		}
		for name, s := range doc.Components.Schemas {
			for key, p := range s.Properties {
				if key == "$schema" {
					continue
				}
				if w := houseWord(key, houseNames); w != "" {
					out = append(out, offender{"word", path, path + ":" + name + "." + key, "property contains " + strconv.Quote(w)})
				}
				if fault := p.fault(); fault != "" {
					out = append(out, offender{"description", path, path + ":" + name + "." + key, fault})
				}
			}
		}
	}
	return out
}

type openAPI struct {
	Components struct {
		Schemas map[string]struct {
			Properties map[string]property `json:"properties"`
		} `json:"schemas"`
	} `json:"components"`
}

type property struct {
	Description string                `json:"description"`
	Enum        []any                 `json:"enum"`
	Ref         string                `json:"$ref"`
	Type        any                   `json:"type"`
	Items       *struct{ Enum []any } `json:"items"`
}

var (
	fragment = regexp.MustCompile(`^(?i)(of|its|that|what|when|who|whose|where|how|which|in|from|by|at|to)\b`)
	listing  = regexp.MustCompile(`(?:\.\.\.|…|\betc\b)`)
	quoted   = regexp.MustCompile("`([a-z0-9-]+)`")
)

// fault is what is wrong with the description of a property, or "".
func (p *property) fault() string {
	d := strings.TrimSpace(p.Description)
	switch {
	case d == "":
		return "no description"
	case len(strings.Fields(d)) < 2:
		return "description is one word: " + d
	case fragment.MatchString(d):
		return "description does not stand alone: " + d
	case listing.MatchString(d):
		return "description lists values without an end: " + d
	}
	enum := p.Enum
	if p.Items != nil && len(enum) == 0 {
		enum = p.Items.Enum
	}
	if len(enum) > 0 {
		for _, m := range quoted.FindAllStringSubmatch(d, -1) {
			if !slices.ContainsFunc(enum, func(e any) bool { return e == m[1] }) {
				return "description names " + m[1] + ", which is not a value"
			}
		}
	}
	return ""
}

// TestParts guards the splitting of names into words.
func TestParts(t *testing.T) {
	for in, want := range map[string]string{"toldTwice": "told twice", "HTTPServer": "http server", "last_heard_seconds": "last heard seconds", "maxBytes2Say": "max bytes say", "x": "x"} {
		if got := strings.Join(parts(in), " "); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
	if houseWord("flashCrowd", houseNames) != "" || houseWord("crowdSize", houseNames) != "crowd" || houseWord("madeUpReport", houseNames) != "made up" {
		t.Error("house words are not found")
	}
}
