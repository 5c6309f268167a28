package api_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/api/apitest"
	"floodmark/internal/model"
)

var key = []byte("sixteen octets or more")

// words are what no public answer may hold: in fields of text each has its own
// number, figures begin with 77770.
const word, figure = "secretword", 77770

// fill puts a recognisable value in every field of a struct that is not kept:
// strings, numbers, slices, pointers and structs within.
func fill(v reflect.Value, keep map[string]bool, n *int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !keep[f.Name] {
				fill(v.Field(i), keep, n)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), keep, n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), keep, n)
		fill(v.Index(1), keep, n)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), keep, n)
		}
	case reflect.String:
		*n++
		v.SetString(fmt.Sprintf("%s%d", word, *n))
	case reflect.Int, reflect.Int64:
		*n++
		v.SetInt(int64(figure*1000 + *n))
	case reflect.Uint64:
		*n++
		v.SetUint(uint64(figure*1000 + *n))
	case reflect.Float64:
		*n++
		v.SetFloat(float64(figure*1000 + *n))
	}
}

// secretive is an incident whose every field is recognisable, but for its
// state, its severity and its times.
func secretive(i int, s model.State, d model.Direction) model.Incident {
	var in model.Incident
	n := 1000 * i
	fill(reflect.ValueOf(&in).Elem(), map[string]bool{"State": true, "Severity": true, "Target": true, "Direction": true, "MergedInto": true, "FalseAlarm": true, "Hosts": true,
		"Started": true, "Noticed": true, "Opened": true, "Ended": true, "ClosedAt": true, "Metric": true, "Addr": true}, &n)
	base := apitest.Incident(i, s)
	in.State, in.Severity, in.Target, in.Direction, in.Hosts = s, model.Critical, base.Target, d, base.Hosts
	in.Started, in.Noticed, in.Opened, in.Ended, in.ClosedAt = base.Started, base.Noticed, base.Opened, base.Ended, base.ClosedAt
	in.ID = "in-" + base.Target.String() + "-" + word
	return in
}

func secretBackend() *apitest.Fake {
	f := apitest.New()
	f.All = []model.Incident{secretive(1, model.Open, model.In), secretive(2, model.Easing, model.In), secretive(3, model.Closed, model.In),
		secretive(4, model.Open, model.Out), secretive(5, model.Closed, model.Out), secretive(6, model.Suspected, model.In)}
	wrong := secretive(7, model.Closed, model.In)
	wrong.FalseAlarm = &model.Remark{By: word, Note: word, At: figure * 1000}
	f.All = append(f.All, wrong)
	customer := secretive(8, model.Open, model.In)
	customer.Target, customer.ID = model.CustomerID(word), "in-c."+word
	f.All = append(f.All, customer)
	f.Now = f.Now.Add(time.Hour)
	f.Watched, f.Sources, f.Blind, f.Receiving = nil, []model.ExporterStatus{{Name: word}}, []model.Condition{{Text: word, Subject: word}}, []api.ReceiverStatus{{Name: word}}
	f.Fail, f.Effective = fmt.Errorf("%s", word), `{"a":"`+word+`"}`
	return f
}

// TestPublicRoutesTellNoSecret walks the public route table, with every method
// and with things that only the operator has, and looks for secrets in every
// answer: status, headers and body, and in no log either.
func TestPublicRoutesTellNoSecret(t *testing.T) {
	var log bytes.Buffer
	f := secretBackend()
	h, routes := api.PublicTable(api.PublicConfig{Backend: f, Key: key, Log: slog.New(slog.NewTextHandler(&log, nil))})
	var paths []string
	for _, r := range routes {
		paths = append(paths, strings.ReplaceAll(r.Path, "{$}", ""))
	}
	if len(paths) < 4 {
		t.Fatal(paths)
	}
	_, own := api.OperatorTable(api.OperatorConfig{Backend: f, Auth: api.NewAuth(nil, nil)})
	for _, r := range own {
		paths = append(paths, concrete(r.Path))
	}
	for _, in := range f.All {
		paths = append(paths, "/api/v1/public/incidents/"+in.ID, "/i/"+in.ID)
	}
	slices.Sort(paths)
	answered := 0
	for _, path := range slices.Compact(paths) {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE"} {
			w := httptest.NewRecorder()
			r := request(method, path, "")
			r.Header.Set("Authorization", "Bearer token-admin")
			h.ServeHTTP(w, r)
			if w.Code == http.StatusOK && method == http.MethodGet {
				answered++
			}
			text := fmt.Sprint(w.Code, w.Header(), w.Body.String())
			for _, secret := range []string{word, fmt.Sprint(figure), "198.51.100", "203.0.113", "192.0.2", "acme", "dns-response", "AS64500", "token"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s %s tells %s: %s", method, path, secret, text)
				}
			}
		}
	}
	if answered != 3 {
		t.Errorf("%d answers of public routes, want 3: is the route table walked?", answered)
	}
	if log.Len() > 0 {
		t.Error(log.String())
	}
}

