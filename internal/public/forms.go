package public

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"unicode"

	"floodmark/internal/httpkit"
	"floodmark/internal/model"
	"floodmark/internal/public/page"
)

const (
	maxEcho  = 2000 // bytes of a field that is shown again in its form
	maxMail  = 254  // bytes of an address (RFC 5321, 4.5.3.1.3, without the angle brackets)
	maxToken = 512
)

// formRoutes are the forms and the pages that they lead to.
func (s *site) formRoutes() {
	s.handle("/s/{service}/report", handlers{get: s.reportForm, post: s.report})
	s.handle("/s/{service}/thanks", handlers{get: s.thanks})
	s.handle("/suggest", handlers{get: s.suggestForm, post: s.suggest})
	s.handle("/s/{service}/comment", handlers{post: s.comment})
	s.handle("/s/{service}/comments", handlers{post: s.comment})
	s.handle("/comments/delete", handlers{post: s.uncomment})
	s.handle("/s/{service}/subscribe", handlers{post: s.subscribe})
	s.handle("/mail/confirm", handlers{get: s.mailPage(false), post: s.confirm})
	s.handle("/mail/unsubscribe", handlers{get: s.mailPage(true), post: s.unsubscribe})
}

// perform runs the action of a form and shows its result.
func (s *site) perform(w http.ResponseWriter, r *http.Request, v *page.ResultView, action func(context.Context) error) {
	ctx, cancel := inTime(r)
	defer cancel()
	if err := action(ctx); err != nil {
		s.refusePage(w, r, s.fault(r.Context(), err), v.Back)
		return
	}
	v.Common = s.common("")
	writePage(w, http.StatusOK, s.Page.Result(language(r), *v))
}

// line is a field of at most max bytes that has one line, otherwise "".
func line(s string, max int) string {
	s = strings.TrimSpace(s)
	if len(s) > max || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return s
}

// proof is the solution that came with a form, or its token for browsers without
// scripts.
func proof(f fields) string {
	if f["solution"] != "" {
		return clip(f["solution"], maxHeader)
	}
	return clip(f["form"], maxHeader)
}

func (s *site) suggestForm(w http.ResponseWriter, r *http.Request) {
	s.alone(w, r, func(lang string) []byte { return s.suggestPage(r, lang, page.SuggestView{}) })
}

// suggestPage is the form with a token that replaces the proof of work for
// browsers without scripts.
func (s *site) suggestPage(r *http.Request, lang string, v page.SuggestView) []byte {
	v.Common = s.common("/suggest")
	if c, err := s.Backend.Challenge("", s.visitor(r, "")); err == nil {
		v.FormToken = c.Token
	}
	return s.Page.Suggest(lang, v)
}

// suggestion makes one of fields. Moderation checks it.
func (s *site) suggestion(r *http.Request, f fields) model.Suggestion {
	g := model.Suggestion{Name: f["name"], URL: f["url"], Text: f["text"], From: s.visitor(r, "")}
	g.From.Solution = proof(f)
	return g
}

func (s *site) suggest(w http.ResponseWriter, r *http.Request) {
	f, p := s.form(w, r, "name", "url", "text", "solution", "form")
	if p != nil {
		s.refusePage(w, r, p, "/suggest")
		return
	}
	ctx, cancel := inTime(r)
	defer cancel()
	err := s.Backend.Suggest(ctx, s.suggestion(r, f))
	if err == nil {
		writePage(w, http.StatusOK, s.Page.Result(language(r), page.ResultView{Common: s.common(""), Action: page.Suggested}))
		return
	}
	p = s.fault(r.Context(), err)
	form := page.SuggestView{Name: clip(f["name"], maxEcho), URL: clip(f["url"], maxEcho), Text: clip(f["text"], maxEcho)}
	if form.Notice = noticeOf(p, f["solution"] != ""); form.Notice == page.NoNotice {
		s.refusePage(w, r, p, "/suggest")
		return
	}
	writePage(w, p.Status, s.suggestPage(r, language(r), form))
}

// serviceOf returns the service in the path of a form. It returns false after it
// has answered that there is none.
func (s *site) serviceOf(w http.ResponseWriter, r *http.Request, offered bool) (slug string, ok bool) {
	slug = r.PathValue("service")
	if _, ok = s.Backend.Service(slug); !ok || !offered {
		s.missing(w, r)
		return "", false
	}
	return slug, true
}

