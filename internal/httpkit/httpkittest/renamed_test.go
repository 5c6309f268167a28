package httpkittest_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"floodmark/internal/httpkit/httpkittest"
)

// TestRenamedFieldsAreInTheSchemas holds the fields of docs/renamed.csv to the
// OpenAPI documents: new names exist, and old names not beside them.
func TestRenamedFieldsAreInTheSchemas(t *testing.T) {
	docs := filepath.Join("..", "..", "..", "docs")
	var schemas []map[string]httpkittest.Property
	for _, file := range []string{"openapi.json", "openapi-public.json"} {
		spec, err := os.ReadFile(filepath.Join(docs, file))
		if err != nil {
			t.Fatal(err)
		}
		properties, err := httpkittest.Properties(spec)
		if err != nil {
			t.Fatal(err)
		}
		schemas = append(schemas, properties)
	}
	f, err := os.Open(filepath.Join(docs, "renamed.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, r := range rows[1:] {
		if r[2] != "field" || !unicode.IsUpper(rune(r[0][0])) || strings.Count(r[0], ".") != 1 || strings.Count(r[1], ".") > 1 {
			continue // a path, or a type
		}
		checked++
		found := r[1] == ""
		for _, s := range schemas {
			renamed := r[1] == "" || has(s, r[1])
			found = found || renamed
			if renamed && has(s, r[0]) {
				t.Errorf("%s is renamed, and still in a schema", r[0])
			}
		}
		if !found {
			t.Errorf("%s, the new name of %s, is in no schema", r[1], r[0])
		}
	}
	if checked < 60 {
		t.Errorf("%d fields are checked", checked)
	}
}

// has reports whether a schema has Type.field, or Type.field=value for a value
// of an enumeration.
func has(names map[string]httpkittest.Property, name string) bool {
	name, value, isValue := strings.Cut(name, "=")
	p, ok := names[name]
	return ok && (!isValue || slices.Contains(p.Enum, any(value)))
}
