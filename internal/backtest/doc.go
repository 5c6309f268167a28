// Package backtest compares what a configuration said of a recording with the
// truth, where that is known: which attacks were found and how late, which
// alarms were false, which vectors were named rightly.
//
// It deliberately does not read recordings or detect anything: package live
// replays a recording and hands over what was said. docs/backtest.md tells the
// form of the document and what each value means.
//
// The package is pure. It keeps nothing, and a Document shares memory with the
// Said that it was made of.
package backtest
