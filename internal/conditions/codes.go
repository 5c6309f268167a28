package conditions

import "floodmark/internal/model"

const second = int64(1e9)

// Area groups codes in the documentation.
type Area string

// The areas.
const (
	Exporters   Area = "Exporters and collectors"
	Program     Area = "Detection and storage"
	UserReports Area = "User reports and services"
	Alerts      Area = "Alerts"
)

// Code describes one condition. The set is closed.
type Code struct {
	Name         string
	Area         Area
	Severity     model.Severity
	RaisedAfter  int64    // ns that it must hold before it is raised
	ClearedAfter int64    // ns that it must not hold before it is cleared
	Cleared      string   // when it is cleared, where that is not a time
	Unreliable   bool     // data of the exporter is unreliable while it is raised
	Implies      []string // codes that follow from it
	Means        string
	Do           string
}

// Codes of exporters and collectors.
const (
	ExporterStale        = "exporter-stale"
	ExporterLoss         = "exporter-loss"
	KernelDrops          = "kernel-drops"
	SamplingRateUnknown  = "sampling-rate-unknown"
	SamplingRateMismatch = "sampling-rate-mismatch"
	SamplingRateChanged  = "sampling-rate-changed"
	ClockSkew            = "clock-skew"
	TemplatesMissing     = "templates-missing"
	DuplicateTraffic     = "duplicate-traffic"
	ExportDelayHigh      = "export-delay-high"
	UnknownExporters     = "unknown-exporters"
	DecodeErrors         = "decode-errors"
	InterfaceMissing     = "capture-interface-missing"
)

// Codes of detection and storage.
const (
	JournalDown     = "journal-down"
	StoreLoss       = "store-loss"
	DiskSpaceLow    = "disk-space-low"
	ClockStepped    = "clock-stepped"
	TargetTableFull = "target-table-full"
	EvidenceLate    = "evidence-late"
)

// Codes of user reports and services.
const (
	UserReportsRejected  = "user-reports-rejected"
	UserReportsNotStored = "user-reports-not-stored"
	KeyRotationFailed    = "key-rotation-failed"
	MailFailing          = "mail-failing"
	OpenDataMissing      = "open-data-missing"
	VantageUnreachable   = "vantage-unreachable"
)

// Codes of alerts.
const (
	ReceiverFailing  = "receiver-failing"
	AlertsNotDurable = "alerts-not-durable"
)

// Codes returns all codes, in the order of the documentation.
func Codes() []Code { return append([]Code(nil), codes...) }

