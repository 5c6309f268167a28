// Package feed writes what other programs read of services: JSON in the shape
// of Statuspage v2, an Atom feed (RFC 4287), a badge as SVG and the document of
// a shields.io endpoint.
//
// It says no more than reports can know: no service is ever worse than a
// partial outage or an impact of major, suspicions are left out, and every body
// tells what it rests on. It makes no requests, keeps nothing, and does not
// decide what is published beyond that. Names and sentences are cleaned and cut
// before they are escaped.
//
// Pure; any goroutine. What a Page holds is read and never changed; what is
// returned belongs to the caller.
package feed
