package family

import (
	"strconv"
)

// digits prints a small number with two significant digits.
func digits(v float64) string { return strconv.FormatFloat(v, 'g', 2, 64) }
