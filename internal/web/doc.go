// Package web renders the operator's pages: overview, traffic, flows, attacks,
// login, about. Every page is HTML from the server that says what matters
// without scripts; the islands in web/src, bundled before the build, add live
// updates, the reader's time zone and a cursor on charts.
//
// It asks what the API asks, through Backend, anew for each request; answers
// over stored flows are kept for some seconds, so that many readers cost what
// one does. It deliberately judges nothing, computes nothing but positions,
// lets nobody in (package api does) and knows no public page.
//
// It is an edge: handlers run on the goroutines of net/http, and any of them
// may call anything here. What a Backend returns is read and never changed.
package web
