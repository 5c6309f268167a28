package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"floodmark/internal/api/apitest"
)

func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

func TestEveryPageRenders(t *testing.T) {
	f := apitest.New()
	h := New(Config{Backend: f, Version: "test", Collectors: []string{"127.0.0.1:2055"}})
	for _, path := range []string{"/", "/traffic", "/traffic?target=198.51.100.1&span=24h&metric=packets&direction=out", "/flows", "/flows?q=group+by+src_country",
		"/attacks", "/attacks/" + f.All[0].ID, "/login", "/about"} {
		w := get(t, h, path)
		if w.Code != 200 || !strings.Contains(w.Body.String(), "</html>") {
			t.Errorf("%s: %d\n%s", path, w.Code, w.Body)
		}
	}
}
