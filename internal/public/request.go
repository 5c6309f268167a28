package public

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"floodmark/internal/httpkit"
	"floodmark/internal/model"
)

// Limits of what visitors send.
const (
	maxBody   = 16 << 10
	maxName   = 80  // octets of a name in a path, and of a search
	maxHeader = 512 // octets of a header that is handed on
	// maxReferer is longer than any address of ours with what links collect.
	maxReferer = 2048
	postTime   = 15 * time.Second
)

// Kinds of body.
const (
	formBody = "application/x-www-form-urlencoded"
	jsonBody = "application/json"
)

// body reads a body of one kind in full. Requests of other sites' pages are
// refused: a visitor's browser would report without its owner.
func (s *site) body(w http.ResponseWriter, r *http.Request, kind string) ([]byte, *httpkit.Problem) {
	if s.foreign(r) {
		return nil, elsewhere
	}
	got, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if c, ok := params["charset"]; err != nil || got != kind || ok && !strings.EqualFold(c, "utf-8") || r.Header.Get("Content-Encoding") != "" {
		return nil, problem(http.StatusUnsupportedMediaType, "the body has to be "+kind+" in UTF-8", "")
	}
	if r.ContentLength > maxBody {
		return nil, tooLarge
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, tooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, tooSlow
	case err != nil:
		return nil, problem(http.StatusBadRequest, "the body cannot be read", "")
	case !utf8.Valid(b):
		return nil, invalid("the body is not UTF-8")
	}
	return b, nil
}

// foreign reports requests that a page of another site made a browser send.
// Programs send neither Origin nor Sec-Fetch-Site, and have no page to hide in.
func (s *site) foreign(r *http.Request) bool {
	if s.cross.Check(r) == nil {
		return false
	}
	// A proxy may have replaced Host. Browsers that tell where a request comes
	// from need no second look.
	base := s.Backend.Features().BaseURL
	return r.Header.Get("Sec-Fetch-Site") != "" || base == "" || r.Header.Get("Origin") != origin(base)
}

func origin(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// fields are those of a form or of a query, each once.
type fields map[string]string

// parseFields reads fields, and refuses those that are not known or come twice:
// where two readers would choose different ones, neither is right.
func parseFields(encoded string, known ...string) (fields, *httpkit.Problem) {
	values, err := url.ParseQuery(encoded)
	if err != nil {
		return nil, invalid("the fields are not encoded as application/x-www-form-urlencoded")
	}
	out := make(fields, len(values))
	for name, v := range values {
		switch {
		case !slices.Contains(known, name):
			return nil, unknownField(name)
		case len(v) > 1:
			return nil, invalid("the field " + name + " comes more than once")
		case !utf8.ValidString(v[0]):
			return nil, invalid("the field " + name + " is not UTF-8")
		}
		out[name] = v[0]
	}
	return out, nil
}

// unknownField names a field that is not known, as far as it can be a name.
func unknownField(name string) *httpkit.Problem {
	p := invalid("there is a field that is not known")
	if len(name) <= 40 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == "" {
		p = invalid("the field " + name + " is not known")
	}
	p.Hint = "docs/public-api.md and GET /openapi.json tell the fields of every route"
	return p
}

// form reads the fields of a form.
func (s *site) form(w http.ResponseWriter, r *http.Request, known ...string) (fields, *httpkit.Problem) {
	b, p := s.body(w, r, formBody)
	if p != nil {
		return nil, p
	}
	return parseFields(string(b), known...)
}

// visitor is what a request tells of who sent it.
func (s *site) visitor(r *http.Request, service string) model.Submission {
	return model.Submission{Service: service, Address: s.ClientAddress(r), Referral: s.Referral(led(r)),
		Agent: clip(r.UserAgent(), maxHeader), Languages: clip(r.Header.Get("Accept-Language"), maxHeader)}
}

// led returns a request with the mark of the page whose form it is: links of
// feeds, alerts and mails lead to the page, and their from= stands in its address.
func led(r *http.Request) *http.Request {
	if r.Method != http.MethodPost || r.Referer() == "" || len(r.Referer()) > maxReferer {
		return r
	}
	u, err := url.Parse(r.Referer())
	if err != nil || !strings.EqualFold(u.Host, r.Host) || u.Query().Get("from") == "" {
		return r
	}
	out := *r
	out.URL = &url.URL{Path: r.URL.Path, RawQuery: url.Values{"from": {u.Query().Get("from")}}.Encode()}
	return &out
}

// clip cuts text to so many octets, at a whole character.
func clip(s string, n int) string {
	s = strings.ToValidUTF8(s, "")
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// inTime bounds what a deed may take.
func inTime(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(r.Context(), postTime)
}
