package conf

import (
	"strings"

	"floodmark/internal/text"
)

// didYouMean words the nearest name as advice; where none is near it lists the
// names, if they are few.
func didYouMean(s string, names []string) string {
	if n := text.Nearest(s, names); n != "" {
		return "did you mean \"" + n + "\"?"
	}
	if len(names) == 0 || len(names) > 16 {
		return ""
	}
	return "known are " + strings.Join(names, ", ")
}

// DidYouMean is an error that says that nothing has the name s, and which name
// may have been meant.
func DidYouMean(what, s string, names []string) error {
	return Hint("no "+what+" is called \""+s+"\"", didYouMean(s, names))
}
