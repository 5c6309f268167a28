package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"floodmark/internal/fault"
	"floodmark/internal/view"
)

type eventsInput struct {
	LastEventID string `header:"Last-Event-ID" maxLength:"20" pattern:"^[0-9]+$" doc:"Number of the last change that the client received; later changes are sent first. Browsers send this header when they reconnect"`
	After       string `query:"after" maxLength:"20" pattern:"^[0-9]+$" doc:"Number of the last change that the client received, for clients that cannot send the header; default: only future changes"`
}

// keepAlive is the interval of comments on a stream without changes.
const keepAlive = 15 * time.Second

const eventsAbout = `Server-sent events. Each change of an incident of traffic or of a service is sent as the event "change", with the change's number as id and a change as in incidents/{id}/changes as data. The event "reset" means that the changes after the requested number are no longer available: read the incidents again, then continue with the events that follow. A comment is sent every 15 s.`

func (o *operator) eventRoutes() {
	change := o.api.OpenAPI().Components.Schemas.Schema(changeType, true, "Change")
	add(o, operation{id: "stream-events", method: http.MethodGet, path: "/api/v1/events", tag: "incidents", scope: Read, errors: []int{429}, time: endless,
		summary: "Stream changes", about: eventsAbout,
		success: map[string]*huma.Response{"200": {Description: "Endless stream; the schema describes the data of each event", Content: map[string]*huma.MediaType{"text/event-stream": {Schema: change}}}}},
		func(ctx context.Context, in *eventsInput) (*huma.StreamResponse, error) {
			from := in.LastEventID
			if from == "" {
				from = in.After
			}
			after := o.back.LastChange()
			if from != "" {
				n, err := strconv.ParseUint(from, 10, 64)
				if err != nil {
					return nil, badCursor
				}
				after = n
			}
			select {
			case o.streams <- struct{}{}:
			default:
				return nil, problem(http.StatusTooManyRequests, "too many event streams are open", "try again later").After(30 * time.Second)
			}
			return &huma.StreamResponse{Body: func(c huma.Context) {
				defer func() { <-o.streams }()
				r, w := humago.Unwrap(c)
				o.follow(r.Context(), w, after)
			}}, nil
		})
}

// stream writes events, each within a time.
type stream struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

func (s *stream) send(format string, args ...any) error {
	_ = s.rc.SetWriteDeadline(time.Now().Add(streamTimeout)) // not every writer can
	if _, err := fmt.Fprintf(s.w, format, args...); err != nil {
		return err
	}
	return s.rc.Flush()
}

// follow sends changes until the client disconnects or the server stops.
func (o *operator) follow(ctx context.Context, w http.ResponseWriter, after uint64) {
	s := &stream{w, http.NewResponseController(w)}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // nginx would hold events back
	if s.send("retry: 2000\n\n") != nil {
		return
	}
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		changed := o.back.Changed() // before looking, so that nothing is missed
		next, more, err := o.sendChanges(ctx, s, after)
		if err != nil {
			return
		}
		after = next
		if more {
			continue
		}
		select {
		case <-changed:
		case <-alive.C:
			if s.send(": alive\n\n") != nil {
				return
			}
		case <-ctx.Done():
			return
		case <-Stopping(ctx):
			return
		}
	}
}

const maxChangesPerRead = 100

// sendChanges sends the changes after a number and reports whether there may be
// more.
func (o *operator) sendChanges(ctx context.Context, s *stream, after uint64) (uint64, bool, error) {
	last := o.back.LastChange()
	if after > last {
		after = last // a number from another installation or from before a restore
		return after, false, s.send("event: reset\nid: %d\ndata: {}\n\n", after)
	}
	if after == last {
		return after, false, nil
	}
	changes, err := o.back.Changes(ctx, after, maxChangesPerRead)
	if err != nil {
		var e *fault.Error
		if !errors.As(err, &e) || e.Kind != fault.Gone {
			o.log.Warn("event stream: failed to read changes", "error", err)
		}
		return last, false, s.send("event: reset\nid: %d\ndata: {}\n\n", last)
	}
	for i := range changes {
		data, err := json.Marshal(view.NewChange(&changes[i]))
		if err != nil {
			return after, false, err
		}
		after = changes[i].Number
		if err := s.send("event: change\nid: %d\ndata: %s\n\n", after, data); err != nil {
			return after, false, err
		}
	}
	return after, len(changes) == maxChangesPerRead, nil
}
