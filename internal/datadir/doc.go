// Package datadir claims a data directory for one process and keeps the number
// of its format: two programs never write the same directory, and a directory
// that a newer program wrote is refused with the way back instead of being
// misread.
//
// It deliberately knows nothing of what is kept inside: the steps that lead
// from one format to the next are given by the caller. It opens files, so it
// is an edge; it starts no goroutine. A Dir may be used by any goroutine and
// holds nothing but the open lock file.
package datadir
