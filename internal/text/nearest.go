package text

import "strings"

// maxNearest is the longest word that Nearest compares, in bytes.
const maxNearest = 64

// Nearest returns the name that may have been meant by s, or "" where none is
// close. At most a third of the characters may differ, one in a short word;
// case and the choice of - or _ do not count. The first of equals wins.
func Nearest(s string, names []string) string {
	if len(s) > maxNearest {
		return ""
	}
	s = fold(s)
	best, limit := "", max(1, len([]rune(s))/3)
	for _, n := range names {
		if d := Distance(s, fold(n)); d <= limit {
			best, limit = n, d-1
		}
	}
	return best
}

func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "-", "_") }

// Distance counts the characters to insert, delete, substitute or swap with
// their neighbor to turn a into b (optimal string alignment distance).
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, row, next := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		next[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(y)]
}
