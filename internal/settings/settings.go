package settings

import (
	"floodmark/internal/conf"
)

// Settings is the whole configuration. Every key has a default; the empty file
// is a valid one.
type Settings struct {
	// Where and how long data is kept.
	Data Data `conf:"data"`
	// Sockets that receive flows and samples. The default is NetFlow on 2055 and 4739 and sFlow on 6343, on loopback; as soon as exporters elsewhere are named, on all addresses, for those exporters only. An empty list is none.
	Collectors []Collector `conf:"collectors"`
	// Devices that send flows or samples. An address alone is enough; the other keys correct or complete what the device tells of itself.
	Exporters []Exporter `conf:"exporters"`
	// Interfaces of this machine whose traffic is read directly (AF_PACKET). Needs CAP_NET_RAW.
	Capture []Capture `conf:"capture,restart"`
	// Networks under watch: prefixes, or sections with a group. Without networks and customers every destination is a target, inbound only, in a table of fixed size.
	Networks []Network `conf:"networks"`
	// Customers by name. Their prefixes are under watch, too. Where prefixes of two customers nest, the longer one decides.
	Customers map[string]Customer `conf:"customers"`
	// Groups of targets by name, with their thresholds. Group "default" is for all that name no group, and what a group does not set it takes from there.
	Groups map[string]Group `conf:"groups"`
	// Sources whose traffic never raises an incident: speed tests, content networks, backups. Prefixes, or sections with a name.
	AllowSources []AllowedSource `conf:"allow_sources"`
	// Most addresses whose rates are kept at once, 256 octets each. What is evicted is counted.
	TrackedHosts int `conf:"tracked_hosts,restart"`
	// What is normal for each target, learned.
	Baselines Baselines `conf:"baselines"`
	// When an incident opens and closes.
	Incidents Incidents `conf:"incidents"`
	// Times in which incidents of some targets send no alerts.
	Maintenance []Maintenance `conf:"maintenance"`
	// Services that people can report problems with. Without any, some well-known public ones.
	Services []Service `conf:"services,restart"`
	// How services are asked whether they answer. What is asked is in services.
	Probes Probes `conf:"probes"`
	// How reports are judged.
	Reports Reports `conf:"reports"`
	// Pages and API.
	HTTP HTTP `conf:"http"`
	// Who is told of incidents.
	Alerts Alerts `conf:"alerts"`
	// Countries and networks of addresses.
	Geo Geo `conf:"geo"`
	// What the program says of itself on standard error.
	Log Log `conf:"log"`
	// Name of the scenario that is played to this server. Every page, export and document then says that what it tells is made up.
	Synthetic string `conf:"synthetic,restart"`
}

// Data is where and how long data is kept. What is too old or too much goes by
// whole files, the oldest first; incidents go last.
type Data struct {
	// Directory of all data. The default is in the directory that the program is started in. `--data` overrides it.
	Dir conf.FilePath `conf:"dir,restart"`
	// Free space of the disk that is left alone. Below it raw flows stop first, then series; incidents are still written.
	Reserve conf.Bytes `conf:"reserve"`
	// Flows.
	Flows FlowData `conf:"flows"`
	// Traffic over time.
	Series SeriesData `conf:"series"`
	// How long incidents and their evidence are kept.
	KeepIncidents conf.Duration `conf:"keep_incidents"`
}

// FlowData is how flows are kept.
type FlowData struct {
	// Keep every flow record. Without, only roll-ups and the samples of attacks are kept, in half the time of the processor.
	Raw bool `conf:"raw"`
	// How long flows are kept.
	Keep conf.Duration `conf:"keep"`
	// How much disk flows may take.
	MaxSize conf.Bytes `conf:"max_size"`
}

// SeriesData is how series are kept.
type SeriesData struct {
	// How long steps of one second are kept.
	KeepSeconds conf.Duration `conf:"keep_seconds"`
	// How long steps of one minute are kept.
	KeepMinutes conf.Duration `conf:"keep_minutes"`
	// How long steps of one hour are kept.
	KeepHours conf.Duration `conf:"keep_hours"`
	// How much disk series may take.
	MaxSize conf.Bytes `conf:"max_size"`
}

// Baselines is what is learned of each target.
type Baselines struct {
	// Raise anomalies that no threshold tells.
	Enabled bool `conf:"enabled"`
	// How long a target is watched before anything is said of what is normal for it.
	LearnFor conf.Duration `conf:"learn_for"`
	// The promise: at most so many false alarms by baselines in a week, over all targets together.
	FalseAlarms float64 `conf:"false_alarms_per_week"`
}

// Incidents is when an incident opens and closes.
type Incidents struct {
	// Longest time that a suspicion waits for evidence before it opens without.
	Confirm conf.Duration `conf:"confirm"`
	// Longest time that evidence which says "this may be ordinary" can hold a suspicion back.
	LongestSuspicion conf.Duration `conf:"longest_suspicion"`
	// Quiet time after which an incident closes. Bursts within it are waves of one incident.
	Hold conf.Duration `conf:"hold"`
}

// Geo is address data.
type Geo struct {
	// File made by `floodmark geo update`. Without it the places are looked at that `floodmark analyze` knows.
	File conf.FilePath `conf:"file"`
}

// Log is what the program says of itself.
type Log struct {
	// The least that is said.
	Level Level `conf:"level"`
	// Form of the lines.
	Format LogFormat `conf:"format,restart"`
}
