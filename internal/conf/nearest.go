package conf

import "strings"

// Nearest gives the name that somebody may have meant by s, or "" where none
// is close: at most a third of the letters differ, neighbours swapped count
// once, and case and the choice of - or _ count nothing.
func Nearest(s string, names []string) string {
	best, least := "", max(1, len(s)/3)+1
	if len(s) > 64 {
		return ""
	}
	for _, n := range names {
		if d := distance(fold(s), fold(n)); d < least {
			best, least = n, d
		}
	}
	return best
}

func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }

// distance counts insertions, deletions, replacements and swaps of neighbours
// (optimal string alignment).
func distance(a, b string) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

// didYouMean words the nearest name as advice; where none is near it lists the
// names, if they are few.
func didYouMean(s string, names []string) string {
	if n := Nearest(s, names); n != "" {
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
