package page

import (
	"log/slog"
)

// Config is what a Site is made of.
type Config struct {
	Log *slog.Logger // is told of a page that could not be made, a fault of this program; nil for none
}

// Site renders the pages.
type Site struct{ log *slog.Logger }

// New reads the templates, strings and shapes, which are part of the program.
func New(c Config) *Site {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Site{log: c.Log}
}

// Languages are those that pages are written in, the default first.
func Languages() []string { return []string{"en", "de", "es"} }

// Match chooses a language for an Accept-Language header.
func Match(acceptLanguage string) string { return "en" }

// Known reports whether pages are written in a language.
func Known(lang string) bool { return lang == "en" || lang == "de" || lang == "es" }

// Static returns a file of /static/ and its media type, false where there is
// none. Files asked for with ?v= may be kept for ever.
func (s *Site) Static(name string) (body []byte, kind string, ok bool) { return nil, "", false }

// Home is the first page.
func (s *Site) Home(lang string, v HomeView) []byte { return s.render("home", lang, v) }

// Service is the page of a service.
func (s *Site) Service(lang string, v ServiceView) []byte { return s.render("service", lang, v) }

// Report is the report form on a page of its own, under 30 kB with its style sheet.
func (s *Site) Report(lang string, v ReportView) []byte { return s.render("report", lang, v) }

// Done thanks for a report.
func (s *Site) Done(lang string, v DoneView) []byte { return s.render("done", lang, v) }

// Problem says why there is no page, or why something was not taken.
func (s *Site) Problem(lang string, v ProblemView) []byte { return s.render("problem", lang, v) }

// Incident is the story of an incident.
func (s *Site) Incident(lang string, v IncidentView) []byte { return s.render("incident", lang, v) }

// Data is the page of open data.
func (s *Site) Data(lang string, v DataView) []byte { return s.render("data", lang, v) }

// About says what this is and how sure.
func (s *Site) About(lang string, v AboutView) []byte { return s.render("about", lang, v) }

// Suggest is the form for a service that is missing.
func (s *Site) Suggest(lang string, v SuggestView) []byte { return s.render("suggest", lang, v) }

// Mail asks for a tap before a link of a mail does anything.
func (s *Site) Mail(lang string, v MailView) []byte { return s.render("mail", lang, v) }

// Said tells that a deed is done.
func (s *Site) Said(lang string, v SaidView) []byte { return s.render("said", lang, v) }

// Button is the button on somebody's page, to be shown in a frame.
func (s *Site) Button(lang string, v ButtonView) []byte { return s.render("button", lang, v) }

// Near is the fragment of /fragments/near: HTML to be put into a page.
func (s *Site) Near(lang string, v NearView) []byte { return s.render("near", lang, v) }

func (s *Site) render(name, lang string, v any) []byte {
	return []byte("<!doctype html><title>" + name + "</title>")
}
