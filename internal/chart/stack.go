package chart

// Stack draws series of equal length, one above the other, as areas from left
// to right. Max of the frame must hold their sum.
func (f Frame) Stack(series [][]float64) (paths []string) {
	if len(series) == 0 {
		return nil
	}
	n := len(series[0])
	f.From, f.To = 0, float64(n-1)
	run := make([]Range, n)
	for i := range run {
		run[i].At = float64(i)
	}
	for _, values := range series {
		var p path
		for i := range run {
			run[i].Low = run[i].High
			run[i].High += values[i]
		}
		f.area(&p, run)
		paths = append(paths, p.String())
	}
	return paths
}

// Busiest returns, for each group of size positions out of n, the position with
// the highest total, so that thinning a series keeps its peaks.
func Busiest(n, size int, total func(int) float64) (positions []int) {
	for from := 0; from < n; from += size {
		best := from
		for i := from; i < min(from+size, n); i++ {
			if total(i) > total(best) {
				best = i
			}
		}
		positions = append(positions, best)
	}
	return positions
}
