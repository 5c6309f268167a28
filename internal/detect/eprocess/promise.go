package eprocess

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Promise is how many false episodes an operator accepts, in words such as "1
// per year" or "at most one false incident per year over all services".
type Promise struct {
	Most float64       // episodes
	Per  time.Duration // in which
	All  bool          // over all series together, not each
}

var numbers = map[string]float64{"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10, "half": 0.5}

var spans = map[string]time.Duration{"day": 24 * time.Hour, "week": 7 * 24 * time.Hour, "month": Year / 12, "quarter": Year / 4, "year": Year, "decade": 10 * Year}

// idle are words that a promise may be told with and that change nothing.
var idle = map[string]bool{"at": true, "most": true, "false": true, "incident": true, "incidents": true, "alarm": true, "alarms": true,
	"episode": true, "episodes": true, "page": true, "pages": true, "service": true, "series": true, "and": true, "per": true, "every": true, "each": true, "of": true, "in": true}

// ParsePromise reads a promise: a number, "per", a span of time, and "over all
// services" or "over all series" where it is for all of them together.
func ParsePromise(text string) (Promise, error) {
	wrong := func(why string) (Promise, error) {
		return Promise{}, fmt.Errorf("promise %q: %s; write it as \"1 per year\" or \"1 per year over all series\"", shorten(text), why)
	}
	p := Promise{}
	head, tail, over := strings.Cut(strings.ToLower(strings.TrimSpace(text)), " over all")
	if tail = strings.TrimSpace(tail); over && tail != "" && tail != "services" && tail != "series" {
		return wrong("all of what?")
	}
	p.All = over
	for _, w := range strings.Fields(head) {
		w = strings.Trim(w, ",")
		if span, ok := spans[w]; ok && p.Per == 0 {
			p.Per = span
			continue
		}
		n, known := numbers[w]
		if v, err := strconv.ParseFloat(w, 64); err == nil {
			n, known = v, true
		}
		switch {
		case known && p.Most == 0 && p.Per == 0:
			if !(n >= 1e-6 && n <= 1e6) {
				return wrong("the number must be from 0.000001 to 1,000,000")
			}
			p.Most = n
		case w == "a" && p.Per == 0, idle[w]:
		default:
			return wrong("unknown word " + strconv.Quote(shorten(w)))
		}
	}
	if p.Most == 0 || p.Per == 0 {
		return wrong("a number and a day, week, month or year are needed")
	}
	return p, nil
}

func shorten(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// PerYear is what each of so many series may have in a year.
func (p Promise) PerYear(series int) float64 {
	n := p.Most * float64(Year) / float64(p.Per)
	if p.All {
		n /= math.Max(float64(series), 1)
	}
	return n
}

// String writes the promise in words that ParsePromise reads.
func (p Promise) String() string {
	span := p.Per.String()
	for name, d := range spans {
		if d == p.Per {
			span = name
		}
	}
	s := strconv.FormatFloat(p.Most, 'g', -1, 64) + " per " + span
	if p.All {
		return s + " over all series"
	}
	return s
}
