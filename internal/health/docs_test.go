package health

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/conditions.md")

const page = "../../docs/conditions.md"

func document() string {
	var b strings.Builder
	b.WriteString(`# Conditions

A condition is one way in which Floodmark is blind, or its figures are wrong. It
is told beside the data, with names and figures. This page is made from the code
(` + "`go test ./internal/health -update`" + `). "Told after" is how long a condition
must hold before it is told, "taken back after" how long it must not hold.
Figures of an exporter are *untrusted* while a condition marked so is told.
`)
	for _, c := range Codes() {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n**What to do:** %s\n\nSeverity %s; told after %d s, taken back after %d s%s.\n",
			c.Name, c.Means, c.Do, c.Severity, c.Visible/second, c.Clears/second, map[bool]string{true: "; figures are untrusted"}[c.Distrust])
	}
	return b.String()
}

func TestEveryConditionIsDocumented(t *testing.T) {
	want := document()
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Errorf("docs/conditions.md is not what the code says (go test ./internal/health -update):\n%s", d)
	}
}
