package query

import (
	"fmt"
	"unicode/utf8"

	"floodmark/internal/text"
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

// fault is an error at a byte of the question.
type fault struct {
	pos        int
	text, hint string
}

func (f *fault) in(question string) error {
	return &Error{Column: utf8.RuneCountInString(question[:min(f.pos, len(question))]) + 1, Text: f.text, Hint: f.hint}
}

// didYouMean suggests the nearest of some names, "" where none is near.
func didYouMean(word string, names []string) string {
	if n := text.Nearest(word, names); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return ""
}
