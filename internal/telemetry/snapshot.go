package telemetry

import (
	"floodmark/internal/model"
	"floodmark/internal/telemetry/histogram"
)

// Snapshot is what the program did since its start and how it is now. Parts
// that do not run are left zero or empty. Counts only grow.
type Snapshot struct {
	Version     string
	Started     float64 // Unix seconds, real time
	Ready       bool
	ClockSpeed  float64 // 1 is real time
	Sockets     []Socket
	Captures    []Capture
	Decoders    []Decoder
	Exporters   []Exporter
	Normalizer  Normalizer
	Shards      []Shard
	Ingest      Ingest
	Engine      Engine
	Evidence    Evidence
	Store       Store
	Journal     Journal
	Receivers   []Receiver
	Conditions  []model.Condition
	HTTP        HTTP
	UserReports UserReports
	Services    Services
	Mail        Mail
	Probes      []Probe
}

// Socket is one collector: what all sockets that share its address received.
type Socket struct {
	Name            string // protocol and address of the configuration, such as netflow 127.0.0.1:2055
	Datagrams       uint64 // handed on
	Bytes           uint64 // of their payloads
	Dropped         uint64 // by the kernel: the receive buffer was full
	UnknownExporter uint64 // from sources that are not allowed
	Truncated       uint64 // too long
	Buffer          int    // bytes, of the smallest receive buffer
}

// Capture is one interface that is captured.
type Capture struct {
	Interface string
	Packets   uint64
	Bytes     uint64 // on the wire
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
	Name      string // its number
	Targets   int    // tracked now
	Evicted   uint64 // targets that made room for heavier ones
	TableFull uint64 // records not counted for a host: the table was full
}

// Ingest is the readers of sockets and interfaces.
type Ingest struct {
	Seconds histogram.Counts // of a batch
	Size    histogram.Counts // of a batch, in datagrams or packets
}

// Engine is the incident engine.
type Engine struct {
	Inputs         uint64
	Incidents      map[model.State]int // now; closed ones are those still in memory
	Opened         uint64
	Lag            float64          // seconds between the clock and the last second that was evaluated
	DetectionDelay histogram.Counts // seconds
}

// Evidence is the workers that make evidence.
type Evidence struct {
	Workers   int
	Busy      int
	Queued    int
	Capacity  int // of the queue
	Completed uint64
	Failed    uint64
	Dropped   uint64           // jobs that found the queue full
	Seconds   histogram.Counts // of a job
}

// Store is the store of flows and series.
type Store struct {
	Rows          uint64 // appended
	DroppedQueue  uint64 // rows lost since the writer did not keep up
	DroppedDisk   uint64 // rows lost since the disk was low on space or failed
	Points        uint64
	DroppedPoints uint64
	Errors        uint64
	Bytes         int64 // on disk
	Files         int64
	Free          int64            // bytes on the disk
	Degradation   int              // 0: everything is stored, 1: no raw flows, 2: nor series of one second
	Lag           float64          // seconds, age of the oldest rows not committed
	Flush         histogram.Counts // seconds of a commit
}

// Journal is what must not be lost.
type Journal struct {
	Streams []JournalStream
	Free    int64 // bytes on the disk
	Full    bool
	Down    bool
	Append  histogram.Counts // seconds until appended entries are durable
	Sync    histogram.Counts // seconds of a commit
}

// JournalStream is one stream of the journal.
type JournalStream struct {
	Name    string // changes, inputs, commands, alerts, values
	Commits uint64 // since the journal was created
	Bytes   uint64 // on disk
	Lost    uint64 // commits that could not be read back
}

// Receiver is one receiver of alerts.
type Receiver struct {
	Name    string
	Sent    uint64
	Failed  uint64 // attempts
	Pending int
	Seconds histogram.Counts // of a delivery attempt
}

// HTTP is both listeners.
type HTTP struct {
	Sessions     int
	FailedLogins uint64
	RateLimited  uint64                      // logins
	Rejected     uint64                      // requests
	Requests     map[string]histogram.Counts // seconds, by listener
	Queries      histogram.Counts            // seconds
}
