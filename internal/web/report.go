package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"floodmark/internal/model"
	"floodmark/internal/report/page"
)

// keepView is what can be kept of an incident: its report and its documents, in
// full and for the public.
type keepView struct {
	I       *model.Incident
	Doc     bool // there is a document
	Service bool
}

// report shows the evidence of an incident as the one file that floodmark
// analyze writes. Its style sheet is in the page, so the policy of this answer
// names that style sheet by its hash and allows nothing else.
func (p *pages) report(w http.ResponseWriter, r *http.Request) {
	in, _, ok := p.back.Incident(r.PathValue("id"))
	if !ok {
		p.message(w, r, http.StatusNotFound, notice{"Incident not found", "There is no incident with this ID.", ""})
		return
	}
	redacted := false
	switch form := r.URL.Query().Get("form"); form {
	case "", "full":
	case "redacted":
		redacted = true
	default:
		p.message(w, r, http.StatusUnprocessableEntity, notice{"Invalid request", "The form of a report is full or redacted.", ""})
		return
	}
	a, why := p.document(r, &in, redacted)
	if a == nil {
		p.message(w, r, http.StatusNotFound, notice{"No report yet", why, "Reload in a few seconds."})
		return
	}
	var b bytes.Buffer
	if err := page.Render(&b, a); err != nil {
		p.log.Error("report not rendered", "incident", in.ID, "error", err)
		p.message(w, r, http.StatusInternalServerError, notice{"No report", "The report could not be rendered.", "See the server's log for the reason."})
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src '"+styleHash(b.Bytes())+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(b.Bytes()) // the client is gone
}

// styleHash is the hash of the first style sheet in a page (CSP Level 3,
// section 2.3.1).
func styleHash(doc []byte) string {
	_, rest, _ := bytes.Cut(doc, []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	h := sha256.Sum256(style)
	return "sha256-" + base64.StdEncoding.EncodeToString(h[:])
}
