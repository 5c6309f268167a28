package fakeweb

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"floodmark/internal/scenario/simday"
)

// New returns a handler that answers GET /SERVICE/COMPONENT as the services of d
// do at the simulated time that now tells. Now may be called from many
// goroutines. A slow answer takes late of real time; probes call slow what takes
// over a second.
func New(d *simday.Day, now func() time.Time, late time.Duration) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{service}/{component}", func(w http.ResponseWriter, r *http.Request) {
		s := d.Service(r.PathValue("service"))
		if s == nil || !slices.Contains(s.Components, r.PathValue("component")) {
			http.NotFound(w, r)
			return
		}
		answer(w, r, d.Answer(s.Slug, r.PathValue("component"), now()), late)
	})
	return mux
}

func answer(w http.ResponseWriter, r *http.Request, s simday.Status, late time.Duration) {
	switch s {
	case simday.Hang:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case simday.Reset:
		breakOff(w)
		return
	case simday.Failed:
		http.Error(w, "synthetic: the service fails", http.StatusServiceUnavailable)
		return
	case simday.Slow:
		select {
		case <-time.After(late):
		case <-r.Context().Done():
			return
		}
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintln(w, "synthetic: the service answers")
}

// breakOff closes the connection so that its client sees a reset.
func breakOff(w http.ResponseWriter) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if t, ok := c.(interface{ SetLinger(seconds int) error }); ok {
		t.SetLinger(0) //nolint:errcheck // where it fails, a FIN is sent
	}
	c.Close()
}
