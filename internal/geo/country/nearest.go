package country

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
			if d := distance(p, s); d < best {
				best, at = d, i
			}
		}
	}
	return at, at >= 0
}

// distance counts the letters to insert, remove, change or swap with their
// neighbour (Damerau 1964, optimal string alignment).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	var before []int
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		next := make([]int, len(y)+1)
		next[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			next[j+1] = min(next[j]+1, row[j+1]+1, row[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(y)]
}
