package page

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"log/slog"
	"path"

	"floodmark/internal/chart"
)

// files are the style sheets, which are part of the tree, the bundle of the
// islands, which is there only where it was built, and the templates.
//
//go:embed static templates
var files embed.FS

var pageNames = []string{"home", "service", "report", "done", "problem", "incident", "data", "about", "suggest", "comment", "mail", "result"}

// Config is what a Site is made of.
type Config struct {
	Log *slog.Logger // is told of a page that could not be made, a fault of this program; nil for none
}

// Site renders the pages.
type Site struct {
	log       *slog.Logger
	templates map[string]map[string]*template.Template // by language and name
	locales   map[string]*locale
	world     *chart.World
	style     string // path of the style sheet, with a name that changes with it
	joined    string // of what the page of an incident has besides
	button    string // of the button's
	script    string // of the bundle, "" where there is none
}

// New reads the templates, strings and shapes, which are part of the program.
func New(c Config) *Site {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Site{log: c.Log, templates: make(map[string]map[string]*template.Template), locales: make(map[string]*locale), world: chart.NewWorld(),
		style: asset("style.css"), joined: asset("incident.css"), button: asset("button.css"), script: asset("public.js")}
	for _, lang := range languages {
		l := newLocale(lang)
		s.locales[lang], s.templates[lang] = l, parse(l)
	}
	return s
}

// parse reads all templates for one language. They are part of the program: an
// error in one is a fault of it, and a test renders each.
func parse(l *locale) map[string]*template.Template {
	common := template.Must(template.New("layout").Funcs(functions(l)).ParseFS(files, "templates/layout.html", "templates/parts.html", "templates/form.html", "templates/commentform.html", "templates/joined.html"))
	out := make(map[string]*template.Template)
	for _, n := range pageNames {
		out[n] = template.Must(template.Must(common.Clone()).ParseFS(files, "templates/"+n+".html"))
	}
	for _, n := range []string{"button", "near"} {
		out[n] = template.Must(template.New("layout").Funcs(functions(l)).ParseFS(files, "templates/"+n+".html"))
	}
	return out
}

func functions(l *locale) template.FuncMap {
	return template.FuncMap{
		"t": l.t, "h": l.h, "n": func(key string, n int, args ...any) string { return l.n(key, float64(n), args...) },
		"when": l.when, "lasted": l.lasted, "count": func(n uint32) string { return l.count(float64(n)) }, "whole": l.count,
		"pct": l.pct, "pcts": l.pcts, "few": l.few, "part": l.part, "land": l.land, "word": l.word, "clean": clean,
		"marks": newMarks, "commentForm": func(slug string) commentForm { return commentForm{Slug: slug} },
		"day": func(s string) string { return clean(10, s) }, "per": chart.Percent, "wait": l.wait,
	}
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
var kinds = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}

// Static returns a file of /static/ and its media type, false where there is
// none. Files asked for with ?v= may be kept for ever.
func (s *Site) Static(name string) (body []byte, kind string, ok bool) {
	kind = kinds[path.Ext(name)]
	if kind == "" || path.Base(name) != name {
		return nil, "", false
	}
	b, err := files.ReadFile("static/" + name)
	return b, kind, err == nil
}

// Home is the first page.
func (s *Site) Home(lang string, v HomeView) []byte {
	l := s.locale(lang)
	return s.render(l, "home", newHome(l, s.frame(l, v.Common, l.t("home.title")), &v))
}

// Service is the page of a service.
func (s *Site) Service(lang string, v ServiceView) []byte {
	l := s.locale(lang)
	return s.render(l, "service", s.newService(l, s.frame(l, v.Common, clean(60, v.Service.Service.Name)), &v))
}

// Report is the report form on a page of its own, under 30 kB with its style sheet.
func (s *Site) Report(lang string, v ReportView) []byte {
	l := s.locale(lang)
	name := clean(60, v.Service.Service.Name)
	return s.render(l, "report", reportPage{s.frame(l, v.Common, l.t("report.title", name)), name, newForm(l, v)})
}

