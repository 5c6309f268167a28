package public

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"floodmark/internal/model"
	"floodmark/internal/public/page"
)

// Limits of other forms, in characters.
const (
	maxComment = 500
	maxURL     = 200
	maxMail    = 254 // octets: RFC 5321, 4.5.3.1.3, without the angle brackets
	maxToken   = 512
)

// formRoutes are the forms, and the pages that they lead to.
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

// do carries out what a form asks for and says that it is done.
func (s *site) do(w http.ResponseWriter, r *http.Request, v *page.SaidView, deed func(context.Context) error) {
	ctx, cancel := inTime(r)
	defer cancel()
	if err := deed(ctx); err != nil {
		s.refusePage(w, r, s.fault(r.Context(), err), v.Back)
		return
	}
	v.Common = s.common("")
	writePage(w, http.StatusOK, s.Page.Said(language(r), *v))
}

// line is a field of one line with at most so many characters, "" where it is
// none.
func line(s string, most int) string {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > most || !printable(s) || strings.ContainsAny(s, "\r\n") {
		return ""
	}
	return s
}

func (s *site) suggestForm(w http.ResponseWriter, r *http.Request) {
	s.alone(w, r, func(lang string) []byte { return s.suggestPage(r, lang, page.SuggestView{}) })
}

// suggestPage is the form with a token that stands for the proof of work where
// no script runs.
func (s *site) suggestPage(r *http.Request, lang string, v page.SuggestView) []byte {
	v.Common = s.common("/suggest")
	if c, err := s.Backend.Challenge("", s.visitor(r, "")); err == nil {
		v.FormToken = c.Token
	}
	return s.Page.Suggest(lang, v)
}

// suggestion makes one of fields, false where they are not right.
func (s *site) suggestion(r *http.Request, f fields) (model.Suggestion, bool) {
	g := model.Suggestion{Name: line(f["name"], maxName), URL: line(f["url"], maxURL), Text: strings.TrimSpace(f["text"]), From: s.visitor(r, "")}
	g.From.Solution = clip(f["solution"], maxHeader)
	if g.From.Solution == "" {
		g.From.Solution = clip(f["form"], maxHeader)
	}
	ok := g.Name != "" && (g.URL != "" || f["url"] == "") && utf8.RuneCountInString(g.Text) <= maxComment && printable(g.Text)
	if u, err := url.Parse(g.URL); ok && g.URL != "" {
		ok = err == nil && (u.Scheme == "https" || u.Scheme == "http" || u.Scheme == "" && !strings.Contains(g.URL, ":"))
	}
	return g, ok
}

func (s *site) suggest(w http.ResponseWriter, r *http.Request) {
	f, p := s.form(w, r, "name", "url", "text", "solution", "form")
	if p != nil {
		s.refusePage(w, r, p, "/suggest")
		return
	}
	again := page.SuggestView{Name: clip(f["name"], maxURL), URL: clip(f["url"], maxURL), Text: clip(f["text"], 4*maxComment), Notice: page.Incorrect}
	g, ok := s.suggestion(r, f)
	if !ok {
		writePage(w, http.StatusUnprocessableEntity, s.suggestPage(r, language(r), again))
		return
	}
	ctx, cancel := inTime(r)
	defer cancel()
	err := s.Backend.Suggest(ctx, g)
	if err == nil {
		writePage(w, http.StatusOK, s.Page.Said(language(r), page.SaidView{Common: s.common(""), Deed: page.Suggested}))
		return
	}
	if p = s.fault(r.Context(), err); p.Status != http.StatusPreconditionRequired {
		s.refusePage(w, r, p, "/suggest")
		return
	}
	if again.Notice = page.OnceMore; f["solution"] != "" {
		again.Notice = page.WorkOld
	}
	writePage(w, p.Status, s.suggestPage(r, language(r), again))
}

// serviceOf returns the service in the path of a form, and false after it has
// answered that there is none.
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
	c := model.Comment{Service: slug, Text: strings.TrimSpace(f["text"]), From: s.visitor(r, slug)}
	if c.From.Solution = clip(f["solution"], maxHeader); c.From.Solution == "" {
		c.From.Solution = clip(f["form"], maxHeader)
	}
	if p == nil && (c.Text == "" || utf8.RuneCountInString(c.Text) > maxComment || !printable(c.Text)) {
		p = invalid("a comment has 1 to 500 characters")
	}
	if p != nil {
		s.refusePage(w, r, p, "/s/"+slug)
		return
	}
	ctx, cancel := inTime(r)
	defer cancel()
	token, err := s.Backend.Comment(ctx, c)
	if err == nil {
		writePage(w, http.StatusOK, s.Page.Said(language(r), page.SaidView{Common: s.common(""), Deed: page.Commented, Token: token, Back: "/s/" + slug}))
		return
	}
	if p = s.fault(r.Context(), err); p.Status != http.StatusPreconditionRequired {
		s.refusePage(w, r, p, "/s/"+slug)
		return
	}
	again := page.CommentView{Text: c.Text, Notice: page.OnceMore}
	if f["solution"] != "" {
		again.Notice = page.WorkOld
	}
	s.commentAgain(w, r, slug, again)
}

// commentAgain shows the form for a comment by itself, with a token that stands
// for the proof of work where no script runs: the page of a service is
// everybody's and has none.
func (s *site) commentAgain(w http.ResponseWriter, r *http.Request, slug string, v page.CommentView) {
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
	s.do(w, r, &page.SaidView{Deed: page.Uncommented}, func(ctx context.Context) error { return s.Backend.Uncomment(ctx, token) })
}

func (s *site) subscribe(w http.ResponseWriter, r *http.Request) {
	slug, ok := s.serviceOf(w, r, s.Backend.Features().Mail)
	if !ok {
		return
	}
	f, p := s.form(w, r, "address")
	address := line(f["address"], maxMail)
	if name, domain, ok := strings.Cut(address, "@"); p == nil && (!ok || name == "" || domain == "" || len(address) > maxMail) {
		p = invalid("this is no address for mail")
	}
	if p != nil {
		s.refusePage(w, r, p, "/s/"+slug)
		return
	}
	s.do(w, r, &page.SaidView{Deed: page.Subscribed, Back: "/s/" + slug}, func(ctx context.Context) error { return s.Backend.Subscribe(ctx, address, slug, s.ClientAddress(r)) })
}

// mailPage shows a button for what a link of a mail stands for: programs that
// look at mails follow links, and must not confirm anything.
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
	s.do(w, r, &page.SaidView{Deed: page.Confirmed}, func(ctx context.Context) error { return s.Backend.Confirm(ctx, token) })
}

// unsubscribe takes the form of its page, and the one click of a mail program.
func (s *site) unsubscribe(w http.ResponseWriter, r *http.Request) {
	token := line(r.URL.Query().Get("token"), maxToken)
	var p *Problem
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
	s.do(w, r, &page.SaidView{Deed: page.Unsubscribed}, func(ctx context.Context) error { return s.Backend.Unsubscribe(ctx, token) })
}

// oneClick checks the body of RFC 8058, 3.2, which comes as either kind of form.
// It may be sent by the page of any mail program: who has the token in the
// address may use it.
func oneClick(w http.ResponseWriter, r *http.Request) *Problem {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return problem(http.StatusBadRequest, "the body cannot be read", "")
	}
	if !bytes.Contains(b, []byte("One-Click")) {
		return invalid("the body has to be List-Unsubscribe=One-Click")
	}
	return nil
}
