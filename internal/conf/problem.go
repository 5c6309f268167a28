package conf

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxProblems is how many problems of a file are told at once.
const maxProblems = 20

// Problem is one thing that is wrong in a file.
type Problem struct {
	File      string
	Line, Col int // from 1; 0 where the file as a whole is meant
	Text      string
	Hint      string // what to write instead, or ""
	Local     bool   // not of the file itself but of this machine: a secret or file that is not here
}

// String prints FILE:LINE:COL: text; hint.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", p.Line, p.Col)
	}
	b.WriteString(": " + p.Text)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	return b.String()
}

// Problems are all that is wrong in a file, in the order of the file: an error
// of one line for each, at most maxProblems.
type Problems []Problem

// Lines prints one line for each problem, and one that counts what is left out.
func (p Problems) Lines() []string {
	var out []string
	for _, q := range p[:min(len(p), maxProblems)] {
		out = append(out, q.String())
	}
	if n := len(p) - maxProblems; n > 0 {
		out = append(out, fmt.Sprintf("%s: and %d more", p[0].File, n))
	}
	return out
}

func (p Problems) Error() string { return strings.Join(p.Lines(), "\n") }

func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return p
}

// hinted is an error that says what to write instead.
type hinted struct{ text, hint string }

func (h *hinted) Error() string { return h.text }

// Hint makes an error of a value's text with the advice that Decode adds after
// a semicolon.
func Hint(text, hint string) error { return &hinted{text, hint} }

// split gives the text and hint of an error.
func split(err error) (text, hint string) {
	var h *hinted
	if errors.As(err, &h) {
		hint = h.hint
	}
	return err.Error(), hint
}
