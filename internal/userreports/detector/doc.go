// Package crowd is the line of reports: what people report goes through the
// rooms in one order, minute by minute, and comes out as changes of incidents
// and as what pages show.
//
//	report → tally → minute → baseline → episode → stand, explain → outage → changes
//
// The order is written in line.go and nowhere else. The line is pure: the same
// reports and times give the same changes, so that the journal's reports
// replayed onto a snapshot give the same incidents. It takes no reports from
// anybody, writes nothing, and reads no clock: package live does.
//
// One goroutine at a time may call a Detector. Views share memory with nothing that
// is written to later.
package detector
