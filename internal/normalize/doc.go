// Package normalize gives every record one meaning: which monitored prefix it
// belongs to, whether it counts, by which factor, and at what time. It measures
// per exporter what other packages evaluate: export delay, duplicates, sampling
// rates, interfaces.
//
// It does not multiply, sum up or store records, and reads no configuration file.
// Deduplication is approximate: exporters on one path that sample independently
// report different packets, so only flows that both sampled are known to be
// duplicates. At 1:1000, flows below a hundred packets are counted nearly twice,
// those above ten thousand once (TestSampledDuplicates measures it). A 5-tuple
// that enters through several edges counts once. Interface roles make both exact.
//
// A Normalizer belongs to one goroutine, the reader's; a Plan may be shared.
// Records are only read; results are written to memory of the caller.
package normalize
