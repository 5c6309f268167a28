// Package normalise gives every record one meaning: which watched prefix it
// belongs to, whether it counts, by which factor, and at what time. It measures
// per exporter what others judge: timers, duplicates, rates, interfaces.
//
// It deliberately does not multiply, sum up or store records, and reads no
// configuration file. Approximate by nature: exporters on one path that sample
// independently tell different packets, so that only flows that both sampled
// are known as duplicates. At 1:1000, flows under a hundred packets are counted
// nearly twice, those over ten thousand once (TestSampledDuplicates measures
// it). And one 5-tuple that enters by several edges counts once. Only roles of
// interfaces make both exact.
//
// A Normaliser belongs to one goroutine, the reader's; a Plan may be shared.
// Records are read only, answers are written to memory of the caller's.
package normalise
