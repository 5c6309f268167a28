package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/model"
)

// Config is what pages are made of.
type Config struct {
	Backend Backend
	// Moderation is user reports and their moderation; nil for no page about them.
	Moderation api.Moderation
	// Geo tells which address data is in use; nil or an empty Status is none.
	Geo     func() model.GeoInfo
	Version string
	// Collectors are the addresses on which exporters are heard, for the
	// sentence that tells where to point a router.
	Collectors []string
	Log        *slog.Logger // nil for none
	// Synthetic is the name of the scenario that is played, "" for none.
	Synthetic string
}

// files are the style sheet, which is part of the tree, and the bundle of the
// islands, which is there only where it was built.
//
//go:embed static templates
var files embed.FS

// pages is the state of the handlers.
type pages struct {
	back       Backend
	moderation api.Moderation
	synthetic  string
	geo        func() model.GeoInfo
	version    string
	collectors []string
	log        *slog.Logger
	templates  map[string]*template.Template
	style      string // path of the style sheet, with a name that changes with it
	script     string // of the bundle, "" where there is none
	answers    answers
}

// New returns the handler of the pages, to be mounted on the operator's
// listener, which says who asks (api.CallerOf).
func New(c Config) http.Handler {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Geo == nil {
		c.Geo = func() model.GeoInfo { return model.GeoInfo{} }
	}
	p := &pages{back: c.Backend, moderation: c.Moderation, synthetic: c.Synthetic, geo: c.Geo, version: c.Version, collectors: c.Collectors, log: c.Log, templates: parse(),
		style: asset("style.css"), script: asset("app.js")}
	p.answers = answers{ask: p.back.Flows, now: time.Now, kept: make(map[string]*kept), places: make(chan struct{}, askAtOnce)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /static/{file}", static)
	mux.HandleFunc("GET /{$}", p.overview)
	mux.HandleFunc("GET /traffic", p.traffic)
	mux.HandleFunc("GET /flows", p.flows)
	mux.HandleFunc("GET /incidents", p.incidents)
	mux.HandleFunc("GET /incidents/{id}", p.incident)
	mux.HandleFunc("GET /incidents/{id}/report", p.report)
	mux.HandleFunc("POST /incidents/{id}/{command}", p.command)
	if c.Moderation != nil {
		mux.HandleFunc("GET /reports", p.reports)
		mux.HandleFunc("POST /reports/moderation/{id}", p.moderate)
	}
	mux.HandleFunc("GET /login", p.login)
	mux.HandleFunc("GET /about", p.about)
	mux.HandleFunc("/", p.nowhere)
	return mux
}

// asset is the path of an embedded file, "" where this build has none.
func asset(name string) string {
	b, err := files.ReadFile("static/" + name)
	if err != nil {
		return ""
	}
	h := sha256.Sum256(b)
	return "/static/" + name + "?v=" + hex.EncodeToString(h[:6])
}

// kinds of the files that are served; no other is.
var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}

func static(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	b, err := fs.ReadFile(files, "static/"+name)
	kind := kinds[path.Ext(name)]
	if err != nil || kind == "" {
		http.Error(w, "there is no such file", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", kind)
	if r.URL.Query().Has("v") { // the name changes with the file
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	_, _ = w.Write(b) // the client is gone
}

// base is what every page has.
type base struct {
	Title, Nav    string
	Style, Script string
	Now           time.Time
	Speed         float64
	Version       string
	Caller        api.Caller
	MayOperate    bool
	Ready         bool
	Reasons       []string
	Blind         []model.Condition // warning and critical
	Geo           model.GeoInfo
	Refresh       int  // seconds between looks for something new, 0 for never
	Alone         bool // without navigation
	Reports       bool // there is a page of reports
	Synthetic     string
}

func (p *pages) base(r *http.Request, title, nav string) base {
	now, speed, _ := p.back.Clock()
	h, who := p.back.Health(), api.CallerOf(r.Context())
	b := base{Title: title, Nav: nav, Style: p.style, Script: p.script, Now: now.UTC(), Speed: speed, Version: p.version, Caller: who,
		MayOperate: who.May(api.Operate), Ready: h.Ready, Reasons: h.Reasons, Geo: p.geo(), Reports: p.moderation != nil, Synthetic: p.synthetic}
	for _, c := range p.back.Conditions() {
		if c.Severity != model.Info {
			b.Blind = append(b.Blind, c)
		}
	}
	return b
}

// show renders a page whole before its first octet is sent, so that a fault
// never leaves half a page.
func (p *pages) show(w http.ResponseWriter, status int, name string, view any) {
	var b bytes.Buffer
	if err := p.templates[name].ExecuteTemplate(&b, "layout", view); err != nil {
		p.log.Error("page not rendered", "page", name, "error", err)
		http.Error(w, "This page could not be rendered. See the server's log for the reason.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the client is gone
}

// messageView is a page that says one thing.
type messageView struct {
	base
	notice
}

// notice is what it says, and what to do then.
type notice struct{ Headline, Text, Hint string }

func (p *pages) message(w http.ResponseWriter, r *http.Request, status int, n notice) {
	p.show(w, status, "message", messageView{p.base(r, n.Headline, ""), n})
}

func (p *pages) nowhere(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		p.message(w, r, http.StatusMethodNotAllowed, notice{"Method not allowed", "This address does not support " + strings.ToUpper(r.Method) + ".", ""})
		return
	}
	p.message(w, r, http.StatusNotFound, notice{"Page not found", "There is nothing at this address.", "The pages are listed above."})
}
