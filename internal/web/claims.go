package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/httpkit"
	"floodmark/internal/model"
	"floodmark/internal/text"
)

// maxClaim is how many characters a claim and its source may have.
const maxClaim = 300

// claim takes the form that enters a public claim about an incident: the same as
// the API's add-claim, with the same scope, for browsers without scripts.
func (p *pages) claim(w http.ResponseWriter, r *http.Request) {
	who := api.CallerOf(r.Context())
	if !who.May(api.Operate) {
		p.message(w, r, http.StatusForbidden, notice{"Not allowed", "Your token is read-only.", "Give it the scope operate in http.tokens."})
		return
	}
	if err := r.ParseForm(); err != nil {
		p.message(w, r, http.StatusBadRequest, notice{"Invalid request", "The form could not be read.", ""})
		return
	}
	now, _, _ := p.back.Clock()
	c := model.EnteredClaim{Text: strings.TrimSpace(r.PostForm.Get("text")), Source: strings.TrimSpace(r.PostForm.Get("source")), By: who.Name}
	if c.Text == "" || c.Source == "" || len(c.Text) > maxClaim || len(c.Source) > maxClaim {
		p.message(w, r, http.StatusUnprocessableEntity, notice{"Invalid request", "A claim needs a text and a source of at most 300 bytes each.", ""})
		return
	}
	if s := r.PostForm.Get("stated_at"); s != "" {
		t, err := readMoment(s)
		if err != nil || t.After(now) || t.Year() < 1990 {
			p.message(w, r, http.StatusUnprocessableEntity, notice{"Invalid request", "The time of a claim must be in the past, in UTC, such as 2026-11-24T02:05.", "An empty time means now."})
			return
		}
		c.Stated = t.UnixNano()
	}
	id := r.PathValue("id")
	if _, err := p.back.AddClaim(r.Context(), id, c); err != nil {
		status := http.StatusInternalServerError
		if e := asError(err); e != nil {
			status = httpkit.Status(e.Kind)
		}
		p.message(w, r, status, notice{"Claim not entered", "Nothing was changed: " + p.words(err), ""})
		return
	}
	http.Redirect(w, r, "/incidents/"+url.PathEscape(id)+"?done=claim#claims", http.StatusSeeOther)
}

// readMoment reads a time as browsers' forms send it, in UTC.
func readMoment(s string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Parse(time.RFC3339, text.Clean(s, 40))
}
