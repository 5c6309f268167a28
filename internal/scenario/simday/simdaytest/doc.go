// Package simdaytest compares what a server said of a day with the truth of the
// day. It reads the answer of GET /api/v1/incidents of the operator's API, and
// those about single incidents, which hold claims.
//
// It is for tests. It opens nothing and keeps nothing.
package simdaytest
