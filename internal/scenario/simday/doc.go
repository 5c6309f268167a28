// Package simday reads whole days of an outage from readable files and draws from
// them what people report, what the network carries, what the service answers,
// and the truth. Everything is synthetic and says so.
//
// It deliberately knows nothing of how reports or traffic are judged: no
// threshold of a detector was consulted. It is pure: randomness comes from the
// seed, times from the file. The same file, seed and address data give the same
// reports. Values are not changed once read and may be shared.
package simday
