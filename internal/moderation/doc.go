// Package moderation keeps what visitors write and operators let pass or not:
// suggestions of services, and comments; and what operators write on a page of a
// service. All of it is small state of the journal, durable when a call returns.
//
// It deliberately shows nothing that was not let pass, keeps no address (the
// prefix of a visitor counts against a limit in memory and is forgotten after an
// hour), and sends nothing.
//
// It is an edge without goroutines of its own: any goroutine may call it, and
// what it returns is the caller's.
package moderation
