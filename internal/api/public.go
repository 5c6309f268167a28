package api

import (
	"encoding/json"
	"html/template"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// PublicConfig is what the public listener is made of.
type PublicConfig struct {
	Backend PublicBackend
	// Key makes public names of incidents, of at least 16 octets, the same for
	// the life of an installation: their own names hold targets.
	Key []byte
	// HoldBack is how long after its opening an incident is not told publicly.
	HoldBack time.Duration
	Log      *slog.Logger // nil for none
}

// PublicIncident is all that is public of an incident. It is made of closed
// words, times and a name that tells nothing.
type PublicIncident struct {
	ID         string     `json:"id"`
	State      string     `json:"state"`    // ongoing, easing, over or withdrawn
	Severity   string     `json:"severity"` // light, considerable or heavy
	Started    *time.Time `json:"started"`  // to the minute
	Ended      *time.Time `json:"ended"`    // to the minute; null while it lasts
	Text       string     `json:"text"`
	Correction string     `json:"correction,omitempty"`
}

const publicEvery = 5 * time.Second // real time that an answer is used again

// public is the state of the public handlers.
type public struct {
	back   PublicBackend
	key    []byte
	hold   time.Duration
	log    *slog.Logger
	table  *table
	cached atomic.Pointer[publicAnswer]
}

// publicAnswer is what everybody gets for a few seconds, so that a crowd costs
// no more than one visitor.
type publicAnswer struct {
	until      time.Time
	page, json []byte
}

// Public returns the handler of the public listener. It shares no route with
// the operator's.
func Public(c PublicConfig) http.Handler { return secure(newPublic(c).table) }

func newPublic(c PublicConfig) *public {
	if len(c.Key) < 16 {
		panic("api: the key of public names is shorter than 16 octets") // the caller's mistake
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	p := &public{back: c.Backend, key: c.Key, hold: c.HoldBack, log: c.Log}
	p.table = &table{mux: http.NewServeMux(), guard: func(_ route, h http.Handler) http.Handler { return h }, log: c.Log}
	get := func(path string, h http.HandlerFunc) {
		p.table.handle(route{method: http.MethodGet, path: path}, h)
	}
	get("/{$}", func(w http.ResponseWriter, _ *http.Request) { p.send(w, "text/html; charset=utf-8", p.answer().page) })
	get("/api/v1/public/incidents", func(w http.ResponseWriter, _ *http.Request) { p.send(w, "application/json", p.answer().json) })
	get("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		file("text/plain; charset=utf-8", []byte("ok\n")).ServeHTTP(w, nil)
	})
	p.table.handle(route{path: "/"}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		// What was asked for is not repeated: the answer is the same for everything.
		writeProblem(w, problem(http.StatusNotFound, "there is no such page", ""))
	}))
	return p
}

func (p *public) send(w http.ResponseWriter, kind string, b []byte) {
	w.Header().Set("Cache-Control", "public, max-age=5")
	file(kind, b).ServeHTTP(w, nil)
}

// answer makes the page and the list anew after a few seconds. Two at once
// make the same.
func (p *public) answer() *publicAnswer {
	present := time.Now()
	if a := p.cached.Load(); a != nil && present.Before(a.until) {
		return a
	}
	now, _, _ := p.back.Clock()
	shown := p.incidents(now)
	list, err := json.Marshal(map[string]any{"incidents": shown, "now": now.UTC().Truncate(time.Second)})
	if err != nil {
		p.log.Error("public list cannot be made", "error", err)
		list = []byte(`{"incidents":[]}`)
	}
	a := &publicAnswer{until: present.Add(publicEvery), page: p.page(shown, now), json: append(list, '\n')}
	p.cached.Store(a)
	return a
}

// incidents returns what is public, the newest first.
func (p *public) incidents(now time.Time) []PublicIncident {
	out := []PublicIncident{}
	f := IncidentFilter{OpenedOnly: true, Since: now.AddDate(0, 0, -publicDays).UnixNano(), Limit: MaxPage}
	for _, a := range PublicAttacks(p.back.Incidents(f), now, p.key, p.hold) {
		v := PublicIncident{ID: a.ID, State: a.State, Severity: a.Severity, Started: told(a.Started), Ended: told(a.Ended), Text: a.Text}
		if a.State == "withdrawn" {
			v.Correction = "This was a false alarm. What was said here before was wrong."
		}
		out = append(out, v)
	}
	return out
}

func told(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func (p *public) page(shown []PublicIncident, now time.Time) []byte {
	var recent, current []PublicIncident
	for _, v := range shown {
		if v.State == "ongoing" || v.State == "easing" {
			current = append(current, v)
		} else {
			recent = append(recent, v)
		}
	}
	var b writer
	if err := statusPage.Execute(&b, map[string]any{"Current": current, "Recent": recent, "Now": now.UTC().Format("2006-01-02 15:04 UTC")}); err != nil {
		p.log.Error("public page cannot be made", "error", err)
	}
	return b
}

type writer []byte

// Write is that of io.Writer.
func (w *writer) Write(b []byte) (int, error) { *w = append(*w, b...); return len(b), nil }

var statusPage = template.Must(template.New("status").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Floodmark: status</title></head>
<body><main><h1>Floodmark</h1>
<p><strong>{{with .Current}}{{len .}} {{if eq (len .) 1}}incident{{else}}incidents{{end}} now{{else}}No incidents now{{end}}</strong>, as of {{.Now}}.</p>
{{define "list"}}<ul>{{range .}}<li id="i-{{.ID}}"><strong>{{.State}}</strong> ({{.Severity}}): {{.Text}}{{with .Correction}} {{.}}{{end}} <small>{{with .Started}}Since {{.Format "2006-01-02 15:04 UTC"}}{{end}}{{with .Ended}} until {{.Format "2006-01-02 15:04 UTC"}}{{end}}</small></li>{{end}}</ul>{{end}}
{{with .Current}}{{template "list" .}}{{end}}{{with .Recent}}<h2>Before</h2>{{template "list" .}}{{end}}
<p><a href="/api/v1/public/incidents">The same as JSON</a></p></main></body></html>
`))
