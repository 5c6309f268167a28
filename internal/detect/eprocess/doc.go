// Package eprocess judges a series of counts (reports, posts, failures) bucket by
// bucket: what is normal now, how strong the evidence is that there is more, and
// whether that is an episode.
//
// The test is a likelihood-ratio e-detector in Shiryaev-Roberts form on a
// negative binomial baseline (Shin, Ramdas, Rinaldo, NEJSDS 2023, arXiv
// 2203.03532): where the baseline holds, false alarms are on average at least as
// many buckets apart as the promise says. What the baseline gets wrong is not
// covered by that; docs/counts.md has the measured rates. It needs no history to
// begin with: doubt about the mean is part of the distribution.
//
// It looks for more than usual only, never for less. It is pure: times are Unix
// ns, passed in. A Series belongs to one goroutine, has a fixed size of about
// 2 KiB and allocates nothing after New. Nothing it returns points into it.
package eprocess
