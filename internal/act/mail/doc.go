// Package mail tells people by e-mail when a service that they asked about has
// an incident: when it opens, when it comes back, and when it ends, in one
// thread. Who asks gets one mail with a link, and nothing else until that link
// was used (double opt-in). Every later mail has a link, and a header by RFC
// 8058, that ends the subscription.
//
// It deliberately tells nothing of suspicions, sends no advertisement and no
// HTML, follows no opens or clicks, and reads no bounces: an address that its
// server refuses three times is forgotten. Addresses are in the Store and in
// memory, are never logged, and are deleted with their subscription; one that
// was not confirmed is forgotten after a day.
//
// It is an edge. Run owns the one goroutine that sends, over one connection at a
// time. Any goroutine may call any method. A message is sent at least once: after
// a crash some may be sent again, with the same Message-ID.
package mail
