package api

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"floodmark/internal/httpkit"
)

// Limits of a request. An answer may take as long as its route says.
const (
	maxBody       = 64 << 10
	maxHeader     = 16 << 10
	requestTime   = 15 * time.Second
	questionTime  = 60 * time.Second
	maxQuestions  = 4   // over stored flows and series at the same time
	maxStreams    = 128 // of events at the same time
	streamTimeout = 10 * time.Second
)

// endless is the time of routes that stream.
const endless = time.Duration(-1)

// route is one line of a route table.
type route struct {
	method, path string // as http.ServeMux takes them
	scope        Scope
	time         time.Duration // 0 is requestTime
}

// table is a listener's routes. Every handler goes through guard, so that none
// can be added without a scope.
type table struct {
	mux    *http.ServeMux
	routes []route
	guard  func(route, http.Handler) http.Handler
	log    *slog.Logger
}

func (t *table) handle(r route, h http.Handler) {
	pattern := r.path
	if r.method != "" {
		pattern = r.method + " " + r.path
	}
	if r.time == 0 {
		r.time = requestTime
	}
	t.routes = append(t.routes, r)
	t.mux.Handle(pattern, t.guard(r, t.bounded(r, h)))
}

// Handle makes a table the adapter of the library of the API.
func (t *table) Handle(op *huma.Operation, handler func(huma.Context)) {
	scope := op.Metadata["scope"].(Scope)
	limit, _ := op.Metadata["time"].(time.Duration)
	t.handle(route{op.Method, op.Path, scope, limit}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler(humago.NewContext(op, r, w))
	}))
}

// ServeHTTP serves the routes.
func (t *table) ServeHTTP(w http.ResponseWriter, r *http.Request) { t.mux.ServeHTTP(w, r) }

// bounded limits body and time of a request, and answers where a handler
// panics.
func (t *table) bounded(rt route, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if rt.time != endless {
			ctx, cancel := context.WithTimeout(r.Context(), rt.time)
			defer cancel()
			r = r.WithContext(ctx)
		}
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v != http.ErrAbortHandler {
				t.log.Error("request panicked", "route", rt.path, "panic", v, "stack", string(debug.Stack()))
			}
			panic(http.ErrAbortHandler) // cuts the connection: part of an answer may have been sent
		}()
		h.ServeHTTP(w, r)
	})
}

// secure sets the headers that every answer has. The policy allows what pages
// need from this server and nothing from elsewhere.
func secure(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hd := w.Header()
		hd.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		hd.Set("X-Content-Type-Options", "nosniff")
		hd.Set("X-Frame-Options", "DENY")
		hd.Set("Referrer-Policy", "no-referrer")
		hd.Set("Cross-Origin-Opener-Policy", "same-origin")
		hd.Set("Cross-Origin-Resource-Policy", "same-origin")
		hd.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		if r.TLS != nil {
			hd.Set("Strict-Transport-Security", "max-age=31536000")
		}
		h.ServeHTTP(w, r)
	})
}

// admit is the operator's guard: same origin for what changes something, then
// a token or session with the scope, or this machine where there is no token.
func (o *operator) admit(rt route, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if o.cross.Check(r) != nil {
			o.auth.refused.Add(1)
			problem(http.StatusForbidden, "a page of another site sent this request", "").Write(w)
			return
		}
		who, p := o.authenticate(rt.scope, r)
		if p != nil && rt.scope != Anyone {
			o.auth.refused.Add(1)
			o.turnAway(w, r, p)
			return
		}
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
	})
}

func (o *operator) authenticate(want Scope, r *http.Request) (Caller, *httpkit.Problem) {
	if o.auth.open() {
		if !local(r) {
			return Caller{}, problem(http.StatusForbidden, "without tokens this server answers this machine only, by its loopback name",
				"use http://127.0.0.1 or http://localhost, or configure http.tokens")
		}
		return Caller{Name: "local", Scopes: []Scope{Admin}}, nil
	}
	who, ok := o.auth.caller(r)
	if !ok {
		return Caller{}, problem(http.StatusUnauthorized, "a token is needed", "send Authorization: Bearer TOKEN, or log in at /login")
	}
	if !who.May(want) {
		return who, problem(http.StatusForbidden, "the token "+who.Name+" lacks the scope "+want.String(), "give it the scope in http.tokens")
	}
	return who, nil
}

// turnAway tells programs what is wrong, and shows browsers the login.
func (o *operator) turnAway(w http.ResponseWriter, r *http.Request, p *httpkit.Problem) {
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="floodmark"`)
		if r.Method == http.MethodGet && wantsHTML(r) {
			http.Redirect(w, r, "/login?next="+url.QueryEscape(safeNext(r.URL.RequestURI())), http.StatusSeeOther)
			return
		}
	}
	p.Write(w)
}

// local reports a request that came over loopback and names this machine by a
// loopback name. A page whose name was rebound to 127.0.0.1 has another one.
func local(r *http.Request) bool {
	here, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && loopback(here.String()) && loopback(r.RemoteAddr) && loopback(r.Host)
}

// loopback reports whether a host, with or without port, is a loopback name.
func loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}
