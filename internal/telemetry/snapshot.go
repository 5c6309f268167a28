package telemetry

import "floodmark/internal/model"

// Snapshot is what the program did since its start and how it is now. Parts
// that do not run are left zero or empty. Counts only grow.
type Snapshot struct {
	Version    string
	Started    float64 // Unix seconds, real time
	Ready      bool
	ClockSpeed float64 // 1 is real time
	Sockets    []Socket
	Captures   []Capture
	Decoders   []Decoder
	Exporters  []Exporter
	Normalizer Normalizer
	Shards     []Shard
	Judge      Judge
	Evidence   Evidence
	Store      Store
	Journal    Journal
	Receivers  []Receiver
	Conditions []model.Condition
	HTTP       HTTP
	Reports    Reports
	Services   Services
	Mail       Mail
	Probes     []Probe
}

// Socket is one collector: what all sockets that share its address received.
type Socket struct {
	Name      string // protocol and address of the configuration, such as netflow 127.0.0.1:2055
	Datagrams uint64 // handed on
	Octets    uint64 // of their payloads
	Dropped   uint64 // by the kernel: the receive buffer was full
	Refused   uint64 // from who may not send
	Truncated uint64 // too long
	Buffer    int    // octets, of the smallest receive buffer
}

// Capture is one interface that is captured.
type Capture struct {
	Interface string
	Packets   uint64
	Octets    uint64 // on the wire
	Dropped   uint64 // by the kernel: the ring was full
	Up        bool
}

// Decoder is one kind of export, of all exporters.
type Decoder struct {
	Protocol string            // netflow5, netflow9, ipfix, sflow, packet
	Records  uint64            // flow records and samples
	Lost     uint64            // by sequence numbers
	Skipped  map[string]uint64 // by reason, of the decoder's closed list
}

// Exporter is one exporter of the configuration. Others are summed up under
// the name "other".
type Exporter struct {
	Name      string
	Datagrams uint64
	Records   uint64
	Lost      uint64
	LastSeen  float64 // Unix seconds of the server's clock, 0 for never
	QualityOK bool
}

// Normalizer is what became of records between decoders and shards.
type Normalizer struct {
	Records   uint64 // handed on
	Duplicate uint64 // already reported by another exporter
	Ignored   uint64 // on ignored interfaces, or not of watched networks
	Future    uint64 // told to be from the future
	Old       uint64 // from before the horizon
}

// Shard is one part of the table of targets.
type Shard struct {
	Name    string // its number
	Targets int    // tracked now
	Evicted uint64 // targets that made room for heavier ones
	Refused uint64 // records whose target found no room
}

// Judge is the state machine of incidents.
type Judge struct {
	Inputs    uint64
	Incidents map[model.State]int // now; closed ones are those still remembered
	Opened    uint64
	Lag       float64 // seconds between the clock and the last second that was judged
}

// Evidence is the workers that make evidence.
type Evidence struct {
	Workers int
	Busy    int
	Queued  int
	Done    uint64
	Failed  uint64
	Dropped uint64 // jobs that a later one of the same incident replaced, or that found no room
}

// Store is the store of flows and series.
type Store struct {
	Rows          uint64 // appended
	DroppedQueue  uint64 // rows lost since the writer did not keep up
	DroppedDisk   uint64 // rows lost since the disk was short or failed
	Points        uint64
	DroppedPoints uint64
	Errors        uint64
	Octets        int64 // on disk
	Files         int64
	Free          int64   // octets on the disk
	Short         int     // 0: room enough, 1: no raw flows, 2: nor seconds
	Lag           float64 // seconds, age of the oldest rows not committed
}

// Journal is what must not be lost.
type Journal struct {
	Streams []JournalStream
	Free    int64 // octets on the disk
	Full    bool
	Down    bool
}

// JournalStream is one stream of the journal.
type JournalStream struct {
	Name     string // changes, inputs, commands, alerts, values
	Appended uint64 // commits since the start
	Octets   uint64 // on disk
	Lost     uint64 // commits that could not be read back
}

// Receiver is one receiver of alerts.
type Receiver struct {
	Name    string
	Sent    uint64
	Failed  uint64 // attempts
	Pending int
}

// HTTP is the operator's listener.
type HTTP struct {
	Sessions      int
	LoginFailures uint64
	LoginRefused  uint64
	Refused       uint64
}
