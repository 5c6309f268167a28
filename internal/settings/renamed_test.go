package settings

import (
	"encoding/csv"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/conf"
)

// TestRenamedKeys compares the table of renamed keys with docs/renamed.csv, the
// schema, and the keys of version 0.1.0: each of these is either current or
// renamed to a current key.
func TestRenamedKeys(t *testing.T) {
	f, err := os.Open("../../docs/renamed.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	documented := make(conf.Renamed)
	for _, r := range rows {
		if r[2] == "key" {
			documented[conf.Key(r[0])] = conf.Key(r[1])
		}
	}
	if d := cmp.Diff(renamed, documented); d != "" {
		t.Errorf("docs/renamed.csv differs from renamed.go:\n%s", d)
	}
	current := make(map[conf.Key]bool)
	schemaKeys(reflect.TypeFor[Settings](), "", func(k string) { current[conf.Key(k)] = true })
	b, err := os.ReadFile("testdata/keys-0.1.0.txt")
	if err != nil {
		t.Fatal(err)
	}
	old := make(map[conf.Key]bool)
	for _, line := range strings.Fields(string(b)) {
		k := conf.Key(line)
		old[k] = true
		if current[k] == (renamed[k] != "") {
			t.Errorf("%s of version 0.1.0: current %t, renamed to %q", k, current[k], renamed[k])
		}
	}
	for k, now := range renamed {
		if !old[k] || !current[now] {
			t.Errorf("%s → %s: old key known %t, new key known %t", k, now, old[k], current[now])
		}
	}
}

// schemaKeys calls visit for every key of a struct, with [] for the elements of
// lists and NAME for those of maps.
func schemaKeys(t reflect.Type, at string, visit func(string)) {
	for _, f := range conf.Fields(t) {
		key, inner := strings.TrimPrefix(at+"."+f.Name, "."), t.Field(f.Index).Type
		visit(key)
		switch inner.Kind() {
		case reflect.Slice:
			key, inner = key+"[]", inner.Elem()
		case reflect.Map:
			key, inner = key+".NAME", inner.Elem()
		case reflect.Pointer:
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			schemaKeys(inner, key, visit)
		}
	}
}

// TestOldKeysNameTheNewOne writes each renamed key into a file of its own, and
// wants an error at its position that names the new key.
func TestOldKeysNameTheNewOne(t *testing.T) {
	for old, now := range renamed {
		parts := strings.Split(string(old), ".")
		var text strings.Builder
		column := 0
		for _, p := range parts {
			name, list := strings.CutSuffix(p, "[]")
			text.WriteString("{")
			column = text.Len() + 1
			text.WriteString(name + ": ")
			if list {
				text.WriteString("[")
			}
		}
		text.WriteString("1")
		for i := len(parts) - 1; i >= 0; i-- {
			if strings.HasSuffix(parts[i], "[]") {
				text.WriteString("]")
			}
			text.WriteString("}")
		}
		f, err := conf.Parse("floodmark.yaml", []byte(text.String()), noSystem)
		if err != nil {
			t.Fatalf("%s: %v", text.String(), err)
		}
		_, err = load(f)
		want := fmt.Sprintf("floodmark.yaml:1:%d: key %q was renamed; write %s", column, strings.ReplaceAll(string(old), "[]", "[0]"), now)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", text.String(), err, want)
		}
	}
}
