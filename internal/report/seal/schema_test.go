package seal

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"floodmark/internal/model"
	"floodmark/internal/report/reporttest"
)

const (
	schemaFile = "../../../docs/analysis.schema.json"
	schemaDoc  = "../../../docs/analysis.md"
)

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	s, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestReportsFollowTheSchema(t *testing.T) {
	schema := compileSchema(t)
	for name, a := range reporttest.All() {
		full := mustSeal(t, a, key)
		for form, b := range map[string][]byte{"full": full, "redacted": mustRedact(t, full), "unsigned": mustSeal(t, a, nil)} {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil && (name != "nasty" || !strings.Contains(err.Error(), "must be one of")) {
				t.Errorf("%s %s: %v", name, form, err)
			}
		}
	}
	bad := bytes.Replace(mustSeal(t, reporttest.Cameras(), nil), []byte(`"attack":"yes"`), []byte(`"attack":"maybe"`), 1)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(bad))
	if err != nil {
		t.Fatal(err)
	}
	if schema.Validate(doc) == nil {
		t.Error("the schema lets anything pass")
	}
}

// TestSchemaNamesEveryField compares the schema, and its description, with the
// document's type in both directions.
func TestSchemaNamesEveryField(t *testing.T) {
	raw, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(schemaDoc)
	if err != nil {
		t.Fatal(err)
	}
	c := comparison{t: t, schema: schema, doc: string(doc)}
	c.compare(reflect.TypeFor[model.Analysis](), schema, "")
}

type comparison struct {
	t      *testing.T
	schema map[string]any
	doc    string
}

// compare descends into objects and lists; node is a schema.
func (c comparison) compare(typ reflect.Type, node map[string]any, path string) {
	if ref, ok := node["$ref"].(string); ok {
		node = c.schema["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	if alts, ok := node["anyOf"].([]any); ok {
		c.compare(typ, alts[0].(map[string]any), path)
		return
	}
	switch typ.Kind() {
	case reflect.Pointer:
		c.compare(typ.Elem(), node, path)
	case reflect.Slice:
		c.compare(typ.Elem(), node["items"].(map[string]any), path+"[]")
	case reflect.Struct:
		props, _ := node["properties"].(map[string]any)
		required := map[string]bool{}
		for _, r := range node["required"].([]any) {
			required[r.(string)] = true
		}
		seen := map[string]bool{}
		for _, f := range reflect.VisibleFields(typ) {
			name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				continue
			}
			seen[name] = true
			p, ok := props[name].(map[string]any)
			if !ok {
				c.t.Errorf("the schema lacks %s.%s", path, name)
				continue
			}
			if required[name] == strings.Contains(opts, "omitempty") {
				c.t.Errorf("%s.%s: required in the schema: %v, written: %q", path, name, required[name], opts)
			}
			if !strings.Contains(c.doc, "`"+name+"`") {
				c.t.Errorf("docs/analysis.md does not name %s.%s", path, name)
			}
			c.compare(f.Type, p, path+"."+name)
		}
		for name := range props {
			if !seen[name] {
				c.t.Errorf("the schema has %s.%s, the document does not", path, name)
			}
		}
	}
}
