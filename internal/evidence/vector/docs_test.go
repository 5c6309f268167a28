package vector

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the generated part of docs/vectors.md")

const (
	docFile = "../../../docs/vectors.md"
	docMark = "<!-- From here on generated from internal/evidence/vector: go test ./internal/evidence/vector -update -->\n"
)

// TestDocumentation holds docs/vectors.md and the table together.
func TestDocumentation(t *testing.T) {
	b, err := os.ReadFile(docFile)
	if err != nil {
		t.Fatal(err)
	}
	head, got, found := strings.Cut(string(b), docMark)
	if !found {
		t.Fatalf("%s has no line %q", docFile, docMark)
	}
	want := renderDoc()
	if *update {
		if err := os.WriteFile(docFile, []byte(head+docMark+want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s differs from the table (run with -update):\n%s", docFile, d)
	}
}

// TestEverySlugHasFixtures: a slug of the list is either named by a record of
// the fixtures and missed by a look-alike whose class has another slug or is
// ordinary, or it is one that no single record shows.
func TestEverySlugHasFixtures(t *testing.T) {
	is, isNot := map[string]bool{"unclassified": true}, map[string]bool{"unclassified": true}
	for _, f := range allFixtures() {
		slug := Lookup(f.class).Slug
		is[slug] = is[slug] || len(f.is) > 0
		for _, s := range f.isNot {
			if Lookup(s.want).Slug != slug {
				isNot[slug] = true
			}
		}
	}
	for _, slug := range Slugs() {
		line := BySlug(slug)
		if line == nil {
			t.Errorf("%s: no line", slug)
			continue
		}
		if line.Kind != KindAggregate && (!is[slug] || !isNot[slug]) {
			t.Errorf("%s: named by a fixture: %v, missed by a look-alike of another vector: %v", slug, is[slug], isNot[slug])
		}
	}
}

func renderDoc() string {
	var b strings.Builder
	b.WriteString("\n## The closed list\n\n")
	for _, s := range Slugs() {
		fmt.Fprintf(&b, "`%s` ", s)
	}
	b.WriteString("\n\n## Vectors and the classes of records behind them\n\n")
	b.WriteString("| vector | class | rests on | everyday | ATT&CK | condition | source |\n|---|---|---|---|---|---|---|\n")
	for _, slug := range Slugs() {
		if strings.HasPrefix(slug, "reflection-") {
			continue
		}
		for _, l := range linesOf(slug) {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", slug, l.Name, l.Strength, yesNo(l.Everyday), l.Technique, bucket(l.Condition), bucket(l.Source))
		}
	}
	renderServices(&b)
	renderAdvice(&b)
	return b.String()
}

func renderServices(b *strings.Builder) {
	b.WriteString("\n## Reflection\n\nTechnique " + reflectionAmplification + " throughout.\n\n")
	b.WriteString("| vector | class | source ports | rests on | everyday | octets | factor | condition | source |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, slug := range Slugs() {
		if !strings.HasPrefix(slug, "reflection-") {
			continue
		}
		for _, l := range linesOf(slug) {
			fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s | %s | %s | %s | %s |\n", slug, l.Name, portList(l.Ports), l.Strength, yesNo(l.Everyday),
				bounds(l), factor(l), bucket(l.Condition), bucket(l.Source))
		}
	}
}

func renderAdvice(b *strings.Builder) {
	b.WriteString("\n## What can be done\n")
	done := map[string]bool{}
	for _, slug := range Slugs() {
		advice := BySlug(slug).Advice
		text := strings.Join(advice, "\n- ")
		if done[text] {
			continue
		}
		done[text] = true
		var names []string // of all vectors with the same advice
		for _, s := range Slugs() {
			if slices.Equal(BySlug(s).Advice, advice) {
				names = append(names, "`"+s+"`")
			}
		}
		fmt.Fprintf(b, "\n%s\n\n- %s\n", strings.Join(names, " "), text)
	}
}

// linesOf gives all lines of a slug, classes first.
func linesOf(slug string) []Info {
	var out []Info
	for _, l := range append(Classes(), aggregateInfos()...) {
		if l.Slug == slug {
			out = append(out, l)
		}
	}
	return out
}

func bucket(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return ""
}

// portList writes runs of ports as ranges.
func portList(ports []uint16) string {
	var out []string
	for i := 0; i < len(ports); {
		j := i
		for j+1 < len(ports) && ports[j+1] == ports[j]+1 {
			j++
		}
		if j > i {
			out = append(out, fmt.Sprintf("%d–%d", ports[i], ports[j]))
		} else {
			out = append(out, strconv.Itoa(int(ports[i])))
		}
		i = j + 1
	}
	return strings.Join(out, ", ")
}

func bounds(l Info) string {
	switch {
	case l.MinLen == 0 && l.MaxLen == 0:
		return ""
	case l.MaxLen == 0:
		return fmt.Sprintf("≥ %d", l.MinLen)
	}
	return fmt.Sprintf("%d–%d", l.MinLen, l.MaxLen)
}

func factor(l Info) string {
	f := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	switch {
	case l.AmplificationHigh == 0:
		return ""
	case l.AmplificationLow == l.AmplificationHigh:
		return f(l.AmplificationHigh)
	}
	return f(l.AmplificationLow) + "–" + f(l.AmplificationHigh)
}

// TestAdviceNeverBySpoofedSource: where sources may be spoofed, no advice tells to
// block them.
func TestAdviceNeverBySpoofedSource(t *testing.T) {
	for _, l := range append(Classes(), aggregateInfos()...) {
		for _, a := range l.Advice {
			low := strings.ToLower(a)
			if strings.Contains(low, "block") && strings.Contains(low, "source") && !strings.Contains(low, "do not") && !strings.Contains(low, "blocking them blocks") {
				t.Errorf("%s: %q", l.Name, a)
			}
		}
	}
}
