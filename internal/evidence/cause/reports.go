package cause

import (
	"cmp"
	"fmt"
	"slices"

	"floodmark/internal/model"
)

const (
	// minNamed is how many reports it takes to say that nothing stands out.
	minNamed = 40
	// manyWorks is the part of "works for me" at which it counts fully.
	manyWorks = 0.4
)

// reports notes what people say.
func (v *view) reports(n *notes) {
	c := v.UserReports
	if c == nil {
		return
	}
	v.attribution(n)
	// A few reports do not show that they are honest.
	enough := ramp(float64(c.Total), 10, minNamed)
	if c.Fraud.Suspected {
		n.row("forged", 1, "reports look made by few hands")
	} else {
		n.row("not-forged", enough, "reports do not look made up")
	}
	v.parts(n, enough)
	v.places(n, enough)
	all := float64(c.Works) + float64(c.Total)
	if c.Works >= 5 {
		n.row("many-works", ramp(float64(c.Works)/all, 0.1, manyWorks), fmt.Sprintf("it works for %.0f %% of those who say anything", 100*float64(c.Works)/all))
	}
	f := v.follow()
	if !f.known {
		return
	}
	beyond := min(max((f.inside-max(f.covered, 0.5))/0.4, -1), 1)
	w := weightInside*max(beyond, 0) + weightOutside*min(beyond, 0) + weightFelt*min(max((f.felt-0.45)/0.4, -1), 1)
	w = min(max(w*(1+moreWaves*float64(min(f.waves, 3)-1)), -maxFollow), maxFollow)
	n.attack("following", model.SignalReport, w, followText(w, f, len(v.waves)))
}

func followText(w float64, f following, waves int) string {
	of := "the attack"
	if waves > 1 {
		of = fmt.Sprintf("its %s waves", number(waves))
	}
	switch {
	case w > 0.15:
		return "reports rose and fell with " + of
	case w < -0.15 && f.inside < 0.5:
		return fmt.Sprintf("%.0f %% of the reports beyond the usual came when no attack was seen", 100*(1-f.inside))
	case w < -0.15:
		return "in much of the time of the attack nobody had trouble"
	}
	return "the times of reports neither fit the attack well nor contradict it"
}

// attribution notes whose outage it is, by other services' reports.
func (v *view) attribution(n *notes) {
	cause := v.UserReports.Cause
	share := ramp(cause.Share, 0.4, 0.8)
	switch {
	case cause.Kind == model.CauseElsewhere:
		n.row("told-elsewhere", share, fmt.Sprintf("an incident of %s explains %.0f %% of the reports", or(cause.Name, "another service"), 100*min(sane(cause.Share), 1)))
	case cause.Kind == model.CauseShared && cause.Owner:
		n.row("told-owner", share, fmt.Sprintf("several services of %s have reports at the same time", or(cause.Name, "its owner")))
	case cause.Kind == model.CauseShared:
		n.row("told-shared", share, fmt.Sprintf("several services that depend on %s have reports at the same time", or(cause.Name, "one supplier")))
	case cause.Kind == model.CauseOwn:
		n.row("told-own", 1, "no other service's incident explains the reports")
	}
}

// parts notes whether one part of the service stands out.
func (v *view) parts(n *notes, enough float64) {
	out, top := 0, model.PartShare{}
	for _, p := range v.UserReports.Parts {
		if p.Slug == "" || !p.StandsOut {
			continue
		}
		if out++; p.Share > top.Share || p.Share == top.Share && p.Slug < top.Slug {
			top = p
		}
	}
	if out == 1 {
		n.row("one-part", enough*ramp(top.Share, 0.4, 0.8), fmt.Sprintf("%.0f %% of the reports that name a part name %s, far more than usual", 100*min(top.Share, 1), or(top.Name, "the same one")))
	}
}

// places notes whether reports come from one place, a few networks or all over.
func (v *view) places(n *notes, enough float64) {
	c := v.UserReports
	places := slices.Clone(c.Places)
	slices.SortFunc(places, func(a, b model.PlaceShare) int { // sums do not depend on their order
		return cmp.Or(cmp.Compare(a.Effective, b.Effective), cmp.Compare(a.Expected, b.Expected))
	})
	largest, all, usual := 0.0, 0.0, 0.0
	stands := false
	for _, p := range places {
		if p.Region != "" {
			continue
		}
		all += sane(p.Effective)
		usual += sane(p.Expected)
		if p.Country != "" && sane(p.Effective) >= largest && sane(p.Effective) > 0 {
			largest, stands = sane(p.Effective), p.StandsOut || stands && sane(p.Effective) == largest
		}
	}
	if c.Total >= 30 && c.Networks > 0 && c.Networks <= 4 {
		n.row("few-networks", enough, fmt.Sprintf("reports come from %s only", count(c.Networks, "network")))
		return
	}
	if all == 0 || usual == 0 {
		return
	}
	part := largest / all
	switch {
	case stands:
		n.row("one-place", enough*ramp(part, 0.6, 0.9), fmt.Sprintf("%.0f %% of the reports come from one country, far more than usual", 100*part))
	case len(c.Places) > 1:
		n.row("everywhere", enough*ramp(float64(c.Networks), 8, 30), "reports come from the usual places, as many as usual from each")
	}
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
