package web

import (
	"context"
	"errors"
	"net/http"

	"floodmark/internal/api"
)

// asError is the error whose words are for the reader, nil where it is another.
func asError(err error) *api.Error {
	var e *api.Error
	if errors.As(err, &e) {
		return e
	}
	switch {
	case errors.Is(err, errSlow):
		return &api.Error{Kind: api.TooSlow, Text: errSlow.Error()}
	case errors.Is(err, context.DeadlineExceeded):
		return &api.Error{Kind: api.TooSlow, Text: "the query timed out", Hint: "Use a shorter period or fewer groups."}
	}
	return nil
}

var statusOf = map[api.ErrorKind]int{
	api.Invalid: http.StatusUnprocessableEntity, api.NotFound: http.StatusNotFound, api.Conflict: http.StatusConflict,
	api.Gone: http.StatusGone, api.Busy: http.StatusTooManyRequests, api.Unavailable: http.StatusServiceUnavailable, api.TooSlow: http.StatusGatewayTimeout,
}
