package web

import (
	"context"
	"errors"

	"floodmark/internal/fault"
)

// asError is the error whose words are for the reader, nil where it is another.
func asError(err error) *fault.Error {
	var e *fault.Error
	if errors.As(err, &e) {
		return e
	}
	switch {
	case errors.Is(err, errSlow):
		return &fault.Error{Kind: fault.Timeout, Text: errSlow.Error()}
	case errors.Is(err, context.DeadlineExceeded):
		return &fault.Error{Kind: fault.Timeout, Text: "the query timed out", Hint: "Use a shorter period or fewer groups."}
	}
	return nil
}
