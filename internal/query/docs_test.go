package query

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

var (
	tableRow = regexp.MustCompile("(?m)^\\| (`[^|]+`) \\|[^|]*\\| ([^|]*)\\| ([^|]*)\\| `([^|]+)` \\|$")
	inTicks  = regexp.MustCompile("`([^`]+)`")
)

// TestReferenceIsTrue holds docs/query.md to the table of fields, both ways, and
// reads its examples.
func TestReferenceIsTrue(t *testing.T) {
	b, err := os.ReadFile("../../docs/query.md")
	if err != nil {
		t.Fatal(err)
	}
	reported := make(map[string]bool)
	families := map[string]family{"": 0, "networks": networks, "services": services, "interfaces": interfaces, "all": everyRollup}
	for _, row := range tableRow.FindAllStringSubmatch(string(b), -1) {
		for _, name := range inTicks.FindAllStringSubmatch(row[1], -1) {
			f := lookup(name[1])
			if f == nil {
				t.Errorf("no field %s", name[1])
				continue
			}
			reported[f.name] = true
			if f.group != strings.HasPrefix(row[2], "yes") {
				t.Errorf("%s: groups: %v", f.name, f.group)
			}
			if f.in != families[strings.TrimSpace(row[3])] {
				t.Errorf("%s: in roll-ups %v", f.name, f.in)
			}
		}
		mustParse(t, row[4])
		if f, err := parseFilter(row[4]); err != nil || f.String() == "" {
			t.Errorf("%s: %v", row[4], err)
		}
	}
	for _, name := range fieldNames() {
		if !reported[name] {
			t.Errorf("docs/query.md does not tell of %s", name)
		}
	}
	examples := 0
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); strings.Contains(line, "group by ") && !strings.ContainsAny(line, "|`") {
			mustParse(t, line)
			examples++
		}
	}
	if examples < 3 {
		t.Errorf("read %d examples", examples)
	}
	for _, c := range clauses {
		if !strings.Contains(string(b), "\""+c) {
			t.Errorf("docs/query.md does not tell of %s", c)
		}
	}
}
