package text

import (
	"strings"
	"unicode"
)

// Clean makes text of unknown origin safe to show on one line: control and
// direction characters go, and it ends after n characters.
func Clean(s string, n int) string {
	if n > 0 && len(s) > 8*n+64 { // enough for n characters of any script
		s = s[:8*n+64]
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == unicode.ReplacementChar:
			return -1
		case unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	if n <= 0 {
		return s
	}
	return Clip(s, n)
}

// Clip shortens text to at most n characters; an ellipsis marks the cut.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if r := []rune(s); len(r) > n {
		return string(r[:max(n-1, 0)]) + "…"
	}
	return s
}
