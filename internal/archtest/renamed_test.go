package archtest

import (
	"encoding/csv"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// renamedRows reads docs/renamed.csv: old, new, kind.
func renamedRows(t *testing.T) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(textOf(t, "docs/renamed.csv"))).ReadAll()
	if err != nil || len(rows) < 2 || strings.Join(rows[0], ",") != "old,new,kind" {
		t.Fatalf("docs/renamed.csv: %d rows, %v", len(rows), err)
	}
	return rows[1:]
}

var (
	metricName = regexp.MustCompile("`(floodmark_[a-z0-9_]+)")
	codeName   = regexp.MustCompile("(?m)^\\|\\s*`([a-z0-9-]+)`")
	fieldName  = regexp.MustCompile(`^([A-Za-z0-9]+)\.([A-Za-z0-9_]+)$`)
)

// renamedFaults compares docs/renamed.csv with the documents of what it renames:
// a new name exists there, and an old one does not. Keys are compared by package
// settings, and commands by cmd/floodmark.
func renamedFaults(t *testing.T) []offender {
	t.Helper()
	metrics, codes, fields := make(map[string]bool), make(map[string]bool), make(map[string]bool)
	for _, m := range metricName.FindAllStringSubmatch(textOf(t, "docs/metrics.md"), -1) {
		metrics[m[1]] = true
	}
	for _, m := range codeName.FindAllStringSubmatch(textOf(t, "docs/conditions.md"), -1) {
		codes[m[1]] = true
	}
	for _, path := range []string{"docs/openapi.json", "docs/openapi-public.json"} {
		var doc openAPI
		if err := json.Unmarshal([]byte(textOf(t, path)), &doc); err != nil {
			t.Fatal(err)
		}
		for name, s := range doc.Components.Schemas {
			for key := range s.Properties {
				fields[name+"."+key] = true
			}
		}
	}
	var out []offender
	wrong := func(row []string, text string) {
		out = append(out, offender{"renamed", "docs/renamed.csv", strings.Join(row, ","), text})
	}
	for _, row := range renamedRows(t) {
		var have map[string]bool
		switch row[2] {
		case "metric":
			have = metrics
		case "code":
			have = codes
		case "field":
			if !fieldName.MatchString(row[0]) || !fieldName.MatchString(row[1]) {
				continue // a path or a value, which is compared where it is made
			}
			have = fields
		case "key", "command":
			continue
		default:
			wrong(row, "unknown kind")
			continue
		}
		// A metric row may name one value of a label, or a series of a histogram.
		now, labels, _ := strings.Cut(row[1], "{")
		now = strings.TrimSuffix(strings.TrimSuffix(now, "_sum"), "_count")
		if !have[row[1]] && !have[now] {
			wrong(row, "the new name does not exist")
		}
		if have[row[0]] && labels == "" {
			wrong(row, "the old name still exists")
		}
	}
	return out
}
