package query

import (
	"fmt"
	"unicode/utf8"
)

// Error tells what is wrong with a question, where, and what may be meant.
type Error struct {
	Column int    // in characters from 1; 0 where no place is at fault
	Text   string // what is wrong
	Hint   string // what to write instead, or ""
}

func (e *Error) Error() string {
	s := e.Text
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	if e.Column > 0 {
		s += fmt.Sprintf(" (column %d)", e.Column)
	}
	return s
}

// fault is an error at an octet of the question.
type fault struct {
	pos        int
	text, hint string
}

func (f *fault) in(question string) error {
	return &Error{Column: utf8.RuneCountInString(question[:min(f.pos, len(question))]) + 1, Text: f.text, Hint: f.hint}
}

// didYouMean words the nearest of some names, "" where none is near.
func didYouMean(word string, names []string) string {
	best, at := "", len(word)/2+1
	for _, n := range names {
		if d := distance(word, n, at); d < at {
			best, at = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("did you mean %q?", best)
}

// distance counts the letters to add, drop, change or swap with their neighbour
// (optimal string alignment), up to most.
func distance(a, b string, most int) int {
	if len(a)-len(b) >= most || len(b)-len(a) >= most {
		return most
	}
	var two, one, row []int
	for j := range len(b) + 1 {
		one = append(one, j)
	}
	for i := range len(a) {
		row = append(make([]int, 0, len(b)+1), i+1)
		for j := range len(b) {
			c := one[j]
			if a[i] != b[j] {
				c++
			}
			c = min(c, one[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				c = min(c, two[j-1]+1)
			}
			row = append(row, c)
		}
		two, one = one, row
	}
	return one[len(b)]
}
