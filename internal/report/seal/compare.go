package seal

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Difference is one value in which two reports differ.
type Difference struct {
	Path   string // JSON pointer
	Report string // canonical text, "" where the value is missing
	Other  string
}

// Compare lists the values of a report that a second computation, sealed in
// its full form, gives differently. A redacted report is compared with the
// redacted form of the other. The tool's version and the seal itself are left out.
func Compare(report, recomputed []byte) ([]Difference, error) {
	tree, doc, err := read(report)
	if err != nil {
		return nil, err
	}
	if doc.Redacted {
		if recomputed, err = Redact(recomputed); err != nil {
			return nil, fmt.Errorf("compare reports: %w", err)
		}
	}
	other, _, err := read(recomputed)
	if err != nil {
		return nil, err
	}
	have, want := leaves(tree), leaves(other)
	out := []Difference{}
	for path, v := range have {
		if w, ok := want[path]; !ok || !bytes.Equal(v, w) {
			out = append(out, Difference{path, clip(string(v)), clip(string(w))})
		}
	}
	for path, w := range want {
		if _, ok := have[path]; !ok {
			out = append(out, Difference{path, "", clip(string(w))})
		}
	}
	slices.SortFunc(out, func(a, b Difference) int { return strings.Compare(a.Path, b.Path) })
	return out, nil
}

func leaves(tree *node) map[string][]byte {
	out := map[string][]byte{}
	tree.without("integrity", "redacted", "tool").walk("", func(path string, n *node) { out[path] = n.raw })
	return out
}

// Recomputed says what comparing the report with a second computation came to.
func Recomputed(report, recomputed []byte) Check {
	diffs, err := Compare(report, recomputed)
	if err != nil {
		return Check{"recomputed", Fails, err.Error()}
	}
	if len(diffs) == 0 {
		return Check{"recomputed", Holds, "the inputs give every value of the report again"}
	}
	kinds := map[string]string{"/inputs/": "these are not the inputs of the report", "/geo/": "other address data was used; places may differ for that reason"}
	hint := ""
	for _, prefix := range []string{"/inputs/", "/geo/"} {
		for _, d := range diffs {
			if hint == "" && strings.HasPrefix(d.Path, prefix) && (strings.HasSuffix(d.Path, "/sha256") || prefix == "/geo/") {
				hint = ": " + kinds[prefix]
			}
		}
	}
	d := diffs[0]
	return Check{"recomputed", Fails, fmt.Sprintf("%d values differ%s; the first is %s: %s in the report, %s from the inputs", len(diffs), hint, clip(d.Path), d.Report, d.Other)}
}
