package settings

import (
	"floodmark/internal/conf"
	"floodmark/internal/model"
)

// Settings is the whole configuration. Every key has a default, and an empty
// file is valid.
type Settings struct {
	// Where data is stored and for how long.
	Data Data `conf:"data"`
	// Sockets that receive NetFlow, IPFIX and sFlow. By default NetFlow and IPFIX on UDP 2055 and 4739 and sFlow on UDP 6343, on loopback only. When exporters on other hosts are configured, the default listens on all addresses but accepts only those exporters. An empty list disables flow collection.
	Collectors []Collector `conf:"collectors"`
	// Devices that send flow records or samples. An address alone is enough; the other keys correct or complete what the device advertises.
	Exporters []Exporter `conf:"exporters"`
	// Interfaces of this host whose packets are captured directly (AF_PACKET). Requires CAP_NET_RAW.
	Capture []Capture `conf:"capture,restart"`
	// Monitored networks: prefixes, or sections that also name a threshold group. Without networks and customers every destination is a target, inbound only, in a table of fixed size.
	Networks []Network `conf:"networks"`
	// Customers by name. Their prefixes are monitored, too. Where prefixes of two customers nest, the longest match wins.
	Customers map[string]Customer `conf:"customers"`
	// Threshold groups by name. Targets without a group use "default", and every other group inherits from "default" what it does not set.
	Groups map[string]Group `conf:"groups"`
	// Sources whose traffic never raises an incident, such as speed tests, content delivery networks and backups. Prefixes, or sections that also have a name.
	IgnoredSources []IgnoredSource `conf:"ignored_sources"`
	// Maximum number of host addresses tracked at once, 256 bytes each. Evictions are counted.
	MaxTrackedHosts int `conf:"max_tracked_hosts,restart"`
	// Learned baselines of each target.
	Baselines Baselines `conf:"baselines"`
	// When incidents open and resolve.
	Incidents Incidents `conf:"incidents"`
	// Maintenance windows, in which incidents of some targets send no alerts.
	Maintenance []Maintenance `conf:"maintenance"`
	// Services that people can report problems with. Without any, a built-in list of well-known public services is used.
	Services []Service `conf:"services,restart"`
	// Vantage point and control hosts of HTTP probes. The probes themselves are configured for each service.
	Probes Probes `conf:"probes"`
	// Detection of outages from user reports, and how the public pages accept reports.
	UserReports UserReports `conf:"user_reports"`
	// Listeners for pages and the API.
	HTTP HTTP `conf:"http"`
	// Alert receivers and routing.
	Alerts Alerts `conf:"alerts"`
	// Geolocation data for addresses.
	Geo Geo `conf:"geo"`
	// Log output on standard error.
	Log Log `conf:"log"`
	// Name of the scenario that is replayed to this server. Every page, export and document is then marked as synthetic.
	Synthetic string `conf:"synthetic,restart"`
}

// Data is where data is stored and for how long. Data is deleted in whole
// files, oldest first; incidents are deleted last.
type Data struct {
	// Data directory. The default is relative to the working directory. `--data` overrides it.
	Dir conf.FilePath `conf:"dir,restart"`
	// Disk space that is always left free. Below it raw flow records are no longer stored, then series; incidents are still written.
	MinFreeSpace conf.Bytes `conf:"min_free_space"`
	// Flow storage.
	Flows FlowData `conf:"flows"`
	// Traffic time series.
	Series SeriesData `conf:"series"`
	// Retention of incidents and their evidence.
	IncidentRetention conf.Duration `conf:"incident_retention"`
}

// FlowData is how flow records are stored.
type FlowData struct {
	// Store every flow record. If false, only roll-ups and samples of attacks are stored, which takes about half the CPU time.
	Raw bool `conf:"raw"`
	// Retention of flow records.
	Retention conf.Duration `conf:"retention"`
	// Maximum disk space for flow records.
	MaxSize conf.Bytes `conf:"max_size"`
}

// SeriesData is how time series are stored.
type SeriesData struct {
	// Retention of series at 1-second resolution.
	Retention1s conf.Duration `conf:"retention_1s"`
	// Retention of series at 1-minute resolution.
	Retention1m conf.Duration `conf:"retention_1m"`
	// Retention of series at 1-hour resolution.
	Retention1h conf.Duration `conf:"retention_1h"`
	// Maximum disk space for series.
	MaxSize conf.Bytes `conf:"max_size"`
}

// Baselines is anomaly detection against learned baselines.
type Baselines struct {
	// Detect anomalies that stay below every threshold.
	Enabled bool `conf:"enabled"`
	// Minimum history of a target before its baseline is used.
	MinHistory conf.Duration `conf:"min_history"`
	// Maximum rate of false alarms from baselines, over all targets together, such as "1 per week".
	FalseAlarmBudget model.Budget `conf:"false_alarm_budget"`
}

// Incidents is when incidents open and resolve.
type Incidents struct {
	// Maximum time that an anomaly stays pending while evidence is gathered. After it the incident opens without evidence.
	PendingFor conf.Duration `conf:"pending_for"`
	// Maximum time that an anomaly stays pending when the evidence suggests ordinary traffic.
	MaxPending conf.Duration `conf:"max_pending"`
	// Time below all thresholds after which an incident resolves. Bursts within this time belong to the same incident.
	ResolveAfter conf.Duration `conf:"resolve_after"`
}

// Geo is geolocation data.
type Geo struct {
	// Database written by `floodmark geo update`. If unset, the same default paths are searched as for `floodmark analyze`.
	File conf.FilePath `conf:"file"`
}

// Log is the log output.
type Log struct {
	// Minimum level of log lines.
	Level Level `conf:"level"`
	// Format of log lines.
	Format LogFormat `conf:"format,restart"`
}
