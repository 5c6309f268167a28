// Package detect tells a rate over its threshold from one under it, sample by
// sample. A target is fine at 0.8 times its threshold and has to be found at
// 1.2 times; between these either answer is right.
//
// The test is a one-sided CUSUM (Page 1954; for Poisson counts Lucas 1985; no
// test with as few false alarms is faster, Lorden 1971). What it adds up is
// evidence in units of traffic, so that packets of different sampling rates
// and sizes can be mixed: Step. It fires at Limit, which follows from the
// promise of at most one false alarm per target and week at 0.8 times the
// threshold, and from the weight of a sample, which a Weight learns.
//
// It does not look at what the traffic is, keeps no targets and reads no
// clock. All state is the caller's; everything may be called from anywhere.
// Nothing allocates.
package detect
