// Package causetest plays incidents of services whose cause is known, as
// evidence/cause would be told of them: minutes of reports, probes and traffic
// with noise, signals that are missing, attacks of every day that have nothing
// to do with it, and verdicts of other rooms that are wrong. It knows no
// figure of evidence/cause.
//
// Parameters are drawn from ranges. Made are those with which the table of
// evidence/cause was made, Apart others, with which it is tested. All is drawn
// from the seed. For tests only.
package causetest
