package feed

import (
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/model"
)

var update = flag.Bool("update", false, "write the golden files anew")

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

func at(minutes int) int64 { return noon.Add(time.Duration(minutes) * time.Minute).UnixNano() }

func service(slug, name string) *model.Service {
	return &model.Service{Slug: slug, Name: name, Timezone: "Europe/Berlin", Components: []model.Component{{Slug: "login", Name: "Login"}, {Slug: "images", Name: "Images & <video>"}}}
}

func userReports(name string) *model.UserReports {
	return &model.UserReports{Name: name, Peak: model.Bucket{Problems: 1312, High: 41, Known: true}, Parts: []model.PartShare{
		{Slug: "login", Name: "Login", Share: 0.58, StandsOut: true}, {Slug: "images", Name: "Images & <video>", Share: 0.2}}}
}

func incidentOf(s *model.Service, state model.State, severity model.Severity) model.Incident {
	in := model.Incident{
		Header: model.Header{
			ID: "in-service-" + s.Slug + "-20260615T1100Z", Revision: 4, State: state, Severity: severity,
			Target: model.ServiceID(s.Slug), Started: at(-60), Noticed: at(-58), Opened: at(-55),
		},
		ServiceIncident: model.ServiceIncident{UserReports: userReports(s.Name)},
	}
	if state == model.Easing || state == model.Closed {
		in.Ended = at(-20)
	}
	if state == model.Closed {
		in.ClosedAt = at(-5)
	}
	return in
}

// life is the changes of an incident, with some that nobody is told of.
func life(in model.Incident) []model.Change {
	var out []model.Change
	step := func(t model.ChangeType, minute int, state model.State, severity model.Severity) {
		x := in
		x.Revision, x.State, x.Severity = uint64(len(out)+1), state, severity
		if t == model.Noticed {
			x.Opened = 0
		}
		out = append(out, model.Change{At: at(minute), Type: t, Incident: x, Text: "secret text of the operator"})
	}
	step(model.Noticed, -58, model.Suspected, model.Info)
	step(model.Opened, -55, model.Open, model.Warning)
	step(model.AcknowledgedNow, -50, model.Open, model.Warning)
	step(model.Escalated, -45, model.Open, model.Critical)
	if in.State == model.Easing || in.State == model.Closed {
		step(model.Eased, -20, model.Easing, model.Critical)
	}
	if in.State == model.Closed {
		step(model.Ended, -5, model.Closed, model.Critical)
	}
	return out
}

// world is three services: one with an outage, one whose outage is another's,
// one of which too little is known.
func world() *Page {
	a, b, c := service("chat", "Chat & Co"), service("shop", "Shop"), service("new", "New")
	open, felt := incidentOf(a, model.Open, model.Critical), incidentOf(b, model.Open, model.Critical)
	felt.UserReports.Cause = model.Cause{Kind: model.CauseElsewhere, By: "chat", Name: "Chat & Co", Text: "mostly explained by the outage of Chat & Co"}
	past := incidentOf(b, model.Closed, model.Critical)
	past.ID = "in-service-shop-20260614T1100Z"
	hidden := incidentOf(c, model.Suspected, model.Info)
	hidden.Opened = 0
	byID := map[string]model.Incident{open.ID: open, felt.ID: felt, past.ID: past}
	return &Page{Base: "https://status.example", Now: noon, Services: []*model.ServiceNow{
		{Service: a, At: at(0), State: open.State, Severity: open.Severity, Incident: &open, Since: at(-60 * 24 * 100)},
		{Service: b, At: at(0), State: felt.State, Severity: felt.Severity, Incident: &felt, Since: at(-60 * 24 * 90)},
		{Service: c, At: at(0), State: hidden.State, Incident: &hidden, Why: "not enough history: 2 of 7 days seen"},
	}, Incidents: []model.Incident{past, open, hidden}, Changes: func(id string) []model.Change {
		if in, ok := byID[id]; ok {
			return life(in)
		}
		return nil
	}}
}

func only(p *Page, slug string) *Page {
	q := *p
	for _, s := range p.Services {
		if s.Service.Slug == slug {
			q.Only = s
		}
	}
	return &q
}

