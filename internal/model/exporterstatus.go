package model

// ExporterStatus is what is known of one exporter, as of now. Counters have grown
// since the program started.
type ExporterStatus struct {
	Number    uint32   `json:"number" doc:"Number of the exporter in stored flows"` // Record.Exporter
	Address   string   `json:"address" doc:"Address that the exporter sends from, or capture:NAME for a captured interface"`
	Name      string   `json:"name" doc:"Name from the configuration, or the address"`
	Protocols []string `json:"protocols" doc:"Export protocols in use, such as ipfix"`

	Datagrams       uint64  `json:"datagrams" doc:"Datagrams received"`
	Records         uint64  `json:"records" doc:"Flow records and samples received"`
	DatagramsPerSec float64 `json:"datagrams_per_second" doc:"Datagrams per second, over the last second"`
	RecordsPerSec   float64 `json:"records_per_second" doc:"Flow records and samples per second, over the last second"`
	LastSeen        int64   `json:"last_seen" doc:"Arrival of the last datagram"` // Unix ns, 0 for never

	Lost        uint64 `json:"lost" doc:"Lost in transit by sequence numbers, in loss_unit"`
	Expected    uint64 `json:"expected" doc:"Received and lost together, in loss_unit"`
	LossUnit    string `json:"loss_unit" enum:"datagrams,records," doc:"Unit that sequence numbers count; empty without sequence numbers"`
	Gaps        uint64 `json:"gaps" doc:"Gaps in the sequence numbers"`
	Restarts    uint64 `json:"restarts" doc:"Restarts of the sequence numbers"`
	Templates   int    `json:"templates" doc:"Templates known"`
	UnknownSets uint64 `json:"unknown_sets" doc:"Data sets whose template was not known"`
	Errors      uint64 `json:"errors" doc:"Datagrams that did not decode completely, unknown sets excluded"`
	LastError   string `json:"last_error,omitempty" doc:"Last decoding error"`

	Rates               []RateShare        `json:"rates" doc:"Sampling rates of its records"`
	RateSet             bool               `json:"rate_set" doc:"Whether the configuration sets a sampling rate or a default"`
	Skew                int64              `json:"skew" doc:"Nanoseconds by which its clock is ahead of ours, negative if behind"`
	Future              uint64             `json:"future" doc:"Records with a time in the future"`
	Old                 uint64             `json:"old" doc:"Records that began earlier than the export delay allows"`
	ExportDelay         int64              `json:"export_delay" doc:"Nanoseconds between a packet and the record that reports it, at most, for 99.5 % of records"`
	ExportDelayMeasured bool               `json:"export_delay_measured" doc:"Whether the export delay was measured rather than assumed"`
	Duplicates          []DuplicateTraffic `json:"duplicates" doc:"Records that another exporter had already reported"`
	Dropped             uint64             `json:"dropped" doc:"Records on ignored interfaces"`
	UnknownRole         uint64             `json:"unknown_role" doc:"Records on interfaces without a role, of an exporter that has roles"`
	QualityOK           bool               `json:"quality_ok" doc:"Whether its data is reliable"`
	QualityIssues       []string           `json:"quality_issues" doc:"Codes of the conditions that make its data unreliable"`
	Interfaces          []InterfaceStatus  `json:"interfaces" doc:"Interfaces seen in its records"`
}

// RateShare is one sampling rate of an exporter and how many records had it.
type RateShare struct {
	Rate    uint32 `json:"rate" doc:"Sampling rate: one packet in so many"`
	From    string `json:"from" enum:"advertised,default,override,unknown" doc:"Origin of the rate: advertised by the exporter, or default or override of the configuration"`
	Records uint64 `json:"records" doc:"Records with this rate"`
}

// DuplicateTraffic counts the records of an exporter that another one had already
// reported, and which were therefore counted once.
type DuplicateTraffic struct {
	Primary uint32 `json:"primary" doc:"Number of the exporter that reported them first; its own number if two of its interfaces report the same traffic"`
	Records uint64 `json:"records" doc:"Records not counted again"`
}

// InterfaceStatus is one interface of an exporter.
type InterfaceStatus struct {
	Index uint32 `json:"index" doc:"SNMP ifIndex"`
	Name  string `json:"name" doc:"Name from the configuration or from the exporter"`
	Speed uint64 `json:"speed" doc:"Speed in bit/s, 0 if unknown"`
	Role  string `json:"role" enum:"unknown,external,internal,ignored" doc:"Role of the interface"`

	In  InterfaceTraffic `json:"in" doc:"Traffic received on the interface"`
	Out InterfaceTraffic `json:"out" doc:"Traffic sent on the interface"`
}

// InterfaceTraffic is one direction of an interface. Packets and bytes are
// estimates of IP traffic from samples or flows.
type InterfaceTraffic struct {
	Packets      uint64  `json:"packets" doc:"Packets, estimated from samples or flows"`
	Bytes        uint64  `json:"bytes" doc:"Bytes of IP packets, estimated from samples or flows"`
	Samples      uint64  `json:"samples" doc:"Packets sampled individually"`
	Variance     float64 `json:"-"` // sum of the squared bytes that each sample stands for
	BitsSampled  float64 `json:"bits_by_samples" doc:"Bits per second by samples over the last audit, including link headers"`
	BitsCounted  float64 `json:"bits_by_counters" doc:"Bits per second by the counters of the interface over the last audit"`
	BitsInterval float64 `json:"bits_interval" doc:"Half width of the 95 % interval of bits_by_samples"`
}

// SocketStatus is one socket that receives from exporters.
type SocketStatus struct {
	Address          string `json:"address"`
	Datagrams        uint64 `json:"datagrams"`
	Dropped          uint64 `json:"dropped"`           // by the kernel: the receive buffer was full
	UnknownDatagrams uint64 `json:"unknown_datagrams"` // from sources that are not allowed, dropped
	LastUnknown      string `json:"last_unknown"`      // address of the last such source
	Undecoded        uint64 `json:"undecoded"`         // datagrams that are no known export protocol
}
