package public

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// evidenceRoutes are the evidence reports of incidents.
func (s *site) evidenceRoutes() {
	s.handle("/i/{incident}/report", handlers{get: s.evidence("html")})
	s.handle("/i/{incident}/report.json", handlers{get: s.evidence("json")})
}

// evidence sends a report as a file that can be kept. Its style sheet is in the
// page, so the policy of this answer names that style sheet by its hash and
// allows nothing else.
func (s *site) evidence(form string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("incident")
		if len(id) > maxName {
			s.refuse(w, r, noPage)
			return
		}
		if _, _, ok := s.incident(id); !ok {
			s.missing(w, r)
			return
		}
		select {
		case s.dumps <- struct{}{}:
			defer func() { <-s.dumps }()
		default:
			s.refuse(w, r, busy(defaultAfter))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), dumpTime)
		defer cancel()
		b, err := s.Backend.Report(ctx, id, form)
		if err != nil {
			s.refuse(w, r, s.fault(r.Context(), err))
			return
		}
		h := w.Header()
		h.Set("Cache-Control", "public, max-age=60")
		h["Content-Type"] = inHTML
		if form == "json" {
			h["Content-Type"] = inJSON
			h.Set("Content-Disposition", `attachment; filename="`+fileName(id)+`.json"`)
			readable(h)
		} else {
			h.Set("Content-Security-Policy", "default-src 'none'; style-src '"+styleHash(b)+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		}
		_, _ = w.Write(b) // the client is gone
	}
}

// fileName is a name without what a header or a disk may not hold.
func fileName(id string) string {
	return string(bytes.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '-'
	}, []byte(id)))
}

// styleHash is the hash of the first style sheet in a page (CSP Level 3,
// section 2.3.1).
func styleHash(doc []byte) string {
	_, rest, _ := bytes.Cut(doc, []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	h := sha256.Sum256(style)
	return "sha256-" + base64.StdEncoding.EncodeToString(h[:])
}
