package pipeline

import (
	"time"

	"floodmark/internal/clock"
	"floodmark/internal/model"
)

// followExport has the server's clock follow the export time of a NetFlow or IPFIX
// datagram of a replay, and makes it the time of arrival.
func (x *Reader) followExport(_ model.Exporter, at, recv int64) int64 {
	if at > recv || recv-at > int64(10*clock.ExporterTimeout)*int64(max(1, x.clock.Speed())) {
		at = recv
	}
	x.clock.Exported(at)
	x.at = at
	return at
}

// followUptime does the same by the milliseconds since the start of an sFlow agent,
// which says nothing of when that was.
func (x *Reader) followUptime(from model.Exporter, uptime uint32, recv int64) int64 {
	up := int64(uptime) * int64(time.Millisecond)
	start, ok := x.started[from]
	if !ok || recv-up < start { // the datagram with the shortest delay is the most exact
		start = recv - up
		x.started[from] = start
	}
	return x.followExport(from, start+up, recv)
}
