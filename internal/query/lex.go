package query

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Bounds of a question.
const (
	maxLength = 4096 // bytes of a question
	maxDepth  = 32   // of parentheses and "not"
	maxList   = 1000 // values of one list
	maxWord   = 255  // bytes of one value
)

type tokenKind uint8

const (
	end    tokenKind = iota
	word             // letters, digits and _ . : / + -
	quoted           // "text"
	sign             // = != < <= > >= ( ) ,
)

// token is one word or sign; text of a quoted one is without its quotes.
type token struct {
	kind tokenKind
	text string
	pos  int
}

// is reports whether t is a word of the language, in any case.
func (t token) is(w string) bool { return t.kind == word && strings.EqualFold(t.text, w) }

func (t token) sign(s string) bool { return t.kind == sign && t.text == s }

// String words the token for errors.
func (t token) String() string {
	if t.kind == end {
		return "the end"
	}
	return fmt.Sprintf("%q", t.text)
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("_.:/+-", c) >= 0
}

// lex splits a question into tokens; the last one is the end.
func lex(s string) ([]token, *fault) {
	var out []token
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case wordByte(c):
			j := i
			for j < len(s) && wordByte(s[j]) {
				j++
			}
			if j-i > maxWord {
				return nil, &fault{i, "a word is too long", ""}
			}
			out = append(out, token{word, s[i:j], i})
			i = j
		case c == '"':
			text, n, f := lexQuoted(s, i)
			if f != nil {
				return nil, f
			}
			out = append(out, token{quoted, text, i})
			i += n
		case strings.IndexByte("=(),<>!", c) >= 0:
			n := 1
			if (c == '<' || c == '>' || c == '!') && i+1 < len(s) && s[i+1] == '=' {
				n = 2
			}
			out = append(out, token{sign, s[i : i+n], i})
			i += n
		default:
			r, _ := utf8.DecodeRuneInString(s[i:])
			return nil, &fault{i, fmt.Sprintf("%q has no meaning here", string(r)), signHints[c]}
		}
	}
	return append(out, token{end, "", len(s)}), nil
}

var signHints = map[byte]string{'&': `write "and"`, '|': `write "or"`, '\'': "quote text by \"…\"", ';': "ask one question at a time"}

// lexQuoted reads text in quotes; \" and \\ stand for the sign itself.
func lexQuoted(s string, start int) (text string, n int, f *fault) {
	var b strings.Builder
	for i := start + 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			if b.Len() > maxWord {
				return "", 0, &fault{start, "a word is too long", ""}
			}
			if !utf8.ValidString(b.String()) {
				return "", 0, &fault{start, "text is not UTF-8", ""}
			}
			return b.String(), i + 1 - start, nil
		case c < ' ' || c == 0x7f:
			return "", 0, &fault{i, "a control character in text", ""}
		case c == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, &fault{start, "a quote is not closed", ""}
}

// quote writes a name so that it is read as the same name.
func quote(s string) string {
	plain := s != ""
	digits := true
	for i := range len(s) {
		plain = plain && wordByte(s[i])
		digits = digits && s[i] >= '0' && s[i] <= '9'
	}
	if plain && !digits && s[0] != '-' {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
