package country

import "floodmark/internal/text"

// nearest finds the entry with the fewest mistyped letters, at most one in
// three. Of equals the first in the table wins, and a name wins over a word
// that contains it.
func nearest(p string) (int, bool) {
	if n := len([]rune(p)); n < 3 || n > 60 {
		return 0, false
	}
	best, at := len(p)/3+1, -1
	for i, e := range entries {
		for _, s := range append([]string{e.name}, e.other...) {
			if s = plain(s); len(s) < 4 {
				continue
			}
			if d := text.Distance(p, s); d < best {
				best, at = d, i
			}
		}
	}
	return at, at >= 0
}
