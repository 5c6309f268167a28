package public

import (
	"net/http"
	"time"
)

const streamTime = 10 * time.Second // that a client may take to read an event

var streamHead = []byte("retry: 3000\n\n")

// events tells a page that there is something new to see. What it is, the page
// asks for itself, as everybody does: that is the same for all and kept.
func (s *site) events(w http.ResponseWriter, r *http.Request) {
	f, p := parseFields(r.URL.RawQuery, "service")
	if p == nil && f["service"] != "" {
		if _, ok := s.Backend.Service(f["service"]); !ok {
			p = noService
		}
	}
	if p != nil {
		refuseJSON(w, p)
		return
	}
	from := s.ClientAddress(r)
	l, ok := s.live.follow(f["service"], from)
	if !ok {
		refuseJSON(w, problem(http.StatusServiceUnavailable, "too many follow already", "the page works without; load it anew").After(30*time.Second))
		return
	}
	defer s.live.leave(f["service"], from)
	h := w.Header()
	h["Content-Type"] = []string{"text/event-stream"}
	h["Cache-Control"] = noStore
	h["X-Accel-Buffering"] = []string{"no"} // nginx would hold events back
	if r.Method == http.MethodHead {
		return
	}
	rc := http.NewResponseController(w)
	send := func(b []byte) bool {
		_ = rc.SetWriteDeadline(time.Now().Add(streamTime)) // not every writer can
		_, err := w.Write(b)
		return err == nil && rc.Flush() == nil
	}
	if !send(streamHead) {
		return
	}
	ctx, stopping := r.Context(), s.Stopping(r.Context())
	for {
		select {
		case <-l.done:
			if !send(l.message) {
				return
			}
			l = l.next
		case <-ctx.Done():
			return
		case <-stopping:
			return
		}
	}
}
