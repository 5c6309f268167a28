// Package fault is the one taxonomy of errors whose text is for the caller, from
// the intake of reports to HTTP. Rooms that answer requests return a *Error;
// package httpkit maps its kind to a status. Any other error is a failure of the
// server: it is logged, and its text is shown to nobody.
package fault

import "time"

// Kind is the kind of an error.
type Kind uint8

// The kinds of error.
const (
	Invalid      Kind = iota // the request cannot be understood
	NotFound                 // there is no such thing
	Forbidden                // not allowed
	WorkRequired             // no valid proof of work
	Conflict                 // not possible in the present state
	Gone                     // no longer available
	TooMany                  // rate limit of the caller or of the server
	Unavailable              // full or temporarily unable; nothing was stored
	Timeout                  // took longer than allowed
)

// Error is an error with a text for the caller, which holds nothing about anyone
// else.
type Error struct {
	Kind       Kind
	Text       string        // one sentence
	Hint       string        // remedy, "" for none
	Column     int           // position in a query, from 1; 0 for none
	RetryAfter time.Duration // 0 where a retry makes no sense
}

func (e *Error) Error() string { return e.Text }
