// Package family says with which botnet families or device classes the data is
// compatible, how strongly, what speaks against it, what else would look the
// same, and what would change the grade.
//
// It never names who ran an attack, never probes a source and never takes a
// device for an infection: attack packets alone give at most the grade "weak",
// because every tool can send every packet. Only the scan join, counts of
// attack sources that were also seen spreading the way Mirai does, can give
// more. No indications, no grade: the list is then empty.
//
// Grade is pure and may be called from any goroutine; it keeps nothing of its
// input.
package family
