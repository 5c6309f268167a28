// Package model is the vocabulary: the types and units that every room shares.
// It imports the standard library only and has no behavior beyond reading,
// comparing and printing its own values. Nothing in it holds a lock, a clock or
// a socket, and everything may be used from any goroutine.
package model
