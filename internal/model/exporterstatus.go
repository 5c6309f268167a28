package model

// ExporterStatus is everything that is known of one exporter now. Counts are
// since the start unless named otherwise; times are Unix ns, 0 for "never".
type ExporterStatus struct {
	Number    uint32   `json:"number"` // Record.Exporter
	Address   string   `json:"address"`
	Name      string   `json:"name"`      // of the configuration, else the address
	Protocols []string `json:"protocols"` // netflow5, netflow9, ipfix, sflow

	Datagrams       uint64  `json:"datagrams"`
	Records         uint64  `json:"records"` // flow records and samples
	DatagramsPerSec float64 `json:"datagrams_per_second"`
	RecordsPerSec   float64 `json:"records_per_second"`
	LastHeard       int64   `json:"last_heard"`

	Lost        uint64 `json:"lost"`     // by sequence numbers, in LossUnit
	Expected    uint64 `json:"expected"` // received and lost, in LossUnit
	LossUnit    string `json:"loss_unit"`
	Gaps        uint64 `json:"gaps"`     // times something was lost
	Restarts    uint64 `json:"restarts"` // sequence numbers that began anew
	Templates   int    `json:"templates"`
	UnknownSets uint64 `json:"unknown_sets"` // data without template
	Errors      uint64 `json:"errors"`       // datagrams with anything that did not decode, unknown sets apart
	LastError   string `json:"last_error,omitempty"`

	Rates       []RateShare       `json:"rates"`
	RateSet     bool              `json:"rate_set"` // by configuration, override or default
	Skew        int64             `json:"skew"`     // ns by which its clock is ahead of ours
	Future      uint64            `json:"future"`   // records told to be from the future
	Old         uint64            `json:"old"`      // records from before the horizon
	Horizon     int64             `json:"horizon"`  // ns after which traffic has been told of
	HorizonSure bool              `json:"horizon_measured"`
	Repeated    []RepeatedTraffic `json:"repeated"`
	Dropped     uint64            `json:"dropped"`      // records on ignored interfaces
	UnknownRole uint64            `json:"unknown_role"` // records on interfaces without role, of an exporter with roles
	Trusted     bool              `json:"trusted"`      // figures can be built on it
	Distrust    []string          `json:"distrust"`     // codes of the conditions why not
	Interfaces  []InterfaceStatus `json:"interfaces"`
}

// RateShare is one sampling rate of an exporter, where it comes from
// (not-told, default, told or override) and how many records had it.
type RateShare struct {
	Rate    uint32 `json:"rate"`
	From    string `json:"from"`
	Records uint64 `json:"records"`
}

// RepeatedTraffic tells how many records of an exporter another one had told
// already, so that they were counted once.
type RepeatedTraffic struct {
	Owner   uint32 `json:"owner"` // number of the other one; its own where two of its interfaces tell the same
	Records uint64 `json:"records"`
}

// InterfaceStatus is one interface of an exporter. Octets and packets by
// samples are estimates of IP traffic; by counters they are what its sFlow
// counter samples told last, with link headers.
type InterfaceStatus struct {
	Index uint32 `json:"index"` // SNMP ifIndex
	Name  string `json:"name"`
	Speed uint64 `json:"speed"` // bits a second, 0 not known
	Role  string `json:"role"`  // unknown, external, internal, ignored

	In  InterfaceTraffic `json:"in"`
	Out InterfaceTraffic `json:"out"`
}

// InterfaceTraffic is one direction of an interface.
type InterfaceTraffic struct {
	Packets      uint64  `json:"packets"` // estimated from samples or flows
	Octets       uint64  `json:"octets"`
	Samples      uint64  `json:"samples"`         // packets sampled one by one
	Squares      float64 `json:"squares"`         // sum of squared octets that each sample stands for
	BitsSampled  float64 `json:"bits_by_samples"` // a second, with link headers, over the last audit
	BitsCounted  float64 `json:"bits_by_counters"`
	BitsInterval float64 `json:"bits_interval"` // half width of the 95 % interval of BitsSampled
}

// SocketStatus is one socket on which exporters are heard.
type SocketStatus struct {
	Address   string `json:"address"`
	Datagrams uint64 `json:"datagrams"`
	Dropped   uint64 `json:"dropped"`   // by the kernel, for lack of room in the receive buffer
	Strangers uint64 `json:"strangers"` // datagrams refused, from sources that are not allowed
	Stranger  string `json:"stranger"`  // address of the last one
	Undecoded uint64 `json:"undecoded"` // datagrams that are no known export at all
}
