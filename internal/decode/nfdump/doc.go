// Package nfdump reads what the nfdump program prints: the CSV of `nfdump -o
// csv` of versions 1.6 and 1.7, old and new columns, and the output of the
// command that Args gives, line by line into flow records; and the list of
// samplers that `nfdump -E` prints. Sniff tells nfdump's binary files and CSV
// from other files.
//
// It deliberately does not read the binary files themselves, start nfdump, or
// correct for sampling: nfdump's CSV has no sampling column, and nfcapd may
// have multiplied the counts already. It does not read aggregated output (-a,
// -A, -s), which is not one flow a line.
//
// A Reader belongs to one goroutine, and so does the io.Reader it was given.
package nfdump