func (s *site) comment(w http.ResponseWriter, r *http.Request) {
	slug, ok := s.serviceOf(w, r, s.Backend.Features().Comments)
	if !ok {
		return
	}
	f, p := s.form(w, r, "text", "solution", "form")
	if p != nil {
		s.refusePage(w, r, p, "/s/"+slug)
		return
	}
	c := model.Comment{Service: slug, Text: f["text"], From: s.visitor(r, slug)}
	c.From.Solution = proof(f)
	ctx, cancel := inTime(r)
	defer cancel()
	token, err := s.Backend.Comment(ctx, c)
	if err == nil {
		v := page.ResultView{Common: s.common(""), Action: page.Commented, Token: token, Back: "/s/" + slug}
		writePage(w, http.StatusOK, s.Page.Result(language(r), v))
		return
	}
	p = s.fault(r.Context(), err)
	if p.Status != http.StatusPreconditionRequired {
		s.refusePage(w, r, p, "/s/"+slug)
		return
	}
	s.showCommentForm(w, r, slug, page.CommentView{Text: clip(c.Text, maxEcho), Notice: noticeOf(p, f["solution"] != "")})
}

// showCommentForm shows the form for a comment on a page of its own, with a token
// that replaces the proof of work for browsers without scripts. The page of a
// service is the same for everybody and has no token.
func (s *site) showCommentForm(w http.ResponseWriter, r *http.Request, slug string, v page.CommentView) {
	v.Common = s.common("")
	v.Service, _ = s.Backend.Service(slug)
	if c, err := s.Backend.Challenge(slug, s.visitor(r, slug)); err == nil {
		v.FormToken = c.Token
	}
	writePage(w, http.StatusPreconditionRequired, s.Page.Comment(language(r), v))
}

func (s *site) uncomment(w http.ResponseWriter, r *http.Request) {
	f, p := s.form(w, r, "token")
	token := line(f["token"], maxToken)
	if p == nil && token == "" {
		p = invalid("the token is missing")
	}
	if p != nil {
		s.refusePage(w, r, p, "")
		return
	}
	s.perform(w, r, &page.ResultView{Action: page.Uncommented}, func(ctx context.Context) error { return s.Backend.Uncomment(ctx, token) })
}

func (s *site) subscribe(w http.ResponseWriter, r *http.Request) {
	slug, ok := s.serviceOf(w, r, s.Backend.Features().Mail)
	if !ok {
		return
	}
	f, p := s.form(w, r, "address")
	if p != nil {
		s.refusePage(w, r, p, "/s/"+slug)
		return
	}
	s.perform(w, r, &page.ResultView{Action: page.Subscribed, Back: "/s/" + slug}, func(ctx context.Context) error {
		return s.Backend.Subscribe(ctx, line(f["address"], maxMail), slug, s.ClientAddress(r))
	})
}

// mailPage shows a confirmation button for a link from a mail: mail scanners
// follow links, and must not confirm anything.
func (s *site) mailPage(leave bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token := line(r.URL.Query().Get("token"), maxToken)
		if token == "" || !s.Backend.Features().Mail {
			s.missing(w, r)
			return
		}
		s.alone(w, r, func(lang string) []byte {
			return s.Page.Mail(lang, page.MailView{Common: s.common(""), Leave: leave, Token: token})
		})
	}
}

func (s *site) confirm(w http.ResponseWriter, r *http.Request) {
	f, p := s.form(w, r, "token")
	if p != nil {
		s.refusePage(w, r, p, "")
		return
	}
	token := line(f["token"], maxToken)
	s.perform(w, r, &page.ResultView{Action: page.Confirmed}, func(ctx context.Context) error { return s.Backend.Confirm(ctx, token) })
}

// unsubscribe takes the form of its page and the one click of a mail program.
func (s *site) unsubscribe(w http.ResponseWriter, r *http.Request) {
	token := line(r.URL.Query().Get("token"), maxToken)
	var p *httpkit.Problem
	if token != "" {
		p = oneClick(w, r)
	} else {
		var f fields
		f, p = s.form(w, r, "token")
		token = line(f["token"], maxToken)
	}
	if p != nil {
		s.refusePage(w, r, p, "")
		return
	}
	s.perform(w, r, &page.ResultView{Action: page.Unsubscribed}, func(ctx context.Context) error { return s.Backend.Unsubscribe(ctx, token) })
}

// oneClick checks the body of RFC 8058, 3.2, which comes as either kind of form.
// Pages of any mail program may send it: whoever has the token in the address
// may use it.
func oneClick(w http.ResponseWriter, r *http.Request) *httpkit.Problem {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return problem(http.StatusBadRequest, "the body could not be read", "")
	}
	if !bytes.Contains(b, []byte("One-Click")) {
		return invalid("the body must be List-Unsubscribe=One-Click")
	}
	return nil
}
