package web

import (
	"net/http"

	"floodmark/internal/text"
)

// loginView is the form for a token.
type loginView struct {
	base
	Next         string
	Failed, Wait bool
}

// login shows the form; package api takes it and keeps where it leads within
// this server.
func (p *pages) login(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	v := loginView{base: base{Title: "Log in", Style: p.style, Script: p.script, Alone: true}, Next: text.Clean(q.Get("next"), 2048), Failed: q.Has("failed"), Wait: q.Has("wait")}
	// Nothing of the program is told before somebody is let in.
	p.show(w, http.StatusOK, "login", v)
}

// aboutView tells what the program is and what it rests on.
type aboutView struct {
	base
	Collectors []string
}

func (p *pages) about(w http.ResponseWriter, r *http.Request) {
	p.show(w, http.StatusOK, "about", aboutView{p.base(r, "About", "about"), p.collectors})
}
