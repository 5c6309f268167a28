package claim

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"floodmark/internal/text"
)

// maxText bounds the length of a claim, in characters: a sentence or two.
const maxText = 500

// parseError is a claim that does not parse. It prints as one line.
type parseError struct {
	Column   int    // in characters, from 1
	Found    string // "" at the end of the text
	Expected string
	Near     string // the nearest known word; may be empty
}

// parseError says where, what was expected, and what was probably meant.
func (e *parseError) Error() string {
	found := "the end"
	if e.Found != "" {
		found = fmt.Sprintf("%q", text.Clip(e.Found, 40))
	}
	s := fmt.Sprintf("parse claim: column %d: expected %s, found %s", e.Column, e.Expected, found)
	if e.Near != "" {
		s += fmt.Sprintf("; did you mean %q?", e.Near)
	}
	return s
}

// token is a word with its column. A quoted word keeps no quotes.
type token struct {
	text   string
	low    string // in lower case
	col    int
	quoted bool
}

// lex splits a text at white space; '=' and ',' and '%' are words of their own
// (a comma inside a number is not). Quotes hold a name together.
func lex(text string) ([]token, error) {
	if n := utf8.RuneCountInString(text); n > maxText {
		return nil, &parseError{Column: maxText + 1, Expected: fmt.Sprintf("at most %d characters", maxText), Found: fmt.Sprintf("%d", n)}
	}
	r := []rune(text)
	var out []token
	for i := 0; i < len(r); {
		switch {
		case r[i] == utf8.RuneError || (unicode.IsControl(r[i]) && !unicode.IsSpace(r[i])):
			return nil, &parseError{Column: i + 1, Expected: "plain text", Found: string(r[i])}
		case unicode.IsSpace(r[i]):
			i++
		case r[i] == '"':
			end := i + 1
			for end < len(r) && r[end] != '"' {
				end++
			}
			if end == len(r) {
				return nil, &parseError{Column: i + 1, Expected: "a closing quote", Found: string(r[i:])}
			}
			out = append(out, word(r[i+1:end], i+1, true))
			i = end + 1
		case r[i] == '=' || r[i] == '%' || comma(r, i):
			out = append(out, word(r[i:i+1], i+1, false))
			i++
		default:
			end := i + 1
			for end < len(r) && !unicode.IsSpace(r[end]) && r[end] != '=' && r[end] != '%' && r[end] != '"' && !comma(r, end) {
				end++
			}
			out = append(out, word(r[i:end], i+1, false))
			i = end
		}
	}
	return out, nil
}

// comma reports whether r[i] is a comma that separates: one between two digits
// with exactly three digits after it belongs to a number such as 30,000.
func comma(r []rune, i int) bool {
	if r[i] != ',' {
		return false
	}
	digit := func(j int) bool { return j >= 0 && j < len(r) && r[j] >= '0' && r[j] <= '9' }
	if !digit(i-1) || !digit(i+1) || !digit(i+2) || !digit(i+3) || digit(i+4) {
		return true
	}
	// "as=3320,174" is a list; a grouped number starts with one to three digits
	// and stands alone.
	start := i - 1
	for start >= 0 && (digit(start) || r[start] == ',') {
		start--
	}
	return start >= 0 && !unicode.IsSpace(r[start])
}

func word(r []rune, col int, quoted bool) token {
	s := string(r)
	return token{text: s, low: strings.ToLower(s), col: col, quoted: quoted}
}
