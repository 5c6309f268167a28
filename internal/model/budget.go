package model

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Year is the length of a year in false-alarm budgets: 365.25 days.
const Year = 365.25 * 24 * time.Hour

// Budget is a false-alarm budget: the maximum rate of false alarms that an
// operator accepts, such as "1 per year" or "at most one false incident per
// year over all services".
type Budget struct {
	Max float64       // false alarms
	Per time.Duration // in this time
	All bool          // over all series together, not for each of them
}

// period is a length of time that a budget can be written in.
type period struct {
	name   string
	length time.Duration
}

var periods = []period{
	{"day", 24 * time.Hour}, {"week", 7 * 24 * time.Hour}, {"month", Year / 12}, {"quarter", Year / 4}, {"year", Year}, {"decade", 10 * Year},
}

var budgetNumbers = map[string]float64{"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "half": 0.5}

// budgetFillers are words that a budget may contain and that change nothing.
var budgetFillers = []string{"at", "most", "false", "incident", "incidents", "alarm", "alarms", "episode", "episodes", "page", "pages",
	"service", "series", "and", "per", "every", "each", "of", "in"}

// budgetScopes are what a budget may be shared by, after "over all".
var budgetScopes = []string{"", "services", "series", "targets"}

// parseBudget reads a budget: a number, "per" and a period, followed by "over
// all services" (or series, or targets) if it is for all of them together.
func parseBudget(text string) (Budget, error) {
	head, tail, over := strings.Cut(strings.ToLower(strings.TrimSpace(text)), " over all")
	if !slices.Contains(budgetScopes, strings.TrimSpace(tail)) {
		return Budget{}, badBudget(text, `"over all" must be followed by services, series or targets`)
	}
	b := Budget{All: over}
	for _, w := range strings.Fields(head) {
		if why := b.word(strings.Trim(w, ",")); why != "" {
			return Budget{}, badBudget(text, why)
		}
	}
	if b.Max == 0 || b.Per == 0 {
		return Budget{}, badBudget(text, "a number and a day, week, month or year are required")
	}
	return b, nil
}

// word reads one word of a budget and returns what is wrong with it, or "".
func (b *Budget) word(w string) string {
	at := slices.IndexFunc(periods, func(p period) bool { return p.name == w })
	if at >= 0 && b.Per == 0 {
		b.Per = periods[at].length
		return ""
	}
	n, known := budgetNumbers[w]
	if v, err := strconv.ParseFloat(w, 64); err == nil {
		n, known = v, true
	}
	switch {
	case known && b.Max == 0 && b.Per == 0:
		if !(n >= 1e-6 && n <= 1e6) {
			return "the number must be between 0.000001 and 1,000,000"
		}
		b.Max = n
	case w == "a" && b.Per == 0, slices.Contains(budgetFillers, w):
	default:
		return "unknown word " + strconv.Quote(shorten(w))
	}
	return ""
}

func badBudget(text, why string) error {
	return fmt.Errorf(`false-alarm budget %q: %s; write it as "1 per year" or "1 per year over all series"`, shorten(text), why)
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// Form names the form of a budget in the reference of the configuration.
func (Budget) Form() string { return "rate, such as 1 per week" }

// Set reads a budget from a command-line flag.
func (b *Budget) Set(text string) error { return b.UnmarshalText([]byte(text)) }

// Type is the name of the value of a command-line flag.
func (b *Budget) Type() string { return "rate" }

// UnmarshalText reads a budget.
func (b *Budget) UnmarshalText(text []byte) error {
	x, err := parseBudget(string(text))
	if err == nil {
		*b = x
	}
	return err
}

// PerYear is the share of each of n series, in false alarms per year.
func (b Budget) PerYear(n int) float64 {
	x := b.Max * float64(Year) / float64(b.Per)
	if b.All {
		x /= math.Max(float64(n), 1)
	}
	return x
}

// String writes the budget so that parseBudget reads it.
func (b Budget) String() string {
	name := b.Per.String()
	for _, p := range periods {
		if p.length == b.Per {
			name = p.name
		}
	}
	s := strconv.FormatFloat(b.Max, 'g', -1, 64) + " per " + name
	if b.All {
		return s + " over all series"
	}
	return s
}
