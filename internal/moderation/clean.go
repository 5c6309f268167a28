package moderation

import (
	"errors"
	"strings"
	"unicode"
)

// Bounds of what visitors write, in characters.
const (
	maxComment = 500
	maxName    = 60
	maxURL     = 200
	maxText    = 500
	maxNote    = 1000
)

// What is wrong with a text; the words are for the visitor.
var (
	errEmpty = errors.New("there is no text")
	errLong  = errors.New("the text is too long")
	errLink  = errors.New("links are not taken")
)

// clean brings a text into one line of visible characters: white space becomes
// a blank, control and direction characters go. It fails where nothing is left,
// or more than most characters.
func clean(text string, largest int) (string, error) {
	if len(text) > 8*largest+100 {
		return "", errLong
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
		return "", errEmpty
	case n > largest:
		return "", errLong
	}
	return b.String(), nil
}

// linkMarks are what no comment may hold: it is said, not pointed to.
var linkMarks = []string{"://", "www.", "mailto:", "<a ", "[url", "hxxp"}

// endings of names that people make links of.
var endings = []string{".com", ".net", ".org", ".info", ".io", ".ru", ".cn", ".xyz", ".top", ".me", ".link", ".site", ".shop", ".online", ".ly"}

// cleanComment is Clean for comments, which hold no links.
func cleanComment(text string) (string, error) {
	s, err := clean(text, maxComment)
	if err != nil {
		return "", err
	}
	low := strings.ToLower(s)
	for _, m := range linkMarks {
		if strings.Contains(low, m) {
			return "", errLink
		}
	}
	for _, w := range strings.Fields(low) {
		name, _, path := strings.Cut(strings.Trim(w, ".,;:!?()\"'"), "/")
		for _, e := range endings {
			if strings.HasSuffix(name, e) && (path || len(name) > len(e)) {
				return "", errLink
			}
		}
	}
	return s, nil
}
