package recording

import (
	"strings"

	"floodmark/internal/decode/pcap"
)

// scenarioMark begins the application name in the header of recordings that
// `floodmark scenario write` makes.
const scenarioMark = "floodmark scenario"

// Facts is what the recordings say of themselves, complete after a reading.
type Facts struct {
	Synthetic bool     // any of them was made by `floodmark scenario write`
	Scenarios []string // their marks
	// Dropped is what the capturing program says it lost: by the interface,
	// by the system, or counted in packets' options.
	Dropped        uint64
	LengthFromWire uint64 // packets recorded before segmentation
	Datagrams      uint64 // export datagrams
	LostRecords    uint64 // flow records or samples that sequence numbers say are missing
	LostDatagrams  uint64
	RatesFrom      map[string]uint64 // records by where their sampling rate came from
	SFlowDrops     uint64            // packets that agents say they could not sample
}

// Facts gives what the last reading found.
func (r *Recording) Facts() Facts { return r.decode.facts }

// decoders collects what the decoders counted in the last reading.
type decoders struct{ facts Facts }

func (d *decoders) note(rd *reader) {
	f := Facts{RatesFrom: make(map[string]uint64)}
	for _, s := range rd.streams {
		f.LengthFromWire += s.lengthFromLen
		if s.pcap == nil {
			continue
		}
		info := s.pcap.Info()
		for _, app := range info.Apps {
			if strings.HasPrefix(app, scenarioMark) {
				f.Synthetic = true
				f.Scenarios = append(f.Scenarios, app)
			}
		}
		f.Dropped += dropped(&info)
	}
	rd.exports.facts(&f)
	d.facts = f
}

func dropped(info *pcap.Info) uint64 {
	return info.Drops.Missed()
}
