package public

import (
	"net/http"
	"net/url"
	"strings"

	"floodmark/internal/httpkit"
	"floodmark/internal/model"
	"floodmark/internal/public/page"
)

// Names of things in forms, in the API and in addresses.
var (
	kindNames    = map[string]model.ReportKind{"problem": model.Problem, "works": model.Works}
	receiptNames = map[string]model.ReceiptState{"counted": model.Counted, "duplicate": model.Duplicate}
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

// fill puts the fields of a report into a submission. It checks only what the
// submission cannot hold; the intake checks the rest.
func fill(sub *model.Submission, f fields) *httpkit.Problem {
	if kind := f["kind"]; kind != "" {
		var ok bool
		if sub.Kind, ok = kindNames[kind]; !ok {
			return invalid("the kind must be problem or works")
		}
	}
	sub.Component, sub.Text, sub.Country, sub.Region = f["component"], f["text"], f["country"], f["region"]
	if place := f["place"]; place != "" && sub.Country == "" {
		sub.Country, sub.Region, _ = strings.Cut(place, "-")
	}
	sub.Solution = clip(f["solution"], maxHeader)
	return nil
}

var reportFields = []string{"component", "kind", "text", "place", "country", "region", "solution", "form", "via"}

// reportForm shows the report form on a page of its own, with a token that
// replaces the proof of work for browsers without scripts.
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
	s.showReportForm(w, r, http.StatusOK, v)
}

// showReportForm shows the report form with the values of v.
func (s *site) showReportForm(w http.ResponseWriter, r *http.Request, status int, v page.ReportView) {
	slug := v.Service.Service.Slug
	if c, err := s.Backend.Challenge(slug, s.visitor(r, slug)); err == nil {
		v.FormToken = c.Token
	} // without a token the form works where no proof is required
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
	form := page.ReportView{Service: sv, Component: clip(f["component"], maxName), Kind: clip(f["kind"], maxName),
		Text: clip(f["text"], maxEcho), Place: clip(f["place"], maxName), Via: f["via"]}
	if p := fill(&sub, f); p != nil {
		form.Notice = page.Incorrect
		s.showReportForm(w, r, p.Status, form)
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
		s.redirectToThanks(w, r, back, sub.Kind, receipt.State)
		return
	}
	p = s.fault(r.Context(), err)
	if form.Notice = noticeOf(p, proved); form.Notice == page.NoNotice {
		s.refusePage(w, r, p, back)
		return
	}
	s.showReportForm(w, r, p.Status, form)
}

// noticeOf is what a form that is shown again says about a problem, NoNotice
// where showing the form again does not help.
func noticeOf(p *httpkit.Problem, proved bool) page.Notice {
	switch {
	case p.Status == http.StatusUnprocessableEntity:
		return page.Incorrect
	case p.Status != http.StatusPreconditionRequired:
		return page.NoNotice
	case proved:
		return page.WorkOld
	}
	return page.OnceMore
}

// redirectToThanks sends the browser to a page that can be reloaded without
// reporting again.
func (s *site) redirectToThanks(w http.ResponseWriter, r *http.Request, back string, kind model.ReportKind, state model.ReceiptState) {
	q := url.Values{"state": {nameOf(receiptNames, state)}, "kind": {nameOf(kindNames, kind)}}
	if l := r.URL.Query().Get("lang"); page.Known(l) {
		q.Set("lang", l)
	}
	h := w.Header()
	h["Cache-Control"] = noStore
	h["Location"] = []string{back + "/thanks?" + q.Encode()}
	w.WriteHeader(http.StatusSeeOther)
}

// thanks confirms a report. The outcome is in the address; nothing is stored
// about the visitor.
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
