package similar

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"floodmark/internal/model"
)

const (
	// smallest is the score from which an incident is worth showing. It sorts out what
	// has nothing in common; it is no proof of a common cause, since incidents of
	// one service share its usual parts and places (docs/accuracy.md).
	smallest = 0.5
	// known is the weight of what must be comparable for a score at all.
	known = 0.45
	// striking is from where on a feature is said to be alike.
	striking = 0.8
)

// feature is one respect in which incidents can be alike.
type feature struct {
	name   string
	weight float64
	// alike returns 0 to 1, and false where it cannot be told.
	alike func(now, then *model.Incident) (float64, bool)
}

// features are all of them. Weights were set by judgement, not fitted; they sum
// to 1.
func features() []feature {
	return []feature{
		{"shape", 0.30, shape},
		{"parts", 0.25, parts},
		{"places", 0.20, places},
		{"length", 0.15, length},
		{"time of day", 0.10, hour},
	}
}

// Rank returns at most most of the earlier incidents, the most alike first. Only
// incidents of the same service that started before now did are looked at, and
// only such that score at least 0.5. While an incident lasts, only the
// beginnings of the others are compared with it.
func Rank(now *model.Incident, earlier []model.Incident, largest int) []model.Similar {
	if now == nil || now.UserReports == nil || largest <= 0 {
		return nil
	}
	var out []model.Similar
	for i := range earlier {
		then := &earlier[i]
		if then.UserReports == nil || then.UserReports.Service != now.UserReports.Service || then.ID == now.ID || then.Started >= now.Started {
			continue
		}
		score, text := compare(now, then)
		if score < smallest {
			continue
		}
		out = append(out, model.Similar{ID: then.ID, Score: score, Started: then.Started, Lasted: lasted(then),
			Peak: float64(then.UserReports.Peak.Problems), Text: text})
	}
	slices.SortFunc(out, func(a, b model.Similar) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(b.Started, a.Started), cmp.Compare(a.ID, b.ID))
	})
	return out[:min(len(out), largest)]
}

func compare(now, then *model.Incident) (score float64, text string) {
	var weight, sum float64
	var names []string
	for _, f := range features() {
		v, ok := f.alike(now, then)
		if !ok || math.IsNaN(v) {
			continue
		}
		v = min(max(v, 0), 1)
		weight += f.weight
		sum += f.weight * v
		if v >= striking {
			names = append(names, f.name)
		}
	}
	if weight < known {
		return 0, ""
	}
	switch n := len(names); n {
	case 0:
		text = "Alike as a whole, striking in nothing."
	case 1:
		text = "Alike in " + names[0] + "."
	default:
		text = "Alike in " + strings.Join(names[:n-1], ", ") + " and " + names[n-1] + "."
	}
	return sum / weight, text
}

// over tells that an incident has ended.
func over(in *model.Incident) bool { return in.State == model.Closed || in.State == model.Easing }

// lasted is the length of an incident, ns.
func lasted(in *model.Incident) int64 {
	return max(max(in.Ended, in.LastSeen)-in.Started, 0)
}
