// Package baseline knows what a series of buckets normally does at this time
// of this day, and tells when a bucket is out of it. It serves rates of traffic,
// and says "not known yet" where it is not. Counts of reports have a room of
// their own, detect/eprocess.
//
// How many false alarms it may give is a promise of its Config. It does not
// look for thresholds (that is detect), opens no incident and decides nothing:
// whoever calls it says when not to learn. The methods are in docs/methods.md
// under baseline/.
//
// It reads no clock: times are Unix ns. A Series belongs to one goroutine, owns
// all its memory (2 KiB, never more) and allocates nothing but in New,
// MarshalBinary and for the text of what is not known.
package baseline
