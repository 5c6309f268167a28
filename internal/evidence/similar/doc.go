// Package similar finds earlier incidents of a service that look like the one
// of now: by shape, parts, places, length and time of day.
//
// It compares what incidents carry and nothing else, forecasts nothing, and
// keeps nothing. How alike two incidents are is a score for sorting, not a
// probability. The methods are in docs/methods.md under similar/.
package similar
