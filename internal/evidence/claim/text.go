package claim

import (
	"fmt"
	"math"
	"strconv"

	"floodmark/internal/text"
)

// text says the reading as one exact sentence, without a full stop.
func (a *answer) text() string {
	r := a.reading
	switch r.Kind {
	case kindShare:
		return a.shareText()
	case kindWorldwide:
		return fmt.Sprintf("worldwide: at least %d countries with at least %s of the attack %s%s each, and no country with more than half",
			worldCountries, percent(worldShare), r.Quantity, a.inVector())
	case kindCountries, kindNetworks:
		return fmt.Sprintf("%s %s %s sent attack packets%s", relationText(r.Relation), count(r.Amount), r.Unit, a.inVector())
	case kindSize:
		kind := "the highest second"
		if r.Average {
			kind = "the average"
		}
		return fmt.Sprintf("%s of the attack%s%s was %s %s", kind, a.inVector(), a.scope(), relationText(r.Relation), rate(r.Amount, r.Unit))
	case kindMagnitude:
		return fmt.Sprintf("%q: a size without a number", r.Note)
	case kindSources:
		return fmt.Sprintf("%s %s real source addresses took part%s%s", relationText(r.Relation), count(r.Amount), a.inVector(), a.scope())
	case kindDevices:
		return fmt.Sprintf("%s %s devices took part%s (this data counts addresses, which are not devices)", relationText(r.Relation), count(r.Amount), a.inVector())
	case kindDuration:
		return fmt.Sprintf("the attack%s%s lasted %s %s", a.inVector(), a.scope(), relationText(r.Relation), seconds(r.Amount))
	}
	return "people, a group or a government in " + a.place() + " ran the attack"
}

func (a *answer) shareText() string {
	r := a.reading
	from := "came from addresses located in " + a.place()
	if len(r.Place.Networks) > 0 {
		from = "came from addresses of " + a.place()
	}
	if len(r.Place.Prefixes) > 0 {
		from = "came from addresses within " + a.place()
	}
	if r.Place.Area {
		from += " (with and without contested territory)"
	}
	of := "of the attack " + string(r.Quantity) + a.inVector()
	switch r.Relation {
	case quantSome:
		return "some " + of + " (more than one in a thousand) " + from
	case quantPlurality:
		return "the largest part " + of + " " + from
	case quantMajority:
		return "more than half " + of + " " + from
	}
	return relationText(r.Relation) + " " + percent(r.Amount) + " " + of + " " + from
}

func (a *answer) scope() string {
	if a.reading.Here {
		return " at this point"
	}
	return ""
}

func relationText(r Relation) string {
	switch r {
	case quantNoLessThan:
		return "at least"
	case quantOver:
		return "more than"
	case quantNoMoreThan:
		return "at most"
	}
	return "less than"
}

// digits prints v with three significant digits and no exponent.
func digits(v float64) string {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return "0"
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	return strconv.FormatFloat(math.Round(v*scale)/scale, 'f', -1, 64)
}

// percent prints a share with one decimal, two below one percent.
func percent(v float64) string { return percentAt(v, math.Round) }

// percentDown and percentUp print bounds that never look tighter than they are.
func percentDown(v float64) string {
	return percentAt(v, func(x float64) float64 { return math.Floor(x + 1e-6) })
}

func percentUp(v float64) string {
	return percentAt(v, func(x float64) float64 { return math.Ceil(x - 1e-6) })
}

func percentAt(v float64, round func(float64) float64) string {
	scale := 1000.0
	if v < 0.01 {
		scale = 10000
	}
	return strconv.FormatFloat(round(v*scale)/(scale/100), 'f', -1, 64) + " %"
}

func ratio(v float64) string { return digits(v) }

// count prints a whole number with its thousands apart.
func count(v float64) string { return text.Whole(math.Round(v)) }

// rate prints bits or packets a second with a prefix.
func rate(v float64, unit string) string {
	name := "bit/s"
	if unit == "packets/s" {
		name = "pps"
	}
	for _, p := range [...]struct {
		f    float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= p.f {
			return digits(v/p.f) + " " + p.name + name
		}
	}
	return digits(v) + " " + name
}

func seconds(v float64) string {
	switch {
	case v >= 7200:
		return digits(v/3600) + " hours"
	case v == 3600:
		return "1 hour"
	case v >= 120:
		return digits(v/60) + " minutes"
	}
	return digits(v) + " seconds"
}
