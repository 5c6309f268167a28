package pcap

import "fmt"

// Reason says what kind of damage ended the reading.
type Reason uint8

// Reasons, a closed list.
const (
	notRecording Reason = iota + 1 // neither pcap nor pcapng
	unsupported                    // a version or variant that is not read
	truncated                      // the input ends inside a header, packet or block
	badLength                      // a length beyond the limits, or lengths that contradict each other
	badBlock                       // a pcapng block that breaks the format in another way
	readFailed                     // the source gave an error, for instance damaged compression
)

var reasons = [...]string{
	notRecording: "not-a-recording",
	unsupported:  "unsupported",
	truncated:    "truncated",
	badLength:    "bad-length",
	badBlock:     "bad-block",
	readFailed:   "read-failed",
}

// String returns the reason's name in reports.
func (r Reason) String() string {
	if int(r) < len(reasons) && reasons[r] != "" {
		return reasons[r]
	}
	return "unknown"
}

// Error states where a recording is damaged and what was expected there.
type Error struct {
	Reason Reason
	Offset int64  // bytes from the start of the (decompressed) input
	Want   string // what was expected
	Got    string // what was found
	Err    error  // the source's own error where Reason is readFailed
}

// Error prints one line.
func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("read recording at offset %d: expected %s: %v", e.Offset, e.Want, e.Err)
	}
	return fmt.Sprintf("read recording at offset %d: expected %s, got %s", e.Offset, e.Want, e.Got)
}

// Unwrap returns the source's own error, if any.
func (e *Error) Unwrap() error { return e.Err }