func documents(p *Page) map[string][]byte {
	return map[string][]byte{"summary.json": p.Summary(), "status.json": p.Status(), "components.json": p.Components(), "incidents.json": p.IncidentList(),
		"unresolved.json": p.Unresolved(), "maintenances.json": p.Maintenances(), "feed.atom": p.Atom("/feed.atom"), "badge.svg": p.Badge(), "shield.json": p.Shield()}
}

func TestGolden(t *testing.T) {
	for name, p := range map[string]*Page{"all": world(), "chat": only(world(), "chat"), "shop": only(world(), "shop"), "new": only(world(), "new"), "empty": {Now: noon}} {
		for file, got := range documents(p) {
			path := filepath.Join("testdata", name+"-"+file)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, d)
			}
		}
	}
}

// keys of a JSON object, in order of the document.
func keys(t *testing.T, raw json.RawMessage) []string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(raw)))
	var out []string
	depth, key := 0, true
	for {
		tok, err := d.Token()
		if err != nil {
			return out
		}
		switch v := tok.(type) {
		case json.Delim:
			if v == '{' || v == '[' {
				depth++
			} else if depth--; depth == 1 {
				key = true
			}
		default:
			if depth == 1 {
				if s, ok := v.(string); ok && key {
					out = append(out, s)
				}
				key = !key
			}
		}
	}
}

// TestShape compares keys with those of a document that Statuspage itself serves.
func TestShape(t *testing.T) {
	var doc struct {
		Page       json.RawMessage
		Components []json.RawMessage
		Incidents  []json.RawMessage
		Status     json.RawMessage
	}
	whole := world().Summary()
	if err := json.Unmarshal(whole, &doc); err != nil {
		t.Fatal(err)
	}
	var in struct {
		Updates []json.RawMessage `json:"incident_updates"`
	}
	if err := json.Unmarshal(doc.Incidents[0], &in); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		raw  json.RawMessage
		want string
	}{
		{whole, "page components incidents scheduled_maintenances status"},
		{doc.Page, "id name url time_zone updated_at"},
		{doc.Status, "indicator description"},
		{doc.Components[0], "id name status created_at updated_at position description showcase start_date group_id page_id group only_show_if_degraded"},
		{doc.Incidents[0], "id name status created_at updated_at monitoring_at resolved_at impact shortlink started_at page_id incident_updates components reminder_intervals"},
		{in.Updates[0], "id status body incident_id created_at updated_at display_at affected_components deliver_notifications custom_tweet tweet_id"},
	} {
		if got := strings.Join(keys(t, c.raw), " "); got != c.want {
			t.Errorf("keys\n got %s\nwant %s", got, c.want)
		}
	}
}

