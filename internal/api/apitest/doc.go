// Package apitest has a Backend and a Moderation for tests of package api and of
// pages: they answer from fields that a test sets, and keep what they were told.
//
// It judges nothing and stores nothing. Any goroutine may call its methods;
// fields are set before it is used, or with the lock of Do held. It keeps what
// it is given and hands out copies of slices, not of what they hold.
package apitest
