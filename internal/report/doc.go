// Package report writes a finished analysis as the text that a terminal shows:
// at most 40 lines that a tired person understands. The page, the exports and
// the sealed JSON are its subpackages page, export and seal.
//
// It computes nothing: every figure comes from the document, rounded for
// reading by package figure. Pure; any goroutine.
package report
