package family

import (
	"math"
	"strconv"
	"strings"
)

func percent(v float64) string {
	return strconv.FormatFloat(math.Round(v*1000)/10, 'f', -1, 64) + " %"
}

// digits prints a small number with two significant figures.
func digits(v float64) string { return strconv.FormatFloat(v, 'g', 2, 64) }

func join(s []string) string {
	if len(s) < 2 {
		return strings.Join(s, "")
	}
	return strings.Join(s[:len(s)-1], ", ") + " and " + s[len(s)-1]
}
