package detector

import (
	"cmp"
	"slices"
	"time"

	"floodmark/internal/aggregate/usercount"
	"floodmark/internal/detect/eprocess"
	"floodmark/internal/evidence/cause"
	"floodmark/internal/evidence/localize"
	"floodmark/internal/model"
	"floodmark/internal/outage"
)

// track is one service on its way through the rooms.
type track struct {
	service *model.Service
	tally   *usercount.Tally
	total   *eprocess.Series   // effective reports of problems, each minute
	parts   []*eprocess.Series // the same of each component
	episode eprocess.Episode
	told    bool // the judge was told of the episode

	since   int64 // Unix ns of the first report
	minutes minutes
	day     []model.Bucket // quarters, oldest first; the last one goes on
	places  map[string]localize.Count
	named   []uint32         // reports of the open minute, by component; nil before the first
	cells   []Cells          // of quarters, oldest first, without the slug; the last one goes on
	window  usercount.Window // as of the last minute

	near map[uint32]*near // by network number

	usualParts, usualPlaces *localize.Usual
	nowParts, nowPlaces     *localize.Shares // while there is an episode
	verdict                 eprocess.Verdict
	last                    past
	cause                   model.Cause
	joined                  joined
	flows                   flows
	course                  []cause.Minute // of the episode, from shortly before its beginning

	dirty bool // the view must be made anew
	view  *model.ServiceNow
	// around goes with view
	around *surroundings
}

// Half of the promise is for the service, half for its components.
func newTrack(s *model.Service, perYear float64) *track {
	t := &track{service: s, tally: usercount.New(s), total: eprocess.New(configOf(s, perYear/2)), dirty: true, flows: newFlows(s, zoneOf(s)),
		usualParts: localize.NewUsual(localize.PartCells), usualPlaces: localize.NewUsual(localize.PlaceCells)}
	for range s.Components {
		t.parts = append(t.parts, eprocess.New(configOf(s, perYear/2/float64(len(s.Components)))))
	}
	return t
}

func configOf(s *model.Service, perYear float64) eprocess.Config {
	return eprocess.Config{Step: time.Minute, Promise: perYear, Zone: zoneOf(s)}
}

func zoneOf(s *model.Service) *time.Location {
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		return time.UTC // checked where services are configured
	}
	return zone
}

// mostPlaces bounds the places of one minute.
const mostPlaces = 512

func (t *track) add(r *model.Report) {
	t.dirty = true
	if t.since == 0 {
		t.since = r.At
	}
	t.tally.Add(r)
	if r.Kind != model.Problem || r.Suppressed {
		return
	}
	if i := slices.IndexFunc(t.service.Components, func(c model.Component) bool { return c.Slug == r.Component }); i >= 0 {
		if t.named == nil {
			t.named = make([]uint32, len(t.service.Components))
		}
		t.named[i]++
	}
	t.countNear(r)
	if t.places == nil {
		t.places = make(map[string]localize.Count)
	}
	key := localize.PlaceKey(r.Country, r.Region)
	c, ok := t.places[key]
	if !ok && len(t.places) >= mostPlaces {
		return
	}
	c.Key = key
	c.Reports++
	t.places[key] = c
}

// close counts the minute that began at a time and judges it.
func (t *track) close(at int64) {
	m := t.tally.Close(at)
	quiet := m.Problems+m.Works+m.Followed+m.Withheld+m.Refused == 0
	enough := false
	if !quiet || t.episode.State != "" || t.window.Problems > 0 {
		t.window, t.dirty = t.tally.Window(), true
		enough = t.window.Enough
	}
	y := m.Effective
	if t.window.Forgery.Suspected {
		y = min(y, t.window.Effective/15) // a minute's part of what is left
	}
	v := t.judge(at, y, m.Parts)
	before := t.episode.State
	state := t.episode.Step(at, &v, enough)
	t.learn(at, y, &m, before)
	t.verdict = v
	t.last = past{Problems: m.Problems, Works: m.Works, Refused: m.Refused, Followed: m.Followed, Withheld: m.Withheld,
		Effective: float32(m.Effective), Expected: float32(v.Mean), Variance: float32(v.Mean)}
	t.minutes.put(at, t.last)
	t.quarter(at, state)
	t.stand(at, &m, state)
}

// judge tests the service and its components; whatever is out first is out.
func (t *track) judge(at int64, y float64, parts []float32) eprocess.Verdict {
	v := t.total.Judge(at, y)
	for i, p := range t.parts {
		x := p.Judge(at, part(parts, i))
		if x.Over && !v.Over {
			v.Over, v.High, v.Since = true, v.High || x.High, x.Since
		}
		if x.Score-x.Limit > v.Score-v.Limit {
			v.Score, v.Limit = x.Score, x.Limit
		}
	}
	return v
}

