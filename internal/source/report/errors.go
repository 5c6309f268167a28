package report

import (
	"time"

	"floodmark/internal/fault"
)

// When to come back: a full queue needs a moment, a failed journal some, a full
// disk a person.
const (
	afterQueue = 5 * time.Second
	afterDown  = 15 * time.Second
	afterDisk  = time.Minute
)

func full(after time.Duration) error {
	return &fault.Error{Kind: fault.Unavailable, Text: "More reports are coming in than can be taken at this moment. Yours was not kept.", RetryAfter: after}
}

func invalid(text string) error { return &fault.Error{Kind: fault.Invalid, Text: text} }

var (
	errAddress       = invalid("The address of the visitor is not known.")
	errUnknown error = &fault.Error{Kind: fault.NotFound, Text: "There is no such service here."}
	errWork    error = &fault.Error{Kind: fault.WorkRequired, Text: "A proof of work is needed with a report, and none that is valid came."}
	errMany    error = &fault.Error{Kind: fault.TooMany, Text: "Too much has come from your address or network lately.", RetryAfter: 15 * time.Minute}
)