// Done thanks for a report.
func (s *Site) Done(lang string, v DoneView) []byte {
	l := s.locale(lang)
	return s.render(l, "done", newDone(l, s.frame(l, v.Common, l.t("done.title")), &v))
}

// Problem says why there is no page, or why something was not taken.
func (s *Site) Problem(lang string, v ProblemView) []byte {
	l := s.locale(lang)
	p := newProblem(l, &v)
	p.frame = s.frame(l, v.Common, p.Headline)
	return s.render(l, "problem", p)
}

// Incident is the story of an incident.
func (s *Site) Incident(lang string, v IncidentView) []byte {
	l := s.locale(lang)
	return s.render(l, "incident", s.newIncident(l, s.frame(l, v.Common, clean(60, userReportsOf(&v.Incident).Name)), &v))
}

// Data is the page of open data.
func (s *Site) Data(lang string, v DataView) []byte {
	l := s.locale(lang)
	return s.render(l, "data", newData(s.frame(l, v.Common, l.t("data.title")), &v))
}

// About says what this is and how sure.
func (s *Site) About(lang string, v AboutView) []byte {
	l := s.locale(lang)
	return s.render(l, "about", aboutPage{s.frame(l, v.Common, l.t("about.title"))})
}

// Suggest is the form for a service that is missing.
func (s *Site) Suggest(lang string, v SuggestView) []byte {
	l := s.locale(lang)
	return s.render(l, "suggest", suggestPage{s.frame(l, v.Common, l.t("suggest.title")), v, l.notice(v.Notice)})
}

// Comment is the form for a comment on a page of its own.
func (s *Site) Comment(lang string, v CommentView) []byte {
	l := s.locale(lang)
	service := v.Service.Service
	return s.render(l, "comment", commentPage{s.frame(l, v.Common, l.t("comments.say")), clean(60, service.Name),
		commentForm{service.Slug, v.FormToken, clean(500, v.Text), l.notice(v.Notice)}})
}

// Mail asks for a tap before a link of a mail does anything.
func (s *Site) Mail(lang string, v MailView) []byte {
	l := s.locale(lang)
	key := "mail.confirm"
	if v.Leave {
		key = "mail.leave"
	}
	return s.render(l, "mail", mailPage{s.frame(l, v.Common, l.t(key+".title")), key, v.Leave, clean(200, v.Token)})
}

// Result confirms an action.
func (s *Site) Result(lang string, v ResultView) []byte {
	l := s.locale(lang)
	key := resultKey(v.Action)
	return s.render(l, "result", resultPage{s.frame(l, v.Common, l.t(key+".title")), key, clean(200, v.Token), backTo(v.Back)})
}

// Button is the button on somebody's page, to be shown in a frame.
func (s *Site) Button(lang string, v ButtonView) []byte {
	l := s.locale(lang)
	b := buttonPage{Lang: l.lang, Style: s.button, Name: clean(60, v.Service.Service.Name), Slug: v.Service.Service.Slug, State: l.word(situation(v.Service))}
	return s.render(l, "button", b)
}

// Near is the fragment of /fragments/near: HTML to be put into a page.
func (s *Site) Near(lang string, v NearView) []byte {
	l := s.locale(lang)
	return s.render(l, "near", newNear(l, &v))
}

func (s *Site) locale(lang string) *locale {
	if l, ok := s.locales[lang]; ok {
		return l
	}
	return s.locales[languages[0]]
}

// render makes a page whole; a fault is told in the log and leaves a page that
// says so.
func (s *Site) render(l *locale, name string, view any) []byte {
	var b bytes.Buffer
	if err := s.templates[l.lang][name].ExecuteTemplate(&b, "layout", view); err != nil {
		s.log.Error("page not rendered", "page", name, "error", err)
		return []byte("<!doctype html><html lang=\"" + l.lang + "\"><title>Floodmark</title><h1>" + template.HTMLEscapeString(l.t("fault")) + "</h1></html>")
	}
	return b.Bytes()
}