func part(parts []float32, i int) float64 {
	if i >= len(parts) {
		return 0
	}
	return float64(parts[i])
}

// learn takes a minute for what it was.
func (t *track) learn(at int64, y float64, m *usercount.Minute, before model.State) {
	state, high := t.episode.State, t.verdict.High
	t.tally.Learn(state == "" || state == model.Easing && !high)
	t.total.Heed(at, y, high, before, state)
	for i, p := range t.parts {
		p.Heed(at, part(m.Parts, i), high, before, state)
	}
}

// quarter adds the minute to the 15 minutes of the clock that hold it.
func (t *track) quarter(at int64, state model.State) {
	begin := at - at%quarter
	i, ok := slices.BinarySearchFunc(t.day, begin, func(b model.Bucket, begin int64) int { return cmp.Compare(b.At, begin) })
	if !ok {
		if i > 0 {
			t.day[i-1].Partial = false
		}
		e := t.total.Expect(begin, 15)
		t.day = slices.Insert(t.day, i, model.Bucket{At: begin, Low: float32(e.Low), High: float32(e.High), Known: t.total.Why() == "", Partial: true})
		if over := len(t.day) - shown; over > 0 {
			t.day, i = slices.Delete(t.day, 0, over), max(i-over, 0)
		}
		t.dirty = true
	}
	b := &t.day[i]
	add(b, &t.last)
	if rank(state) > rank(b.State) {
		b.State = state
	}
	b.Partial = at+minute < begin+quarter
}

// rewind takes back the quarters after a time, which lie in the future, unless
// somebody reported in them.
func (t *track) rewind(now int64) {
	t.day = slices.DeleteFunc(t.day, func(b model.Bucket) bool {
		return b.At > now && b.Problems+b.Works+b.Refused+b.Suppressed == 0
	})
	t.dirty = true
}

func rank(s model.State) int {
	return slices.Index([]model.State{"", model.Easing, model.Suspected, model.Open}, s)
}

// stand tests which parts and places stand out while there is an episode, and
// learns what is usual otherwise.
func (t *track) stand(at int64, m *usercount.Minute, state model.State) {
	var parts, places []localize.Count
	if m.Problems > 0 {
		for i, c := range t.service.Components {
			if p := part(m.Parts, i); p > 0 {
				parts = append(parts, localize.Count{Key: c.Slug, Reports: uint64(p + 0.999), Effective: p})
			}
		}
		weight := m.Effective / float64(m.Problems)
		for _, c := range t.places {
			c.Effective = min(float64(c.Reports)*weight, float64(c.Reports))
			places = append(places, c)
		}
		slices.SortFunc(places, func(a, b localize.Count) int { return cmp.Compare(a.Key, b.Key) })
	}
	t.count(at, m, places)
	clear(t.places)
	clear(t.named)
	t.forgetNear(at)
	if state == "" {
		t.nowParts, t.nowPlaces = nil, nil
		if m.Problems > 0 {
			t.usualParts.Learn(at, parts)
			t.usualPlaces.Learn(at, places)
		}
		return
	}
	if t.nowParts == nil {
		t.nowParts, t.nowPlaces = &localize.Shares{}, &localize.Shares{}
	}
	t.nowParts.Add(parts)
	t.nowPlaces.Add(places)
}

// placesShown bounds the places of an incident.
const placesShown = 40

func (t *track) observe(at int64) outage.Observation {
	end := at + minute
	p := &t.last
	o := outage.Observation{Service: t.service, At: end, State: t.episode.State, Since: t.verdict.Since, Score: t.verdict.Score, Limit: t.verdict.Limit,
		Minute:   outage.Counts{Problems: uint64(p.Problems), Works: uint64(p.Works), Refused: uint64(p.Refused), Effective: float64(p.Effective)},
		Networks: t.window.Networks, Fraud: t.window.Forgery, Cause: t.cause, Probes: t.joined.Probes}
	if o.Since != 0 {
		o.Earlier = t.minutes.since(o.Since)
	}
	if n := len(t.day); n > 0 {
		o.Bucket = t.day[n-1]
		e := t.total.Expect(o.Bucket.At, 15)
		o.Bucket.Expected = float32(e.Mean) // of the whole quarter
	}
	if t.nowParts != nil {
		o.Parts = localize.Parts(t.nowParts, t.usualParts, t.service.Components)
		o.Places = localize.Places(t.nowPlaces, t.usualPlaces, placesShown)
	}
	return o
}