var codes = []Code{
	{Name: ExporterStale, Area: Exporters, Severity: model.Critical,
		Means: "An exporter has sent nothing for three times its usual interval, at least 30 s, or for longer than its `stale_after`. Attacks seen only through it are missed.",
		Do:    "Check that the exporter runs, exports to this address and is reachable."},
	{Name: ExporterLoss, Area: Exporters, Severity: model.Warning, ClearedAfter: 60 * second, Unreliable: true,
		Means: "More than 1 % of what an exporter sent within a minute was lost, by its sequence numbers. Its traffic is underestimated.",
		Do:    "Look for drops in transit and for `kernel-drops`; increase the sampling interval, or export over a better path."},
	{Name: KernelDrops, Area: Exporters, Severity: model.Warning, ClearedAfter: 60 * second, Implies: []string{ExporterLoss},
		Means: "The kernel dropped datagrams because the receive buffer of a socket was full. Traffic of every exporter that sends to it is underestimated.",
		Do:    "Raise net.core.rmem_max, add readers, or spread exporters over several ports."},
	{Name: SamplingRateUnknown, Area: Exporters, Severity: model.Warning, RaisedAfter: 120 * second, ClearedAfter: 60 * second, Unreliable: true,
		Means: "An exporter advertises no sampling rate and none is configured. If it samples, its traffic is underestimated by that factor.",
		Do:    "Make it export its sampling options, or set `override_sampling_rate` (1 if it does not sample)."},
	{Name: SamplingRateMismatch, Area: Exporters, Severity: model.Warning, ClearedAfter: 300 * second, Unreliable: true,
		Means: "Traffic estimated from the samples of an interface and its own counters differ by more than the sampling error and 10 %, twice in a row.",
		Do:    "Set `override_sampling_rate` to the rate that is really applied, or fix the exporter."},
	{Name: SamplingRateChanged, Area: Exporters, Severity: model.Info, ClearedAfter: 600 * second,
		Means: "Most records of an exporter have a different sampling rate than before. Estimates follow at once; baselines may be off for a while.",
		Do:    "Nothing, if the change was intended."},
	{Name: ClockSkew, Area: Exporters, Severity: model.Warning, RaisedAfter: 60 * second, ClearedAfter: 60 * second,
		Means: "The clock of an exporter differs from ours by more than 2 s. Its times are corrected, but less exactly than those of a synchronized clock.",
		Do:    "Enable NTP on the exporter."},
	{Name: TemplatesMissing, Area: Exporters, Severity: model.Warning, RaisedAfter: 30 * second, ClearedAfter: 60 * second,
		Means: "Data sets with an unknown template have arrived for more than 30 s. They cannot be decoded until the exporter sends the template.",
		Do:    "Make the exporter send its templates more often, at least every minute."},
	{Name: DuplicateTraffic, Area: Exporters, Severity: model.Info, RaisedAfter: 60 * second, ClearedAfter: 600 * second,
		Means: "Two exporters, or two interfaces of one, report the same traffic. It is counted once, which is exact only if neither of them samples.",
		Do:    "Give the interfaces the roles external and internal."},
	{Name: ExportDelayHigh, Area: Exporters, Severity: model.Warning, RaisedAfter: 60 * second, ClearedAfter: 300 * second,
		Means: "An exporter reports traffic more than 120 s late. Attacks seen only through it are detected that late.",
		Do:    "Set its active timeout to 60 s or less."},
	{Name: UnknownExporters, Area: Exporters, Severity: model.Info, ClearedAfter: 300 * second,
		Means: "Datagrams arrived from sources that are not allowed to export. They were dropped unread.",
		Do:    "Add the exporter to `allowed_sources`, or find out who sends."},
	{Name: DecodeErrors, Area: Exporters, Severity: model.Warning, ClearedAfter: 120 * second,
		Means: "More than 1 % of the datagrams of an exporter within a minute did not decode, or ten datagrams of a socket were of no known protocol. Their traffic is missing.",
		Do:    "Look at the last error: the exporter or a device in between is at fault, or the format is not supported yet."},
	{Name: InterfaceMissing, Area: Exporters, Severity: model.Critical, Cleared: "when the interface is back", Implies: []string{ExporterStale},
		Means: "A captured interface was removed. Its traffic is not seen; the capture continues when the interface is back.",
		Do:    "Bring the interface back."},

	{Name: JournalDown, Area: Program, Severity: model.Critical, Cleared: "when a write succeeds", Implies: []string{UserReportsNotStored, AlertsNotDurable},
		Means: "Changes of incidents cannot be written, so none takes effect. Writing is retried every 10 s or more often.",
		Do:    "Free disk space; look at the log."},
	{Name: StoreLoss, Area: Program, Severity: model.Warning, ClearedAfter: second,
		Means: "Flows or points of series were not stored. Queries and charts are incomplete; detection continues.",
		Do:    "Use a faster disk, or set `data.flows.raw: false`."},
	{Name: DiskSpaceLow, Area: Program, Severity: model.Critical, Cleared: "when there is space", Implies: []string{StoreLoss},
		Means: "Free disk space is below `data.min_free_space`. Raw flows are no longer stored, then series of one second; incidents are. Detection continues.",
		Do:    "Free space, or lower `data.flows.max_size`."},
	{Name: ClockStepped, Area: Program, Severity: model.Warning, Cleared: "after an hour if it was set forward, or when the clock has caught up if it was set back",
		Means: "The system clock was set. A step forward is followed; after a step back, times are ahead until the system clock has caught up.",
		Do:    "Keep time by NTP."},
	{Name: TargetTableFull, Area: Program, Severity: model.Warning, ClearedAfter: second,
		Means: "Addresses found no place in the table of targets. Their traffic counts for prefixes and customers only.",
		Do:    "Raise `max_tracked_hosts`."},
	{Name: EvidenceLate, Area: Program, Severity: model.Warning, ClearedAfter: second,
		Means: "There are more incidents than the evidence workers can examine: some are reported without evidence for now.",
		Do:    "Wait; check for thresholds that are too low."},

	{Name: UserReportsRejected, Area: UserReports, Severity: model.Warning, ClearedAfter: 60 * second,
		Means: "User reports arrived faster than the disk takes them. Visitors were asked to come back later; charts show how many.",
		Do:    "Use a faster disk for the data directory; look for a flood of reports (`floodmark_user_report_rejected_total`)."},
	{Name: UserReportsNotStored, Area: UserReports, Severity: model.Critical, Cleared: "when a report is stored, or ten minutes after the last rejection",
		Means: "The journal takes no user reports, because its disk is full or it failed. Visitors get status 503; nothing is acknowledged that is not stored.",
		Do:    "Free space until more than a quarter of `data.min_free_space` is free; look at the log."},
	{Name: KeyRotationFailed, Area: UserReports, Severity: model.Critical, Cleared: "when the old key is deleted and the new one stored",
		Means: "The key that hashes reporters' addresses could not be deleted or replaced on disk; in memory it was. An old key left on disk allows hashes of its day to be traced back to addresses. A new key that is not stored changes at a restart, so that people may be counted twice.",
		Do:    "Free space, or follow `journal-down`; it is retried every second. Until then copy the disk only with `floodmark backup`, which leaves keys out."},
	{Name: MailFailing, Area: UserReports, Severity: model.Warning, Cleared: "when the server takes a mail, or rejects a single one",
		Means: "Subscribers cannot be sent mail: the mail server does not answer, or rejects everything. Mails are retried for a day.",
		Do:    "Check `user_reports.mail` and the mail server."},
	{Name: OpenDataMissing, Area: UserReports, Severity: model.Warning, Cleared: "when every day that waits is written",
		Means: "The open data of a day was not written when the day was over. It is retried every minute and at the next start, for up to seven days, as long as the last 97 quarter hours are in memory.",
		Do:    "Free space; look at the log and at `crowd/days` in the data directory."},
	{Name: VantageUnreachable, Area: UserReports, Severity: model.Critical, Cleared: "when a component that was cut off is reached, or fails by itself",
		Means: "Probes reach neither services nor [control hosts](probes.md#vantage-point), so they say nothing about services.",
		Do:    "Check the network of this machine, its resolver, and `probes.control`."},

	{Name: ReceiverFailing, Area: Alerts, Severity: model.Warning, Cleared: "when the receiver accepts a message",
		Means: "A receiver of alerts accepted none of the last messages.",
		Do:    "Check its address and its log."},
	{Name: AlertsNotDurable, Area: Alerts, Severity: model.Warning, Cleared: "when the journal takes messages",
		Means: "Alert messages are sent, but those that wait would be lost by a restart.",
		Do:    "See `journal-down`."},
}

// Lookup returns a code by its name, nil if there is none.
func Lookup(name string) *Code { return byName[name] }

// byName finds a code; every code that is raised is in the list.
var byName = func() map[string]*Code {
	m := make(map[string]*Code, len(codes))
	for i := range codes {
		m[codes[i].Name] = &codes[i]
	}
	return m
}()
