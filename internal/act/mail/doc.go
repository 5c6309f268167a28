// Package mail notifies subscribers by e-mail when a service has an incident: when
// it opens, reopens and ends, in one thread. A new subscriber gets one mail with
// a confirmation link and nothing else until the link is used (double opt-in).
// Every later mail has an unsubscribe link and the header of RFC 8058.
//
// It deliberately sends nothing about suspected incidents, no advertisement and
// no HTML, tracks no opens or clicks, and reads no bounces: an address that its
// server rejects three times is deleted. Addresses are in the Store and in
// memory, are never logged, and are deleted with their subscription; one that is
// not confirmed is deleted after a day.
//
// It is an edge. Run owns the one goroutine that sends, over one connection at a
// time. Any goroutine may call any method. A message is sent at least once: after
// a crash some may be sent again, with the same Message-ID.
package mail
