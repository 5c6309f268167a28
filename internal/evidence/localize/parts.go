package localize

import (
	"cmp"
	"slices"

	"floodmark/internal/model"
)

// Parts returns the components of a service with their shares of the reports
// that name one, the greatest share first, and the reports that name none
// last. It may be called every minute: evidence and intervals hold at any time.
// Reports of components that the service no longer has count in no share.
func Parts(s *Shares, u *Usual, components []model.Component) []model.PartShare {
	components = components[:min(len(components), maxCells)]
	var effective, tested, learnt float64
	cells := make([]cell, len(components))
	for i, c := range components {
		cells[i] = s.of(c.Slug)
		effective += cells[i].effective
		tested += cells[i].tested
		learnt += u.of(c.Slug)
	}
	out := make([]model.PartShare, 0, len(components)+1)
	prior := 1 / float64(max(len(components), 1))
	for i, c := range components {
		q := usual(u.of(c.Slug), learnt, prior)
		p := model.PartShare{Slug: c.Slug, Name: c.Name, Reports: cells[i].reports, Usual: q.mean()}
		p.Low, p.High = interval(cells[i].tested, tested)
		if effective > 0 {
			p.Share = cells[i].effective / effective
		}
		p.Low, p.High = min(p.Low, p.Share), max(p.High, p.Share)
		if len(components) > 1 {
			p.Evidence = q.evidence(cells[i].tested, tested)
		}
		out = append(out, p)
	}
	selectParts(out)
	slices.SortStableFunc(out, func(a, b model.PartShare) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Slug, b.Slug))
	})
	if s.unnamed.reports > 0 {
		out = append(out, model.PartShare{Reports: s.unnamed.reports})
	}
	return out
}

func selectParts(parts []model.PartShare) {
	logs := make([]float64, len(parts))
	for i, p := range parts {
		logs[i] = p.Evidence
	}
	slices.SortFunc(logs, func(a, b float64) int { return cmp.Compare(b, a) })
	smallest := limit(logs, len(parts))
	for i := range parts {
		parts[i].StandsOut = parts[i].Evidence >= smallest && parts[i].Share > parts[i].Usual
	}
}

// of returns the cell of a key, an empty one where it has no reports.
func (s *Shares) of(key string) cell {
	i, ok := slices.BinarySearchFunc(s.cells, key, func(c cell, k string) int { return cmp.Compare(c.key, k) })
	if !ok {
		return cell{key: key}
	}
	return s.cells[i]
}
