// Package usercount counts the crowd reports of one service: minutes, the sliding
// window of the last 15 closed minutes and the open one, how many reporters the
// reports are worth (the effective count), and how much they look made by few
// hands.
//
// It deliberately does not know what is usual in number, opens no incident and
// believes the intake that withheld reports are marked and that hashes are
// keyed: whoever can choose the hash of a person can hide persons. The methods
// are in docs/methods.md under tally/.
//
// The live line owns one Tally a service and calls it from one goroutine in order
// of time. It reads no clock: times are Unix ns. A Tally without reports is a few
// hundred octets; memory comes with reports, is bounded (about 7 MiB in a spike
// of a million people) and goes when the window is empty. Add keeps nothing of
// the report.
package usercount
