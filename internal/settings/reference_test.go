package settings

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/conf"
	"floodmark/internal/model"
)

var update = flag.Bool("update", false, "write the generated part of docs/configuration.md")

const (
	docFile = "../../docs/configuration.md"
	docMark = "<!-- From here on generated from internal/settings: go test ./internal/settings -update -->\n"
)

// TestReference holds docs/configuration.md and the structs together.
func TestReference(t *testing.T) {
	b, err := os.ReadFile(docFile)
	if err != nil {
		t.Fatal(err)
	}
	head, got, found := strings.Cut(string(b), docMark)
	if !found {
		t.Fatalf("%s has no line %q", docFile, docMark)
	}
	want := renderReference(t)
	if *update {
		if err := os.WriteFile(docFile, []byte(head+docMark+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s differs from the structs (run with -update):\n%s", docFile, d)
	}
}

// reference writes the table of keys.
type reference struct {
	t        *testing.T
	comments map[string]string // of Type.Field
	out      strings.Builder
}

func renderReference(t *testing.T) string {
	r := &reference{t: t, comments: fieldComments(t)}
	v := reflect.ValueOf(*defaults())
	for _, f := range conf.Fields(v.Type()) {
		field, intro := v.Field(f.Index), ""
		section := field.Kind() == reflect.Struct && len(conf.Fields(field.Type())) > 0
		if section {
			intro = r.comment(v.Type(), f.Index) + "\n\n"
		}
		fmt.Fprintf(&r.out, "\n## %s\n\n%s| key | form | default | what it does |\n|---|---|---|---|\n", f.Name, intro)
		if section {
			r.section(field, f.Name)
		} else {
			r.key(v, f, "")
		}
	}
	r.thresholds()
	return r.out.String()
}

func (r *reference) comment(t reflect.Type, field int) string {
	name := t.Name() + "." + t.Field(field).Name
	c := r.comments[name]
	if c == "" {
		r.t.Errorf("%s has no comment, which would be its documentation", name)
	}
	return c
}

func (r *reference) section(v reflect.Value, at string) {
	for _, f := range conf.Fields(v.Type()) {
		r.key(v, f, at)
	}
}

// key writes the line of one key and the lines of what is in it.
func (r *reference) key(parent reflect.Value, f conf.Field, at string) {
	v := parent.Field(f.Index)
	name := strings.TrimPrefix(at+"."+f.Name, ".")
	what := r.comment(parent.Type(), f.Index)
	if f.Restart {
		what += " **Restart.**"
	}
	t, below := v.Type(), name
	for range 2 { // a list of a section, a map of a section
		switch t.Kind() {
		case reflect.Slice:
			t, below = t.Elem(), below+"[]"
		case reflect.Map:
			t, below = t.Elem(), below+".NAME"
		case reflect.Pointer:
			t = t.Elem()
		}
	}
	form := conf.Form(v.Type())
	if v.Kind() == reflect.Slice {
		form = "list of " + conf.Form(t)
	}
	inner := t.Kind() == reflect.Struct && len(conf.Fields(t)) > 0
	if v.Type() == reflect.TypeFor[Limits]() {
		form, inner = "metrics with "+conf.Form(reflect.TypeFor[Limit]()), false
	}
	// Examples of these stand at the head of the page.
	form = strings.NewReplacer(conf.Duration(0).Form(), "duration", conf.Bytes(0).Form(), "size", conf.Rate{}.Form(), "rate").Replace(form)
	fmt.Fprintf(&r.out, "| `%s` | %s | %s | %s |\n", name, form, defaultText(v, inner), what)
	if !inner {
		return
	}
	elem := reflect.New(t)
	if d, ok := elem.Interface().(conf.Defaulter); ok {
		d.SetDefaults()
	}
	if v.Kind() == reflect.Struct {
		elem.Elem().Set(v)
	}
	r.section(elem.Elem(), below)
}

func defaultText(v reflect.Value, section bool) string {
	switch {
	case v.Kind() == reflect.Map && v.Type() == reflect.TypeFor[Limits](), v.Kind() == reflect.Map && v.Len() > 0:
		return "see below"
	case section && v.Kind() == reflect.Struct, v.Kind() == reflect.Map, v.Kind() == reflect.Slice, v.Kind() == reflect.Pointer, v.IsZero() && v.Kind() == reflect.Struct,
		v.Kind() == reflect.String && v.Len() == 0, v.Type() == reflect.TypeFor[TokenHash]():
		return ""
	}
	return fmt.Sprintf("`%v`", v.Interface())
}

// thresholds writes the default thresholds.
func (r *reference) thresholds() {
	r.out.WriteString("\n## Default thresholds\n\nOf group `default`; empty is none. Customers and the network have none: what is much depends on their size.\n\n" +
		"| metric | counts | host in | host out | prefix in | prefix out |\n|---|---|---|---|---|---|\n")
	th := defaults().Groups[DefaultGroup].Thresholds
	for m := range model.Metrics {
		fmt.Fprintf(&r.out, "| `%s` | %s |", m, m.Unit())
		for _, l := range []Limits{th.Host.In, th.Host.Out, th.Prefix.In, th.Prefix.Out} {
			cell := ""
			if x, ok := l[m]; ok {
				cell = " " + x.String()
			}
			r.out.WriteString(cell + " |")
		}
		r.out.WriteString("\n")
	}
}

// fieldComments reads the comments of the fields of this package's structs.
func fieldComments(t *testing.T) map[string]string {
	t.Helper()
	out := make(map[string]string)
	note := func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		if s, ok := spec.Type.(*ast.StructType); ok {
			for _, f := range s.Fields.List {
				for _, name := range f.Names {
					out[spec.Name.Name+"."+name.Name] = strings.TrimSpace(strings.ReplaceAll(f.Doc.Text(), "\n", " "))
				}
			}
		}
		return true
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, note)
	}
	return out
}
