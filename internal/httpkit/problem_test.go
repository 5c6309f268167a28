package httpkit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"floodmark/internal/fault"
	"floodmark/internal/httpkit"
)

// TestTranslate has every kind of fault, and errors that are none.
func TestTranslate(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		retry  string
	}{
		{&fault.Error{Kind: fault.Invalid}, 422, ""},
		{&fault.Error{Kind: fault.NotFound}, 404, ""},
		{&fault.Error{Kind: fault.Forbidden}, 403, ""},
		{&fault.Error{Kind: fault.WorkRequired}, 428, ""},
		{&fault.Error{Kind: fault.Conflict}, 409, ""},
		{&fault.Error{Kind: fault.Gone}, 410, ""},
		{&fault.Error{Kind: fault.TooMany, RetryAfter: time.Minute}, 429, "60"},
		{fmt.Errorf("wrapped: %w", &fault.Error{Kind: fault.Unavailable}), 503, "5"},
		{&fault.Error{Kind: fault.Timeout}, 504, ""},
		{httpkit.NewProblem(413, "too large", "").After(time.Millisecond), 413, "1"},
		{context.DeadlineExceeded, 504, ""},
		{errors.New("secret"), 500, ""},
	} {
		w := httptest.NewRecorder()
		httpkit.Translate(context.Background(), c.err, slog.New(slog.DiscardHandler)).Write(w)
		if w.Code != c.status || w.Header().Get("Retry-After") != c.retry || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%v: status %d, Retry-After %q, %s", c.err, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
		if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%v: content type %q", c.err, got)
		}
	}
}
