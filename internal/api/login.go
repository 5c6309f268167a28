package api

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"floodmark/internal/httpkit"
)

// login begins a session for a browser: POST with the form field token, and
// next for where to go then.
func (o *operator) login(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		problem(http.StatusBadRequest, "the form cannot be read", "send token as application/x-www-form-urlencoded").Write(w)
		return
	}
	next := safeNext(r.PostForm.Get("next"))
	a, from, now := o.auth, place(r.RemoteAddr), o.auth.now()
	if d := a.failures.wait(from, now); d > 0 {
		seconds := int(d.Seconds()) + 1
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		refuseLogin(w, r, "wait", problem(http.StatusTooManyRequests, "too many failed logins from your address", "try again in a minute").After(d))
		return
	}
	t, ok := a.byText(r.PostForm.Get("token"))
	if !ok {
		a.failures.add(from, now)
		refuseLogin(w, r, "failed", problem(http.StatusUnauthorized, "this is no token of this server", "floodmark token new makes one"))
		return
	}
	if c, err := r.Cookie(sessionCookie); err == nil {
		a.sessions.end(c.Value)
	}
	setSession(w, r, a.sessions.begin(t.Hash, now), int(sessionLife.Seconds()))
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// refuseLogin sends browsers back to the form, others get the problem.
func refuseLogin(w http.ResponseWriter, r *http.Request, why string, p *httpkit.Problem) {
	if !wantsHTML(r) {
		p.Write(w)
		return
	}
	q := url.Values{why: {"1"}, "next": {safeNext(r.PostForm.Get("next"))}}
	http.Redirect(w, r, "/login?"+q.Encode(), http.StatusSeeOther)
}

func (o *operator) logout(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(sessionCookie); err == nil {
		o.auth.sessions.end(c.Value)
	}
	setSession(w, r, "", -1)
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

func setSession(w http.ResponseWriter, r *http.Request, id string, seconds int) {
	http.SetCookie(w, &http.Cookie{Name: sessionCookie, Value: id, Path: "/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: r.TLS != nil})
}

// safeNext keeps where to go within this server.
func safeNext(s string) string {
	u, err := url.Parse(s)
	if err != nil || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.Contains(s, "\\") || u.Host != "" || u.Scheme != "" || len(s) > 2048 {
		return "/"
	}
	return s
}

func wantsHTML(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// loginPage is served as long as there are no pages that bring their own.
func loginPage(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	q := r.URL.Query()
	_ = loginForm.Execute(w, map[string]any{"Next": safeNext(q.Get("next")), "Failed": q.Has("failed"), "Wait": q.Has("wait")}) // the client is gone
}

var loginForm = template.Must(template.New("login").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Floodmark: log in</title>
<h1>Floodmark</h1>{{if .Failed}}<p role="alert">This is no token of this server.</p>{{end}}{{if .Wait}}<p role="alert">Too many failed logins. Try again in a minute.</p>{{end}}
<form method="post" action="/login"><input type="hidden" name="next" value="{{.Next}}">
<label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label> <button>Log in</button></form>
`))
