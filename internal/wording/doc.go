// Package wording writes what the model holds for people: names of vectors,
// classes, causes and verdicts, estimates with their intervals, and the headline
// of an analysis. The terminal, the pages and the messages share it. Pure; any
// goroutine.
package wording
