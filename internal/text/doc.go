// Package text formats numbers, shares, intervals, durations and times for
// people, cleans and shortens text, and finds the nearest word. It rounds for
// reading; exact values are in the JSON documents. Pure; any goroutine.
package text
