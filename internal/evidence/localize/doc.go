// Package localize tells which part and which place stand out in an incident of a
// service: whose share of the reports is above its usual one, by tests that may
// be looked at every minute without losing their promise.
//
// A Usual learns shares on ordinary minutes, a Shares counts during an
// incident, and Parts and Places compare the two. The package decides no
// incident, discounts no report (counts come in discounted) and looks up no
// name but those of components that it is given. The methods are in
// docs/methods.md under stand/.
//
// It reads no clock: times are Unix ns. Values belong to one goroutine at a
// time, own their memory, which is bounded, and keep nothing that is passed in.
package localize
