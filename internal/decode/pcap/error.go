package pcap

import "fmt"

// Reason says what kind of damage ended the reading.
type Reason uint8

// Reasons, a closed list.
const (
	NotRecording Reason = iota + 1 // neither pcap nor pcapng
	Unsupported                    // a version or variant that is not read
	Truncated                      // the input ends inside a header, packet or block
	BadLength                      // a length beyond the limits, or lengths that contradict each other
	BadBlock                       // a pcapng block that breaks the format in another way
	ReadFailed                     // the source gave an error, for instance damaged compression
)

var reasons = [...]string{
	NotRecording: "not-a-recording",
	Unsupported:  "unsupported",
	Truncated:    "truncated",
	BadLength:    "bad-length",
	BadBlock:     "bad-block",
	ReadFailed:   "read-failed",
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
	Err    error  // the source's own error where Reason is ReadFailed
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
