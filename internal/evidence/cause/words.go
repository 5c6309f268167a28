package cause

import (
	"fmt"
	"math"

	"floodmark/internal/model"
)

// words returns the words of ICD 203 for a likelihood (Intelligence Community
// Directive 203, 2015, section D.6.e.2).
func words(p float64) string {
	switch {
	case p < 0.05:
		return "almost no chance"
	case p < 0.20:
		return "very unlikely"
	case p < 0.45:
		return "unlikely"
	case p <= decided:
		return "roughly even chance"
	case p < 0.80:
		return "likely"
	case p < 0.95:
		return "very likely"
	}
	return "almost certain"
}

// names are causes in a sentence: "very likely …".
var names = map[model.CauseName]string{
	model.Attack: "an attack", model.OwnFault: "a fault of its own", model.Dependency: "a fault of a supplier",
	model.NetworkFault: "a fault of the network on the way to it", model.Elsewhere: "somebody else's outage",
	model.FalseReports: "made-up reports", model.Demand: "more people at once than it bears",
}

func number(n int) string {
	small := [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n >= 0 && n < len(small) {
		return small[n]
	}
	return fmt.Sprint(n)
}

// count is "one part that is asked" or "3 networks"; of is in the singular, and
// only its first word takes an s.
func count(n int, of string) string {
	first, rest := of, ""
	for i, r := range of {
		if r == ' ' {
			first, rest = of[:i], of[i:]
			break
		}
	}
	if n == 1 {
		return "one " + of
	}
	if rest == " that is asked" {
		rest = " that are asked"
	}
	return number(n) + " " + first + "s" + rest
}

func minutesText(m float64) string {
	switch {
	case m >= 90:
		return fmt.Sprintf("%.0f hours", m/60)
	case m < 1.5:
		return "a minute"
	}
	return fmt.Sprintf("%.0f minutes", math.Round(m))
}