// TestClaims: reports alone never claim more than they know.
func TestClaims(t *testing.T) {
	var doc summary
	p := world()
	if err := json.Unmarshal(p.Summary(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Status.Indicator != "major" || doc.Components[0].Status != "partial_outage" || doc.Components[1].Status != "degraded_performance" || doc.Components[2].Status != "operational" {
		t.Errorf("claims are %+v", doc.Status)
	}
	words := map[string]string{}
	for _, in := range doc.Incidents {
		words[in.ID] = in.Status + " " + in.Impact
	}
	want := map[string]string{"in-service-chat-20260615T1100Z": "investigating major", "in-service-shop-20260615T1100Z": "identified minor"}
	if d := cmp.Diff(want, words); d != "" {
		t.Errorf("unresolved incidents (-want +got):\n%s", d)
	}
	for name, b := range documents(p) {
		for _, word := range []string{"major_outage", `"critical"`, " is down:", "secret", "in-service-new"} {
			if strings.Contains(string(b), word) {
				t.Errorf("%s says %q", name, word)
			}
		}
	}
	for _, b := range [][]byte{p.Summary(), p.Atom("/feed.atom")} {
		if !strings.Contains(string(b), "User reports only; not confirmed by another signal.") {
			t.Error("a body does not say what it rests on")
		}
	}
	if in := p.Services[0].Incident; true {
		in.FalseAlarm = &model.Remark{By: "operator"}
	}
	if got := string(p.Unresolved()); strings.Contains(got, "in-service-chat") {
		t.Error("a false alarm is unresolved")
	}
	for _, s := range []*model.ServiceNow{only(world(), "chat").Only} {
		q := &Page{Now: noon, Only: s}
		var c componentsOnly
		if err := json.Unmarshal(q.Components(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Components[0].Status != "partial_outage" || c.Components[1].Status != "operational" {
			t.Error("only the part that stands out is degraded")
		}
	}
}

func TestManyUpdatesAndIncidentsAreBounded(t *testing.T) {
	p := only(world(), "chat")
	in := *p.Only.Incident
	p.Changes = func(string) []model.Change {
		var out []model.Change
		for i := range 500 {
			c := model.Change{At: at(i), Type: model.Changed, Incident: in}
			if i == 0 {
				c.Type = model.Opened
			}
			c.Incident.Revision = uint64(i)
			out = append(out, c)
		}
		return out
	}
	for i := range 200 {
		x := in
		x.ID, x.Opened = in.ID+string(rune('a'+i%26))+strings.Repeat("x", i/26), at(-100-i)
		p.Incidents = append(p.Incidents, x)
	}
	var doc incidentsOnly
	if err := json.Unmarshal(p.IncidentList(), &doc); err != nil {
		t.Fatal(err)
	}
	if n := len(doc.Incidents); n != maxIncidents {
		t.Errorf("%d incidents", n)
	}
	u := doc.Incidents[0].IncidentUpdates
	if len(u) != maxUpdates || u[0].CreatedAt != stamp(at(499)) || u[len(u)-1].CreatedAt != stamp(at(0)) {
		t.Errorf("%d updates from %s to %s", len(u), u[len(u)-1].CreatedAt, u[0].CreatedAt)
	}
}

func TestAtomKeepsItsNames(t *testing.T) {
	p := world()
	read := func() atomFeed {
		var f atomFeed
		if err := xml.Unmarshal(p.Atom("/feed.atom"), &f); err != nil {
			t.Fatal(err)
		}
		return f
	}
	before := read()
	for i := range p.Services {
		p.Services[i].At += int64(time.Hour)
	}
	p.Now = p.Now.Add(time.Hour)
	if d := cmp.Diff(before, read()); d != "" {
		t.Errorf("the feed changes though nothing happened:\n%s", d)
	}
	for _, e := range before.Entries {
		if !strings.HasPrefix(e.ID, "urn:uuid:") || !strings.HasSuffix(e.Link.Href, "?from=feed") {
			t.Errorf("entry %s, link %s", e.ID, e.Link.Href)
		}
	}
	p.Base = "http://[::1]:8080"
	moved := read()
	for i, e := range moved.Entries {
		if e.ID != before.Entries[i].ID || !strings.HasPrefix(e.Link.Href, p.Base+"/i/") {
			t.Errorf("of another address: entry %s, link %s", e.ID, e.Link.Href)
		}
	}
	p.Instance[0]++
	for i, e := range read().Entries {
		if e.ID == before.Entries[i].ID {
			t.Errorf("two servers share entry %s", e.ID)
		}
	}
}

func TestBadgeStatesInWordAndShape(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range []look{usual, unknown, watching, minor, major} {
		if seen[l.word] || seen[l.shape] || seen[l.colour] {
			t.Errorf("%s looks like another", l.word)
		}
		seen[l.word], seen[l.shape], seen[l.colour] = true, true, true
		if c := contrastWithWhite(t, l.colour); c < 4.5 {
			t.Errorf("%s: contrast %.2f", l.word, c)
		}
	}
	for state, want := range map[model.State]string{model.Open: major.word, model.Easing: watching.word, model.Suspected: usual.word} {
		in := incidentOf(service("a", "A"), state, model.Critical)
		p := &Page{Now: noon, Only: &model.ServiceNow{Service: service("a", "A"), Incident: &in}}
		if got := p.lookOf().word; got != want {
			t.Errorf("%s looks as %q", state, got)
		}
	}
}

func contrastWithWhite(t *testing.T, colour string) float64 {
	t.Helper()
	var l float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		l += weight * linear(t, colour[1+2*i:3+2*i])
	}
	return 1.05 / (l + 0.05)
}
