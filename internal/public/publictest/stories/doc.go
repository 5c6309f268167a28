// Package stories makes incidents of services as they stand at some time, with
// everything that can be told of one: the view from outside, an attack while it
// lasts and afterwards, a fault of the service's own, somebody else's outage,
// made-up reports, and nothing at all. Tests of pages and of the API show them.
//
// It judges nothing: assessments are written down, not computed. Each call makes
// its values anew, so a test may change them.
package stories
