package report

import "time"

// Reason tells why a submission was not taken.
type Reason uint8

// The reasons.
const (
	Invalid    Reason = iota // it cannot be understood
	Unknown                  // there is no such service
	WorkNeeded               // no valid proof of work came with it
	TooMany                  // its prefix or network has sent far too much
	Full                     // the server cannot take it now, and kept nothing
)

// Error says why a submission was not taken, in words for the visitor. It tells
// nothing about the visitor.
type Error struct {
	Reason Reason
	Text   string        // one sentence or two
	After  time.Duration // when to try again, 0 where that makes no sense
}

func (e *Error) Error() string { return e.Text }

// When to come back: a full queue needs a moment, a failed journal some, a full
// disk a person.
const (
	afterQueue = 5 * time.Second
	afterDown  = 15 * time.Second
	afterDisk  = time.Minute
)

func full(after time.Duration) error {
	return &Error{Reason: Full, Text: "More reports are coming in than can be taken at this moment. Yours was not kept.", After: after}
}

func invalid(text string) error { return &Error{Reason: Invalid, Text: text} }

var (
	errAddress       = invalid("The address of the visitor is not known.")
	errUnknown error = &Error{Reason: Unknown, Text: "There is no such service here."}
	errWork    error = &Error{Reason: WorkNeeded, Text: "A proof of work is needed with a report, and none that is valid came."}
	errMany    error = &Error{Reason: TooMany, Text: "Too much has come from your address or network lately.", After: 15 * time.Minute}
)
