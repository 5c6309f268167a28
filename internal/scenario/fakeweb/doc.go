// Package fakeweb plays the web servers of the services of a day, so that probes
// find what the day says: answers, late answers, errors, silence, or a
// connection that breaks off.
//
// It listens nowhere: its handler belongs into a server on loopback of whoever
// calls it. Requests that hang end when the client gives up or the server
// closes; it owns no goroutine.
package fakeweb
