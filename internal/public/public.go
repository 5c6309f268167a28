package public

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/public/page"
)

// Config is what the public listener is made of.
type Config struct {
	Backend Backend
	Page    *page.Site
	// ClientAddress tells who sent a request, forwarding headers of trusted
	// proxies followed; nil is the address of the connection.
	ClientAddress func(*http.Request) netip.Addr
	// Referral tells what may have sent the visitor; nil for none.
	Referral func(*http.Request) model.Referral
	// Stopping is closed when the server of a request stops, which ends streams:
	// api.Stopping. nil where only the client ends them.
	Stopping func(context.Context) <-chan struct{}
	Version  string       // of the program, in the description of the API
	Log      *slog.Logger // nil for none
}

// site is the state of the public handlers.
type site struct {
	Config
	since       time.Time // start of the site, by the clock of the server
	mux         *http.ServeMux
	routes      []string // patterns, for tests that walk them
	cross       http.CrossOriginProtection
	cache       *cache
	live        *broadcaster
	none        *resource     // what is said of pages that are not there
	files       sync.Map      // *answer by name of a file
	description []byte        // of the API
	making      chan struct{} // one for each page that is made for one visitor now
	dumps       chan struct{} // one for each dump or report that is written now
}

const (
	maxMaking = 64 // pages for one visitor that are made at once; the rest wait
	maxDumps  = 4  // dumps and reports read stored data
)

// New returns the handler of the public listener. It starts no goroutine but
// one that tells followers of changes, which ends with the last of them.
func New(c Config) http.Handler { return newSite(c) }

func newSite(c Config) *site {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.ClientAddress == nil {
		c.ClientAddress = connected
	}
	if c.Referral == nil {
		c.Referral = func(*http.Request) model.Referral { return model.NoReferral }
	}
	if c.Stopping == nil {
		c.Stopping = func(context.Context) <-chan struct{} { return nil }
	}
	since, _, _ := c.Backend.Clock()
	s := &site{Config: c, since: since, mux: http.NewServeMux(), cache: newCache(c.Backend), live: newBroadcaster(c.Backend),
		making: make(chan struct{}, maxMaking), dumps: make(chan struct{}, maxDumps)}
	var err error
	if s.description, err = describe(c.Version); err != nil {
		panic("public: " + err.Error()) // types of this package
	}
	s.pageRoutes()
	s.formRoutes()
	s.feedRoutes()
	s.apiRoutes()
	s.evidenceRoutes()
	s.otherRoutes()
	return s
}

func connected(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap()
}

// ServeHTTP sets the headers that every answer has and serves the routes.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v != http.ErrAbortHandler {
			s.Log.Error("public request panicked", "path", r.URL.Path, "panic", v, "stack", string(debug.Stack()))
		}
		panic(http.ErrAbortHandler) // cuts the connection: part of an answer may have been sent
	}()
	secure(w.Header(), r.TLS != nil)
	s.mux.ServeHTTP(w, r)
}

// handlers are what a path answers to; nil for methods that it does not take.
type handlers struct{ get, post http.HandlerFunc }

// handle makes a path a route. HEAD is GET whose body the server leaves out.
func (s *site) handle(path string, h handlers) {
	var allowed []string
	if h.get != nil {
		allowed = append(allowed, http.MethodGet, http.MethodHead)
	}
	if h.post != nil {
		allowed = append(allowed, http.MethodPost)
	}
	allow := []string{strings.Join(allowed, ", ")}
	s.routes = append(s.routes, path)
	s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case h.get != nil && (r.Method == http.MethodGet || r.Method == http.MethodHead):
			h.get(w, r)
		case h.post != nil && r.Method == http.MethodPost:
			h.post(w, r)
		default:
			w.Header()["Allow"] = allow
			s.refuse(w, r, problem(http.StatusMethodNotAllowed, "this path does not take this method", "it takes "+allow[0]))
		}
	})
}
