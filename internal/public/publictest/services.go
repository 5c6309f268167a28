package publictest

import (
	"math"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/public/publictest/stories"
)

const last15m = int64(15 * time.Minute)

// New returns a Fake with a service in every state, named by it: normal, new
// (nothing known of what is normal), suspected, open, easing, forged, elsewhere
// (explained by the outage of open); and one incident that is over.
func New() *Fake {
	f := &Fake{Now: time.Date(2026, 11, 24, 12, 7, 0, 0, time.UTC), Story: make(map[string][]model.Change), Stated: make(map[string][]model.Comment),
		Words: make(map[string][]model.Note), Days: []string{"2026-11-23", "2026-11-22"}, CSV: "time,service,component,count\n2026-11-24T12:00:00Z,open,app,7\n"}
	f.Offers = model.Features{Comments: true, Mail: true, Parquet: true, Version: "test", BaseURL: "https://status.example", Address: "https://status.example", Instance: [16]byte{1},
		Budget: "at most one false incident per service and year", Measured: "0.03 per service and year on simulated days"}
	f.Near = model.Vicinity{Network: "Example Net", Country: "DE", Near: 12, Usual: 0.4}
	for i, state := range []string{"normal", "new", "suspected", "open", "easing", "forged", "elsewhere"} {
		f.add(f.service(state, float64(i+2)))
	}
	over := f.incident("open", model.Closed)
	over.ID, over.Started = "in-service-open-20261120T0800Z", f.Now.Add(-4*24*time.Hour).UnixNano()
	over.Ended = over.Started + int64(time.Hour)
	over.ClosedAt = over.Ended + last15m
	f.Past = append(f.Past, over)
	f.Words["open"] = []model.Note{{By: "Open, Inc.", At: f.Now.Add(-time.Hour).UnixNano(), Text: "We are looking into it."}}
	f.Stated["open"] = []model.Comment{{ID: "c1", Service: "open", At: f.Now.Add(-time.Minute).UnixNano(), Text: "The app shows <b>nothing</b>.", Country: "DE"}}
	f.Reported = []model.PublicAttack{{ID: "0123456789abcdef0123", State: "ongoing", Severity: "critical", Started: f.Now.Add(-time.Hour), Text: "An attack on one of the networks watched here is under way."}}
	return f
}

// add takes in a service and its incident.
func (f *Fake) add(s *model.ServiceNow) {
	f.All = append(f.All, s)
	if s.Incident == nil {
		return
	}
	in := *s.Incident
	f.Past = append(f.Past, in)
	before := in
	before.State = model.Suspected
	f.Story[in.ID] = []model.Change{{At: in.Noticed, Type: model.Noticed, Incident: before, Text: "More reports than usual."}}
	if in.Opened != 0 {
		f.Story[in.ID] = append(f.Story[in.ID], model.Change{At: in.Opened, Type: model.Opened, Incident: in, Text: "Users report problems with " + s.Service.Name + "."})
	}
}

// service makes a service whose name is its state.
func (f *Fake) service(state string, level float64) *model.ServiceNow {
	s := &model.Service{Slug: state, Name: "Service " + state, Category: "test", Organization: "Example", Timezone: "Europe/Berlin", URLs: []string{"https://" + state + ".example"},
		Components: []model.Component{{Slug: "app", Name: "App"}, {Slug: "website", Name: "Website"}, {Slug: "login", Name: "Login"}}}
	now := &model.ServiceNow{Service: s, At: f.Now.UnixNano(), Since: f.Now.AddDate(0, -2, 0).UnixNano(), Parts: parts(), Places: places(), Top: parts()[0]}
	states := map[string]model.State{"suspected": model.Suspected, "open": model.Open, "easing": model.Easing, "elsewhere": model.Open}
	now.State = states[state]
	known := state != "new"
	if !known {
		now.Why = "not enough history: 2 of 7 days seen"
	}
	first := f.Now.UnixNano()/last15m*last15m - 96*last15m
	for i := range int64(97) {
		b := model.Bucket{At: first + i*last15m, Known: known, Partial: i == 96}
		mean := level * (1.5 + math.Sin(float64(i)/96*2*math.Pi))
		count := mean + float64(i*7%5) - 2
		if now.State != "" && i >= 90 && (now.State != model.Easing || i < 95) {
			count, b.State = mean*20, now.State
		}
		b.Problems = uint32(max(0, count))
		b.Effective, b.Works = float32(b.Problems), b.Problems/10
		if known {
			b.Expected, b.Low, b.High = float32(mean), float32(max(0, mean-2*math.Sqrt(mean))), float32(mean+3*math.Sqrt(mean)+2)
		}
		now.Day = append(now.Day, b)
	}
	now.Last15m = now.Day[95]
	now.Last15m.At = f.Now.UnixNano() - last15m
	if state == "forged" {
		now.Fraud = model.Fraud{Synchronized: 0.9, Brigading: 0.8, Suspected: true, Text: "Most of these reports come evenly spaced from three hosting networks."}
	}
	if now.State != "" {
		in := f.incident(state, now.State)
		now.Incident, now.Severity = &in, in.Severity
	}
	return now
}

