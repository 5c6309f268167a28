// Package publictest has a Backend for tests of the public listener and of its
// pages in a browser: services in every state, whose numbers a test sets, and a
// record of what visitors sent.
//
// It judges nothing, takes every proof of work that is there, and keeps all in
// memory. Any goroutine may call its methods; fields are set before it is used,
// or within Do.
package publictest
