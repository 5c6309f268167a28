package claim

import "strings"

// nearest returns the candidate that needs the fewest insertions, deletions,
// substitutions and swaps of neighbors to become the word, or "" where even
// the nearest is more than a third of the word away. The first of equals wins.
func nearest(word string, candidates []string) string {
	word = strings.ToLower(word)
	if len(word) > 40 {
		return ""
	}
	best, limit := "", max(1, len([]rune(word))/3)
	for _, c := range candidates {
		if d := distance([]rune(word), []rune(strings.ToLower(c))); d <= limit {
			best, limit = c, d-1
		}
		if limit < 0 {
			break
		}
	}
	return best
}

// distance is the optimal string alignment distance.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
