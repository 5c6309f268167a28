package stories

import (
	"math"
	"time"

	"floodmark/internal/model"
)

// Story is a service, its incident, and what happened to it.
type Story struct {
	Slug     string
	Now      *model.ServiceNow // Incident is nil where it is over
	Incident model.Incident
	Changes  []model.Change // oldest first
}

const (
	last15m = int64(15 * time.Minute)
	minute  = int64(time.Minute)
	buckets = 96 // of a day
)

// All returns every story as it stands at a time.
func All(now time.Time) []Story {
	return []Story{Outside(now), Attack(now), After(now), OwnFault(now), Elsewhere(now), Made(now), Empty(now)}
}

// wave is a burst by minutes before now; end 0 lasts.
type wave struct{ start, end, peak float64 }

// level is how high a wave is at so many minutes before now, 0 to 1.
func (w wave) level(ago float64) float64 {
	if ago > w.start || ago < w.end {
		return 0
	}
	return min(1, 0.15+(w.start-ago)/20, 0.15+max(ago-w.end, 0)/12+b2f(w.end == 0))
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// begin makes a story of a service whose reports rise in waves.
func begin(now time.Time, slug, name string, state model.State, waves ...wave) Story {
	at := func(ago float64) int64 { return now.Add(-time.Duration(ago * float64(time.Minute))).UnixNano() }
	n := &model.ServiceNow{Service: service(slug, name), At: now.UnixNano(), Since: now.AddDate(0, -3, 0).UnixNano(), State: state, Severity: model.Warning,
		Parts: parts(), Places: places()}
	in := model.Incident{
		Header: model.Header{
			ID:       "in-service-" + slug + "-" + time.Unix(0, at(waves[0].start)).UTC().Format("20060102T1504Z"),
			Revision: 31, State: state, Severity: model.Warning, Target: model.ServiceID(slug),
			Started: at(waves[0].start), Noticed: at(waves[0].start - 3), Opened: at(waves[0].start - 6),
			LastSeen: at(waves[len(waves)-1].end), WaveCount: len(waves),
		},
		TrafficIncident: model.TrafficIncident{Direction: model.In},
	}
	for _, w := range waves {
		x := model.Wave{Start: at(w.start), Peak: w.peak}
		if w.end > 0 {
			x.End = at(w.end)
		}
		in.Waves = append(in.Waves, x)
	}
	if last := in.Waves[len(in.Waves)-1]; last.End != 0 {
		in.Ended = last.End
	}
	if state == model.Closed {
		in.ClosedAt = in.Ended + 60*minute
	}
	day(n, &in, now, waves)
	if state != model.Closed {
		n.Incident = &in
	} else {
		n.State, n.Severity = "", ""
	}
	return Story{Slug: slug, Now: n, Incident: in}
}

// day fills the buckets of the last 24 hours and what the incident remembers.
func day(n *model.ServiceNow, in *model.Incident, now time.Time, waves []wave) {
	last := now.Truncate(15 * time.Minute)
	c := &model.UserReports{Service: n.Service.Slug, Name: n.Service.Name, Evidence: 14, Strongest: 19.3, Limit: 5.1, Budget: "at most one false incident per service and year",
		Networks: 412, Sustained: waves[0].start > 60, Parts: n.Parts, Places: n.Places, Cause: model.Cause{Kind: model.CauseOwn, Text: "No other service's incident explains the reports."}}
	for i := range buckets {
		t := last.Add(time.Duration(i-buckets+1) * 15 * time.Minute)
		usual := 14 * (1 + 0.6*math.Sin(float64(t.Hour()*60+t.Minute())/1440*2*math.Pi-2.2))
		v := max(usual*(1+0.3*math.Sin(float64(i)*2.7)), 0)
		for _, w := range waves {
			v += w.peak * w.level(now.Sub(t).Minutes()-7)
		}
		b := model.Bucket{At: t.UnixNano(), Problems: uint32(v), Effective: float32(math.Floor(v)), Works: uint32(v / 40), Expected: float32(usual),
			Low: float32(math.Floor(max(usual-2*math.Sqrt(usual), 0))), High: float32(math.Ceil(usual + 3*math.Sqrt(usual))), Known: true, Partial: i == buckets-1}
		if b.At+last15m > in.Started && (in.Ended == 0 || b.At < in.Ended) {
			b.State = model.Open
			c.Total, c.Works = c.Total+uint64(b.Problems), c.Works+uint64(b.Works)
			c.Shape = append(c.Shape, b.Effective)
			if b.Problems > c.Peak.Problems {
				c.Peak = b
			}
		}
		n.Day = append(n.Day, b)
	}
	c.Effective = float64(c.Total)
	n.Last15m = n.Day[buckets-2]
	n.Last15m.At = now.UnixNano() - last15m
	in.UserReports = c
	n.Top = n.Parts[0]
}

func service(slug, name string) *model.Service {
	return &model.Service{Slug: slug, Name: name, Category: "social", Organization: "Example", Timezone: "Etc/UTC", URLs: []string{"https://" + slug + ".example"}, Components: []model.Component{
		{Slug: "app", Name: "App"}, {Slug: "website", Name: "Website"}, {Slug: "login", Name: "Login"}, {Slug: "images", Name: "Images"}, {Slug: "links", Name: "Links"}}}
}

func parts() []model.PartShare {
	return []model.PartShare{{Slug: "app", Name: "App", Reports: 19210, Share: 0.57, Low: 0.565, High: 0.575, Usual: 0.44, Evidence: 30, StandsOut: true},
		{Slug: "website", Name: "Website", Reports: 11320, Share: 0.336, Low: 0.331, High: 0.341, Usual: 0.31}, {Slug: "login", Name: "Login", Reports: 2100, Share: 0.062, Low: 0.06, High: 0.065, Usual: 0.15}, {Reports: 7363}}
}

func places() []model.PlaceShare {
	return []model.PlaceShare{{Country: "GB", Reports: 10800, Effective: 10500, Expected: 2300, Excess: 4.6, Low: 4.5, High: 4.7, StandsOut: true},
		{Country: "US", Reports: 22000, Effective: 21500, Expected: 9300, Excess: 2.3, Low: 2.27, High: 2.33, StandsOut: true},
		{Country: "DE", Reports: 1210, Effective: 1200, Expected: 1190, Excess: 1.01, Low: 0.95, High: 1.06}, {Reports: 240, Effective: 230, Expected: 260, Excess: 0.9, Low: 0.8, High: 1}}
}

// until is what reports told up to a time.
func (s Story) until(at int64) *model.UserReports {
	c := *s.Incident.UserReports
	c.Peak = model.Bucket{}
	for _, b := range s.Now.Day {
		if b.State != "" && b.At < at+last15m && b.Problems > c.Peak.Problems {
			c.Peak = b
		}
	}
	return &c
}

// reported writes down what happened so far, as changes.
func (s Story) reported() Story {
	in := s.Incident
	add := func(at int64, t model.ChangeType, text string) {
		c := in
		c.UserReports = s.until(at)
		if t == model.Noticed {
			c.State, c.Assessment = model.Suspected, nil
		}
		s.Changes = append(s.Changes, model.Change{At: at, Type: t, Incident: c, Text: text})
	}
	add(in.Noticed, model.Noticed, "More reports than usual.")
	add(in.Opened, model.Opened, "Users report problems with "+s.Now.Service.Name+".")
	if in.Assessment != nil {
		add(in.Opened+9*minute, model.Changed, in.Assessment.Text)
	}
	for i := range in.Waves[:len(in.Waves)-1] {
		add(in.Waves[i].End, model.Eased, "Reports are back to what is usual.")
		add(in.Waves[i+1].Start, model.Resumed, "A further wave of reports.")
	}
	if in.State == model.Closed {
		add(in.Ended, model.Eased, "Reports are back to what is usual.")
		add(in.ClosedAt, model.Ended, "Reports have stayed at what is usual.")
	}
	if s.Now.Incident != nil {
		s.Now.Incident = &in
	}
	return s
}
