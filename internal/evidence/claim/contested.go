package claim

import "slices"

// contestedWith lists under which other country address databases may hold
// territory of a country. It is used where the address data has no regions:
// the true share of the "area" then lies between the country alone and the
// country with the other one.
var contestedWith = map[string][]string{
	"UA": {"RU"}, // Crimea, and parts of Donetsk, Luhansk, Kherson and Zaporizhzhia
	"RU": {"UA"},
}

// regions reports whether the data says how much came from contested
// territory of the place.
func regions(d *Data, place Place) bool {
	for _, v := range d.Vectors {
		for _, c := range v.Contested {
			if touches(c, place) {
				return true
			}
		}
	}
	return false
}

func touches(c Contested, place Place) bool {
	return place.memberOf(c.Label) || slices.ContainsFunc(c.Claimants, place.memberOf)
}

// resampled returns a copy of the data in which contested territory lies within
// the place (with) or outside of it.
func resampled(d *Data, place Place, with bool) *Data {
	out := *d
	out.Vectors = slices.Clone(d.Vectors)
	for i := range out.Vectors {
		resample(&out.Vectors[i], place, with)
	}
	if d.Union != nil {
		u := *d.Union
		resample(&u, place, with)
		out.Union = &u
	}
	return &out
}

func resample(v *Vector, place Place, with bool) {
	v.Countries = slices.Clone(v.Countries)
	for _, c := range v.Contested {
		switch in := place.memberOf(c.Label); {
		case with && !in && touches(c, place):
			v.move(c, place.Countries[0])
		case !with && in:
			v.move(c, outside(c, place))
		}
	}
}

// outside is the first claimant beyond the place; "" is a label of its own.
func outside(c Contested, place Place) string {
	for _, x := range c.Claimants {
		if !place.memberOf(x) {
			return x
		}
	}
	return ""
}

func (v *Vector) move(c Contested, to string) {
	found := false
	for i := range v.Countries {
		l := &v.Countries[i]
		switch l.Label {
		case c.Label:
			l.Count = l.Count.minus(c.Count)
		case to:
			l.Count = l.Count.plus(c.Count)
			found = true
		}
	}
	if !found {
		v.Countries = append(v.Countries, Located{Label: to, Count: c.Count})
	}
}
