package outage

import (
	"time"

	"floodmark/internal/model"
)

// Report is an incident as a document tells it. day and flows are the quarters
// around it; of them those from two hours before its beginning on are taken.
func Report(in *model.Incident, day []model.Bucket, flows []model.FlowBucket) *model.OutageReport {
	c := in.UserReports
	r := &model.OutageReport{Incident: in.ID, Service: c.Service, Name: c.Name, State: in.State, Started: stamp(in.Started), Ended: stamp(in.Ended),
		Budget: c.Budget, Peak: bucket(&c.Peak), Total: c.Total, Works: c.Works, Refused: c.Refused, Networks: c.Networks,
		Buckets: []model.ReportBucket{}, Traffic: []model.TrafficBucket{}, Phases: []model.ReportPhase{}, Probes: []model.ReportProbe{},
		Parts: append([]model.PartShare{}, c.Parts...), Places: append([]model.PlaceShare{}, c.Places...), Claims: []model.ReportClaim{}}
	r.Assessment, r.Outside = assessment(in.Assessment), assessment(in.Outside)
	from := in.Started - int64(before)
	for i := range day {
		if day[i].At >= from {
			r.Buckets = append(r.Buckets, bucket(&day[i]))
		}
	}
	for _, f := range flows {
		if f.At >= from {
			b := model.TrafficBucket{At: stamp(f.At), Mean: f.Mean, Peak: f.Peak}
			if f.Known {
				b.Usual = f.Usual
			}
			r.Traffic = append(r.Traffic, b)
		}
	}
	for _, p := range in.Phases {
		r.Phases = append(r.Phases, model.ReportPhase{Signal: p.Signal, Part: p.Part, Start: stamp(p.Start), End: stamp(p.End), Peak: p.Peak, Unit: p.Unit, Text: p.Text})
	}
	for _, p := range in.Probes {
		r.Probes = append(r.Probes, model.ReportProbe{Name: p.Name, Vantage: p.Vantage, State: p.State, Since: stamp(p.Since), Text: p.Text})
	}
	for i := range in.Claims {
		r.Claims = append(r.Claims, claim(&in.Claims[i]))
	}
	return r
}

// assessment copies one so that no list is null.
func assessment(a *model.Assessment) *model.Assessment {
	if a == nil {
		return nil
	}
	c := *a
	c.Signals, c.Causes = append([]model.Signal{}, a.Signals...), append([]model.CauseWeight{}, a.Causes...)
	c.Reasons, c.Changes = append([]model.Reason{}, a.Reasons...), append([]string{}, a.Changes...)
	return &c
}

// before is how much of the time before an incident its document shows.
const before = 2 * time.Hour

func bucket(b *model.Bucket) model.ReportBucket {
	return model.ReportBucket{At: stamp(b.At), Problems: b.Problems, Effective: float64(b.Effective), Expected: float64(b.Expected),
		Low: float64(b.Low), High: float64(b.High), Known: b.Known}
}

func claim(c *model.EnteredClaim) model.ReportClaim {
	r := model.ReportClaim{Text: c.Text, Source: c.Source, Stated: stamp(c.Stated), Checks: []model.ReportCheck{}}
	for _, h := range c.History {
		k := model.ReportCheck{At: stamp(h.At), Verdicts: []model.ReportAnswer{}}
		for _, x := range h.Claims {
			k.Verdicts = append(k.Verdicts, model.ReportAnswer{Reading: x.Reading, Verdict: x.Verdict})
		}
		r.Checks = append(r.Checks, k)
	}
	return r
}

// stamp is "" for a time that is not known.
func stamp(ns int64) string {
	if ns == 0 {
		return ""
	}
	return time.Unix(0, ns).UTC().Format(time.RFC3339)
}
