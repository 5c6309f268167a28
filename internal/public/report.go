package public

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"floodmark/internal/model"
	"floodmark/internal/public/page"
)

const maxText = 280 // characters of a report, as model.Report keeps them

// Names of things in forms, in the API and in addresses.
var (
	kindNames    = map[string]model.ReportKind{"problem": model.Problem, "works": model.Works}
	receiptNames = map[string]model.ReceiptState{"counted": model.Counted, "already": model.Already, "withheld": model.Withheld}
)

// nameOf is the inverse of the maps above.
func nameOf[T comparable](names map[string]T, v T) string {
	for name, have := range names {
		if have == v {
			return name
		}
	}
	return ""
}

// said puts what a visitor said into a submission, or tells what is wrong.
func (s *site) said(sub *model.Submission, f fields) *Problem {
	sv, ok := s.Backend.Service(sub.Service)
	if !ok {
		return noService
	}
	if sub.Component = f["component"]; sub.Component != "" {
		if _, ok := sv.Service.Component(sub.Component); !ok {
			return invalid("the service has no such component")
		}
	}
	if kind := f["kind"]; kind != "" {
		if sub.Kind, ok = kindNames[kind]; !ok {
			return invalid("the kind has to be problem or works")
		}
	}
	if sub.Text = strings.TrimSpace(f["text"]); utf8.RuneCountInString(sub.Text) > maxText {
		return invalid("the text has more than 280 characters")
	}
	if !printable(sub.Text) {
		return invalid("the text holds control characters")
	}
	country, region := f["country"], f["region"]
	if place := f["place"]; place != "" && country == "" {
		country, region, _ = strings.Cut(place, "-")
	}
	if sub.Country, sub.Region = strings.ToUpper(country), strings.ToUpper(region); !code(sub.Country, 2, 2) || !code(sub.Region, 1, 3) || sub.Country == "" && sub.Region != "" {
		return invalid("the place has to be a country of ISO 3166-1 such as US, and a part of it of ISO 3166-2 such as CA")
	}
	if sub.Solution = f["solution"]; len(sub.Solution) > maxHeader {
		return invalid("the solution is too long to be one")
	}
	return nil
}

// printable reports text without control characters but ends of line.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' })
}

// code reports a short code of letters and digits, or none.
func code(s string, least, most int) bool {
	return s == "" || len(s) >= least && len(s) <= most && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

var reportFields = []string{"component", "kind", "text", "place", "country", "region", "solution", "form", "via"}

// reportForm shows the form on a page of its own, with a token that stands for
// the proof of work where no script runs.
func (s *site) reportForm(w http.ResponseWriter, r *http.Request) {
	sv, ok := s.Backend.Service(r.PathValue("service"))
	if !ok {
		s.missing(w, r)
		return
	}
	q := r.URL.Query()
	v := page.ReportView{Service: sv, Component: clip(q.Get("component"), maxName), Kind: clip(q.Get("kind"), maxName)}
	if q.Get("via") == "button" {
		v.Via = "button"
	}
	s.askAgain(w, r, http.StatusOK, v)
}

// askAgain shows a form for a report.
func (s *site) askAgain(w http.ResponseWriter, r *http.Request, status int, v page.ReportView) {
	slug := v.Service.Service.Slug
	if c, err := s.Backend.Challenge(slug, s.visitor(r, slug)); err == nil {
		v.FormToken = c.Token
	} // without one the form works where no proof is asked for
	v.Common = s.common("/s/" + slug + "/report")
	writePage(w, status, s.Page.Report(language(r), v))
}

// report takes the form of a report.
func (s *site) report(w http.ResponseWriter, r *http.Request) {
	slug := r.PathValue("service")
	sv, ok := s.Backend.Service(slug)
	if !ok {
		s.missing(w, r)
		return
	}
	back := "/s/" + slug
	f, p := s.form(w, r, reportFields...)
	sub := s.visitor(r, slug)
	if f["via"] == "button" {
		sub.Via = model.ViaButton
	}
	if p != nil {
		s.refusePage(w, r, p, back)
		return
	}
	again := page.ReportView{Service: sv, Component: f["component"], Kind: f["kind"], Text: clip(f["text"], 4*maxText), Place: clip(f["place"], maxName), Via: f["via"]}
	if p := s.said(&sub, f); p != nil {
		again.Notice = page.Incorrect
		s.askAgain(w, r, p.Status, again)
		return
	}
	proved := sub.Solution != ""
	if !proved {
		sub.Solution = clip(f["form"], maxHeader)
	}
	ctx, cancel := inTime(r)
	defer cancel()
	receipt, err := s.Backend.Submit(ctx, sub)
	if err == nil {
		s.thank(w, r, back, sub.Kind, receipt.State)
		return
	}
	p = s.fault(r.Context(), err)
	if p.Status != http.StatusPreconditionRequired {
		s.refusePage(w, r, p, back)
		return
	}
	if again.Notice = page.OnceMore; proved {
		again.Notice = page.WorkOld
	}
	s.askAgain(w, r, p.Status, again)
}

// thank sends the browser to a page that can be loaded anew without reporting
// once more.
func (s *site) thank(w http.ResponseWriter, r *http.Request, back string, kind model.ReportKind, state model.ReceiptState) {
	q := url.Values{"state": {nameOf(receiptNames, state)}, "kind": {nameOf(kindNames, kind)}}
	if l := r.URL.Query().Get("lang"); page.Known(l) {
		q.Set("lang", l)
	}
	h := w.Header()
	h["Cache-Control"] = noStore
	h["Location"] = []string{back + "/thanks?" + q.Encode()}
	w.WriteHeader(http.StatusSeeOther)
}

// thanks says that a report was taken. The address says in which way, and
// nothing is kept about the visitor.
func (s *site) thanks(w http.ResponseWriter, r *http.Request) {
	sv, ok := s.Backend.Service(r.PathValue("service"))
	q := r.URL.Query()
	state, known := receiptNames[q.Get("state")]
	kind, knownKind := kindNames[q.Get("kind")]
	if !ok || !known || !knownKind && q.Has("kind") {
		s.missing(w, r)
		return
	}
	s.alone(w, r, func(lang string) []byte {
		return s.Page.Done(lang, page.DoneView{Common: s.common(""), Service: sv, State: state, Kind: kind})
	})
}