// TestSecretsWouldBeFound makes sure that the backend above has them to tell.
func TestSecretsWouldBeFound(t *testing.T) {
	f := secretBackend()
	s := &setup{t: t, h: api.Operator(api.OperatorConfig{Backend: f, Auth: api.NewAuth(nil, nil)})}
	b := s.get("/api/v1/incidents").Body.String()
	if strings.Count(b, word) < 20 || strings.Count(b, fmt.Sprint(figure)) < 20 || !strings.Contains(b, "198.51.100.1") {
		t.Error(b)
	}
}

func publicList(t *testing.T, f *apitest.Fake, hold time.Duration) []api.PublicIncident {
	t.Helper()
	s := &setup{t: t, h: api.Public(api.PublicConfig{Backend: f, Key: key, HoldBack: hold})}
	w := s.get("/api/v1/public/incidents")
	status(t, w, 200)
	return decode[struct{ Incidents []api.PublicIncident }](t, w).Incidents
}

func TestPublicWordsFollowTheState(t *testing.T) {
	got := publicList(t, secretBackend(), 0)
	var states []string
	for _, v := range got {
		states = append(states, v.State)
		if v.Started.Second() != 0 || v.Severity != "heavy" || (v.State == "withdrawn") != (v.Correction != "") {
			t.Errorf("%+v", v)
		}
	}
	// The newest first; the suspicion (6) is not told.
	if s := strings.Join(states, " "); s != "ongoing withdrawn over ongoing over easing ongoing" {
		t.Error(s)
	}
}

func TestPublicNamesStayAndTellNothing(t *testing.T) {
	a, b := publicList(t, secretBackend(), 0), publicList(t, secretBackend(), 0)
	seen := make(map[string]bool)
	for i := range a {
		if a[i].ID != b[i].ID || len(a[i].ID) != 20 || seen[a[i].ID] {
			t.Errorf("%q and %q", a[i].ID, b[i].ID)
		}
		seen[a[i].ID] = true
	}
	s := &setup{t: t, h: api.Public(api.PublicConfig{Backend: secretBackend(), Key: []byte("another installation")})}
	if strings.Contains(s.get("/").Body.String(), a[0].ID) {
		t.Error("the name does not depend on the key")
	}
}

func TestIncidentsAreHeldBack(t *testing.T) {
	f := apitest.New()
	if n := len(publicList(t, f, 10*time.Minute)); n != 0 {
		t.Errorf("%d told within the time", n)
	}
	f.Now = f.Now.Add(10 * time.Minute)
	if n := len(publicList(t, f, 10*time.Minute)); n != 1 {
		t.Errorf("%d told after it", n)
	}
}

func TestMergedAndOldIncidentsAreNotTold(t *testing.T) {
	f := apitest.New()
	merged := apitest.Incident(2, model.Closed)
	merged.MergedInto = f.All[0].ID
	f.Add(model.MergedAway, merged)
	f.Add(model.Ended, apitest.Incident(3, model.Closed))
	if n := len(publicList(t, f, 0)); n != 2 {
		t.Errorf("%d told, want 2", n)
	}
	f.Now = f.Now.AddDate(0, 0, 31)
	if n := len(publicList(t, f, 0)); n != 1 {
		t.Errorf("%d told after a month, want the open one", n)
	}
}

func TestStatusPageCounts(t *testing.T) {
	page := func(f *apitest.Fake) string {
		s := &setup{t: t, h: api.Public(api.PublicConfig{Backend: f, Key: key})}
		return s.get("/").Body.String()
	}
	f := apitest.New()
	if b := page(f); !strings.Contains(b, "1 incident now") {
		t.Error(b)
	}
	f.Add(model.Opened, apitest.Incident(2, model.Easing))
	if b := page(f); !strings.Contains(b, "2 incidents now") || strings.Contains(b, "<script") || len(b) > 30_000 {
		t.Error(b)
	}
	f.All = nil
	if b := page(f); !strings.Contains(b, "No incidents now") {
		t.Error(b)
	}
}

// TestTablesShareNoRoute compares the two listeners.
func TestTablesShareNoRoute(t *testing.T) {
	_, public := api.PublicTable(api.PublicConfig{Backend: apitest.New(), Key: key})
	for _, p := range public {
		for _, r := range operator(t, nil).routes {
			if p.Path == r.Path && p.Path != "/" {
				t.Errorf("both have %s", p.Path)
			}
		}
	}
}