// incident makes one that began an hour and a half ago.
func (f *Fake) incident(slug string, s model.State) model.Incident {
	start := f.Now.Add(-90 * time.Minute).UnixNano()
	in := model.Incident{
		Header: model.Header{
			ID: "in-service-" + slug + "-20261124T1035Z", Revision: 2, State: s, Severity: model.Critical,
			Target: model.ServiceID(slug), Started: start, Noticed: start + int64(time.Minute),
			LastSeen: f.Now.UnixNano(), Waves: []model.Wave{{Start: start, Peak: 80}}, WaveCount: 1,
		},
		TrafficIncident: model.TrafficIncident{Direction: model.In},
	}
	if s != model.Suspected {
		in.Opened = start + 2*int64(time.Minute)
	}
	if s == model.Easing {
		in.Ended = f.Now.Add(-20 * time.Minute).UnixNano()
	}
	in.UserReports = &model.UserReports{Service: slug, Name: "Service " + slug, Evidence: 6.2, Strongest: 7, Limit: 4.5, Budget: f.Offers.Budget, Total: 700, Effective: 650, Works: 60, Networks: 120,
		Peak: model.Bucket{At: start, Problems: 80, Effective: 78, Expected: 4, Low: 0, High: 10, Known: true, State: model.Open}, Sustained: true,
		Parts: parts(), Places: places(), Cause: model.Cause{Kind: model.CauseOwn, Text: "Nothing else explains it."}, Shape: []float32{20, 80, 70}}
	if slug == "elsewhere" {
		in.UserReports.Cause = model.Cause{Kind: model.CauseElsewhere, By: "open", Name: "Service open", Share: 0.9, Low: 0.8, High: 0.95, Text: "Mostly explained by the outage of Service open (90 %, 80 to 95)."}
	}
	return in
}

func parts() []model.PartShare {
	return []model.PartShare{{Slug: "app", Name: "App", Reports: 400, Share: 0.57, Low: 0.53, High: 0.61, Usual: 0.4, Evidence: 5, StandsOut: true},
		{Slug: "website", Name: "Website", Reports: 230, Share: 0.33, Low: 0.29, High: 0.37, Usual: 0.4}, {Slug: "", Reports: 70, Share: 0.1, Low: 0.08, High: 0.13, Usual: 0.2}}
}

func places() []model.PlaceShare {
	return []model.PlaceShare{{Country: "US", Region: "CA", Reports: 90, Effective: 88, Expected: 20, Excess: 4.4, Low: 3, High: 6, Evidence: 4, StandsOut: true},
		{Country: "DE", Reports: 300, Effective: 290, Expected: 150, Excess: 1.9, Low: 1.6, High: 2.2}, {Reports: 30, Effective: 30, Expected: 40, Excess: 0.75, Low: 0.5, High: 1.1}}
}

// Publish adds stories: their services, incidents, and reports of those that are
// more than a few signs.
func (f *Fake) Publish(all ...stories.Story) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.Files == nil {
		f.Files = make(map[string][]byte)
	}
	for _, s := range all {
		f.All, f.Past = append(f.All, s.Now), append(f.Past, s.Incident)
		id := s.Incident.ID
		f.Story[id] = s.Changes
		if s.Incident.Assessment != nil {
			f.Files[id+" html"] = []byte("<!doctype html><html lang=\"en\"><title>Report</title><style>h1{color:#333}</style><h1>" + s.Now.Service.Name + "</h1></html>")
			f.Files[id+" json"] = []byte("{\"incident\":\"" + id + "\"}\n")
		}
	}
}
