package archtest

import (
	"bufio"
	"cmp"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"floodmark/internal/testenv"
)

// offender is one place that breaks a rule.
type offender struct {
	rule, room string
	subject    string // what breaks it, without a line number: exceptions name it
	detail     string
}

// maxExceptions is the number of lines of exceptions.txt. It may only fall.
const maxExceptions = 0

// TestRules counts the offenders of every rule that is not in exceptions.txt
// and compares them with ratchet.txt, whose numbers may only fall.
func TestRules(t *testing.T) {
	byRule := make(map[string][]offender)
	except := exceptions(t)
	used := make(map[string]bool)
	for _, o := range offenders(t) {
		if key := o.rule + " " + o.subject; except[key] {
			used[key] = true
			continue
		}
		byRule[o.rule] = append(byRule[o.rule], o)
	}
	for key := range except {
		if !used[key] {
			t.Errorf("exceptions.txt: %q is no longer needed; remove the line and lower maxExceptions", key)
		}
	}
	limit := ratchet(t)
	for rule, list := range byRule {
		max, ok := limit[rule]
		switch {
		case len(list) > max && (!ok || max == 0):
			for _, o := range list {
				t.Errorf("%s: %s: %s", o.rule, o.subject, o.detail)
			}
		case len(list) > max:
			t.Errorf("%s: %d offenders, at most %d are allowed; list them with: go test -v -run TestOffenders ./internal/archtest", rule, len(list), max)
		case len(list) < max:
			t.Logf("%s: %d offenders; lower ratchet.txt from %d", rule, len(list), max)
		}
	}
}

// TestOffenders prints every offender by room with -v, and the totals by rule.
func TestOffenders(t *testing.T) {
	if !testing.Verbose() {
		testenv.Optional(t, "prints with -v only")
	}
	list := offenders(t)
	slices.SortFunc(list, func(a, b offender) int {
		return cmp.Or(strings.Compare(a.room, b.room), strings.Compare(a.rule, b.rule), strings.Compare(a.subject, b.subject))
	})
	total := make(map[string]int)
	for _, o := range list {
		t.Logf("%-32s %-10s %s: %s", o.room, o.rule, o.subject, o.detail)
		total[o.rule]++
	}
	for _, rule := range slices.Sorted(maps.Keys(total)) {
		t.Logf("total %-10s %d", rule, total[rule])
	}
}

func offenders(t *testing.T) []offender {
	files := tree(t)
	return slices.Concat(sizes(files), functions(files), houseWords(files), publicWords(t), layerBreaks(t, files), unusedExports(files), fileCycles(files), renamedFaults(t))
}

// exceptions reads exceptions.txt: "rule subject | reason" a line.
func exceptions(t *testing.T) map[string]bool {
	t.Helper()
	out := make(map[string]bool)
	for _, line := range lines(t, "exceptions.txt") {
		key, reason, _ := strings.Cut(line, "|")
		if strings.TrimSpace(reason) == "" {
			t.Errorf("exceptions.txt: %q has no reason", line)
		}
		out[strings.TrimSpace(key)] = true
	}
	if len(out) != maxExceptions || maxExceptions > 20 {
		t.Errorf("exceptions.txt has %d lines and maxExceptions is %d; they must be equal and at most 20", len(out), maxExceptions)
	}
	return out
}

func ratchet(t *testing.T) map[string]int {
	t.Helper()
	out := make(map[string]int)
	for _, line := range lines(t, "ratchet.txt") {
		f := strings.Fields(line)
		n, err := strconv.Atoi(f[len(f)-1])
		if err != nil || len(f) != 2 {
			t.Fatalf("ratchet.txt: %q is not a rule and a number", line)
		}
		out[f[0]] = n
	}
	return out
}

// lines reads a file of this package without comments and empty lines.
func lines(t *testing.T, path string) []string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	for s := bufio.NewScanner(f); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), "#")
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
