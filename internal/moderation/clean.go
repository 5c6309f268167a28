package moderation

import (
	"errors"
	"strings"
	"unicode"
)

// Bounds of what visitors write, in characters.
const (
	MaxComment = 500
	MaxName    = 60
	MaxURL     = 200
	MaxText    = 500
	MaxNote    = 1000
)

// What is wrong with a text; the words are for the visitor.
var (
	ErrEmpty = errors.New("there is no text")
	ErrLong  = errors.New("the text is too long")
	ErrLink  = errors.New("links are not taken")
)

// Clean brings a text into one line of visible characters: white space becomes
// a blank, control and direction characters go. It fails where nothing is left,
// or more than most characters.
func Clean(text string, most int) (string, error) {
	if len(text) > 8*most+100 {
		return "", ErrLong
	}
	var b strings.Builder
	blank := false
	n := 0
	for _, r := range text {
		switch {
		case unicode.IsSpace(r):
			blank = b.Len() > 0
			continue
		case r == unicode.ReplacementChar, !unicode.IsPrint(r):
			continue // controls, directions, joiners, private use, broken UTF-8
		}
		if blank {
			b.WriteByte(' ')
			n++
			blank = false
		}
		b.WriteRune(r)
		n++
	}
	switch {
	case n == 0:
		return "", ErrEmpty
	case n > most:
		return "", ErrLong
	}
	return b.String(), nil
}

// linkMarks are what no comment may hold: it is said, not pointed to.
var linkMarks = []string{"://", "www.", "mailto:", "<a ", "[url", "hxxp"}

// endings of names that people make links of.
var endings = []string{".com", ".net", ".org", ".info", ".io", ".ru", ".cn", ".xyz", ".top", ".me", ".link", ".site", ".shop", ".online", ".ly"}

// CleanComment is Clean for comments, which hold no links.
func CleanComment(text string) (string, error) {
	s, err := Clean(text, MaxComment)
	if err != nil {
		return "", err
	}
	low := strings.ToLower(s)
	for _, m := range linkMarks {
		if strings.Contains(low, m) {
			return "", ErrLink
		}
	}
	for _, w := range strings.Fields(low) {
		name, _, path := strings.Cut(strings.Trim(w, ".,;:!?()\"'"), "/")
		for _, e := range endings {
			if strings.HasSuffix(name, e) && (path || len(name) > len(e)) {
				return "", ErrLink
			}
		}
	}
	return s, nil
}
