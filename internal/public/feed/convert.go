package feed

import (
	"slices"
	"strconv"
	"time"

	"floodmark/internal/model"
)

// stamp writes a time as Statuspage does. The zero time stands for "not known":
// the shape has no null there, and the time of the question would change with
// every answer.
func stamp(ns int64) string { return time.Unix(0, ns).UTC().Format("2006-01-02T15:04:05.000Z") }

func stampOrNull(ns int64) *string {
	if ns == 0 {
		return nil
	}
	s := stamp(ns)
	return &s
}

func (p *Page) page() page {
	at := int64(0)
	for _, s := range p.services() {
		at = max(at, s.At)
	}
	if at == 0 {
		at = p.Now.UnixNano()
	}
	if p.Only == nil {
		return page{"floodmark", "Floodmark", p.Base + "/", "Etc/UTC", stamp(at)}
	}
	s, zone := p.Only.Service, p.Only.Service.Timezone
	if zone == "" {
		zone = "Etc/UTC"
	}
	return page{s.Slug, clean(s.Name, s.Slug), p.Base + "/s/" + s.Slug, zone, stamp(at)}
}

func (p *Page) pageID() string {
	if p.Only == nil {
		return "floodmark"
	}
	return p.Only.Service.Slug
}

// components returns the services, or the parts of the one.
func (p *Page) components(all []model.Incident) []component {
	out := []component{}
	latest := changed(all)
	for _, s := range p.services() {
		changed := max(s.Since, latest[s.Service.Slug])
		if p.Only == nil {
			c := p.component(s, changed)
			c.ID, c.Name, c.Status = s.Service.Slug, clean(s.Service.Name, s.Service.Slug), conditions[grave(s.Incident)]
			c.Position = len(out) + 1
			out = append(out, c)
			continue
		}
		for _, part := range s.Service.Components {
			c := p.component(s, changed)
			c.ID, c.Name, c.Status = part.Slug, clean(part.Name, part.Slug), conditions[partGrave(s.Incident, part.Slug)]
			c.Position = len(out) + 1
			out = append(out, c)
		}
	}
	return out
}

// component holds what a service and its parts have in common.
func (p *Page) component(s *model.ServiceNow, changed int64) component {
	c := component{CreatedAt: stamp(s.Since), UpdatedAt: stamp(changed), Showcase: true, PageID: p.pageID()}
	if s.Since > 0 {
		day := time.Unix(0, s.Since).UTC().Format(time.DateOnly)
		c.StartDate = &day
	}
	d := "What users report; never confirmed by a measurement of ours."
	if s.Why != "" { // the shape has no word for it
		d = "Not known, shown as operational: " + line(s.Why, maxSentence)
	}
	c.Description = &d
	return c
}

// partGrave is what an incident claims of one part: only where its share is
// above what is usual for it.
func partGrave(in *model.Incident, slug string) int {
	if in == nil || in.UserReports == nil {
		return 0
	}
	for _, s := range in.UserReports.Parts {
		if s.Slug == slug && s.StandsOut {
			return grave(in)
		}
	}
	return 0
}

// changed is when services last changed their word, by slug.
func changed(all []model.Incident) map[string]int64 {
	latest := make(map[string]int64)
	for i := range all {
		in := &all[i]
		at := max(latest[in.Target.Name], in.Opened, in.ClosedAt)
		if in.State != model.Open {
			at = max(at, in.Ended)
		}
		latest[in.Target.Name] = at
	}
	return latest
}

// incident converts one, with its updates.
func (p *Page) incident(in *model.Incident, parts []component) incident {
	changes := p.updates(in)
	out := incident{
		ID: in.ID, Name: p.title(in), Status: word(in), Impact: impact(in),
		CreatedAt: stamp(in.Opened), StartedAt: stamp(in.Started), UpdatedAt: stamp(changes[len(changes)-1].At),
		Shortlink: p.link("/i/" + in.ID), PageID: p.pageID(), Components: []component{},
	}
	before := model.Incident{}
	for i := range changes {
		c := &changes[i]
		out.IncidentUpdates = append(out.IncidentUpdates, p.update(c, &before))
		before = c.Incident
		if c.Type == model.Eased {
			out.MonitoringAt = stampOrNull(c.At)
		}
	}
	slices.Reverse(out.IncidentUpdates)
	if out.Status == "resolved" {
		out.ResolvedAt = stampOrNull(max(in.ClosedAt, changes[len(changes)-1].At))
	}
	for _, c := range parts {
		if p.touches(in, c.ID) {
			out.Components = append(out.Components, c)
		}
	}
	return out
}

// touches reports whether a component of the page is one of the incident's.
func (p *Page) touches(in *model.Incident, id string) bool {
	if p.Only == nil {
		return in.Target.Name == id
	}
	return in.UserReports != nil && slices.ContainsFunc(in.UserReports.Parts, func(s model.PartShare) bool { return s.Slug == id && s.StandsOut })
}

// update converts one change; before is the incident as the change before it
// left it.
func (p *Page) update(c *model.Change, before *model.Incident) incidentUpdate {
	at := stamp(c.At)
	u := incidentUpdate{
		ID: c.Incident.ID + "-" + strconv.FormatUint(c.Incident.Revision, 10), Status: word(&c.Incident), Body: p.body(c),
		IncidentID: c.Incident.ID, CreatedAt: at, UpdatedAt: at, DisplayAt: at,
		AffectedComponents: []affected{}, DeliverNotifications: c.Type != model.Changed,
	}
	if p.Only == nil {
		u.AffectedComponents = append(u.AffectedComponents, affected{c.Incident.Target.Name, p.name(&c.Incident), conditions[grave(before)], conditions[grave(&c.Incident)]})
		return u
	}
	for _, part := range p.Only.Service.Components {
		was, is := partGrave(before, part.Slug), partGrave(&c.Incident, part.Slug)
		if was > 0 || is > 0 {
			u.AffectedComponents = append(u.AffectedComponents, affected{part.Slug, clean(part.Name, part.Slug), conditions[was], conditions[is]})
		}
	}
	return u
}
