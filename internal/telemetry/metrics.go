package telemetry

import (
	"slices"
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"floodmark/internal/model"
)

type sink = chan<- prometheus.Metric

type programMetrics struct{ info, started, ready, speed series }

func newProgram(b *book) programMetrics {
	return programMetrics{
		info:    b.gauge("floodmark_build_info", "Always 1; the version is a label.", "version"),
		started: b.gauge("floodmark_start_time_seconds", "When the program was started, in Unix seconds of real time."),
		ready:   b.gauge("floodmark_ready_bool", "1 while traffic is judged."),
		speed:   b.gauge("floodmark_clock_speed_ratio", "How fast the server's clock runs; 1 is real time."),
	}
}

func (m programMetrics) collect(ch sink, s *Snapshot) {
	m.info.send(ch, 1, s.Version)
	m.started.send(ch, s.Started)
	m.ready.flag(ch, s.Ready)
	m.speed.send(ch, s.ClockSpeed)
}

type socketMetrics struct{ datagrams, octets, dropped, refused, truncated, buffer series }

func newSockets(b *book) socketMetrics {
	return socketMetrics{
		datagrams: b.counter("floodmark_flowudp_datagrams_total", "Export datagrams received and handed on.", "collector"),
		octets:    b.counter("floodmark_flowudp_received_bytes_total", "Payload of these datagrams.", "collector"),
		dropped:   b.counter("floodmark_flowudp_kernel_dropped_datagrams_total", "Datagrams that the kernel dropped since the receive buffer was full.", "collector"),
		refused:   b.counter("floodmark_flowudp_refused_datagrams_total", "Datagrams from sources that may not send.", "collector"),
		truncated: b.counter("floodmark_flowudp_truncated_datagrams_total", "Datagrams that were too long, not read.", "collector"),
		buffer:    b.gauge("floodmark_flowudp_buffer_bytes", "Receive buffer granted by the kernel, the smallest of the collector's sockets.", "collector"),
	}
}

func (m socketMetrics) collect(ch sink, s *Snapshot) {
	for _, v := range s.Sockets {
		m.datagrams.send(ch, float64(v.Datagrams), v.Name)
		m.octets.send(ch, float64(v.Octets), v.Name)
		m.dropped.send(ch, float64(v.Dropped), v.Name)
		m.refused.send(ch, float64(v.Refused), v.Name)
		m.truncated.send(ch, float64(v.Truncated), v.Name)
		m.buffer.send(ch, float64(v.Buffer), v.Name)
	}
}

type captureMetrics struct{ packets, octets, dropped, up series }

func newCaptures(b *book) captureMetrics {
	return captureMetrics{
		packets: b.counter("floodmark_capture_packets_total", "Packets captured.", "interface"),
		octets:  b.counter("floodmark_capture_wire_bytes_total", "Octets of these packets on the wire.", "interface"),
		dropped: b.counter("floodmark_capture_kernel_dropped_packets_total", "Packets that the kernel dropped since the ring was full.", "interface"),
		up:      b.gauge("floodmark_capture_up_bool", "1 while the interface is up.", "interface"),
	}
}

func (m captureMetrics) collect(ch sink, s *Snapshot) {
	for _, v := range s.Captures {
		m.packets.send(ch, float64(v.Packets), v.Interface)
		m.octets.send(ch, float64(v.Octets), v.Interface)
		m.dropped.send(ch, float64(v.Dropped), v.Interface)
		m.up.flag(ch, v.Up, v.Interface)
	}
}

type decoderMetrics struct{ records, lost, skipped series }

func newDecoders(b *book) decoderMetrics {
	return decoderMetrics{
		records: b.counter("floodmark_decode_records_total", "Flow records and samples decoded.", "protocol"),
		lost:    b.counter("floodmark_decode_lost_total", "Lost by sequence numbers: records or datagrams, as the protocol counts.", "protocol"),
		skipped: b.counter("floodmark_decode_skipped_total", "Datagrams, sets or records that were not read, by reason.", "protocol", "reason"),
	}
}

func (m decoderMetrics) collect(ch sink, s *Snapshot) {
	for _, v := range s.Decoders {
		m.records.send(ch, float64(v.Records), v.Protocol)
		m.lost.send(ch, float64(v.Lost), v.Protocol)
		for reason, n := range v.Skipped {
			m.skipped.send(ch, float64(n), v.Protocol, reason)
		}
	}
}

type exporterMetrics struct{ datagrams, records, lost, heard, trusted series }

func newExporters(b *book) exporterMetrics {
	return exporterMetrics{
		datagrams: b.counter("floodmark_exporter_datagrams_total", "Datagrams of an exporter.", "exporter"),
		records:   b.counter("floodmark_exporter_records_total", "Records and samples of an exporter.", "exporter"),
		lost:      b.counter("floodmark_exporter_lost_total", "Lost on the way from an exporter, by sequence numbers.", "exporter"),
		heard:     b.gauge("floodmark_exporter_last_heard_seconds", "When an exporter was heard last, in Unix seconds of the server's clock; 0 for never.", "exporter"),
		trusted:   b.gauge("floodmark_exporter_trusted_bool", "1 while figures can be built on an exporter.", "exporter"),
	}
}

func (m exporterMetrics) collect(ch sink, s *Snapshot) {
	for _, v := range s.Exporters {
		m.datagrams.send(ch, float64(v.Datagrams), v.Name)
		m.records.send(ch, float64(v.Records), v.Name)
		m.lost.send(ch, float64(v.Lost), v.Name)
		m.heard.send(ch, v.LastSeen, v.Name)
		m.trusted.flag(ch, v.QualityOK, v.Name)
	}
}

type normalizerMetrics struct{ records, dropped series }

func newNormalizer(b *book) normalizerMetrics {
	return normalizerMetrics{
		records: b.counter("floodmark_normalise_records_total", "Records that were counted towards targets."),
		dropped: b.counter("floodmark_normalise_dropped_records_total", "Records that were not, by reason: duplicate, ignored, future or old.", "reason"),
	}
}

func (m normalizerMetrics) collect(ch sink, s *Snapshot) {
	v := &s.Normalizer
	m.records.send(ch, float64(v.Records))
	m.dropped.send(ch, float64(v.Duplicate), "duplicate")
	m.dropped.send(ch, float64(v.Ignored), "ignored")
	m.dropped.send(ch, float64(v.Future), "future")
	m.dropped.send(ch, float64(v.Old), "old")
}

type shardMetrics struct{ targets, evicted, refused series }

func newShards(b *book) shardMetrics {
	return shardMetrics{
		targets: b.gauge("floodmark_shard_targets", "Targets tracked now.", "shard"),
		evicted: b.counter("floodmark_shard_evicted_targets_total", "Targets that made room for heavier ones.", "shard"),
		refused: b.counter("floodmark_shard_refused_records_total", "Records whose target found no room.", "shard"),
	}
}

func (m shardMetrics) collect(ch sink, s *Snapshot) {
	for _, v := range s.Shards {
		m.targets.send(ch, float64(v.Targets), v.Name)
		m.evicted.send(ch, float64(v.Evicted), v.Name)
		m.refused.send(ch, float64(v.Refused), v.Name)
	}
}

type judgeMetrics struct{ inputs, incidents, opened, lag series }

func newJudge(b *book) judgeMetrics {
	return judgeMetrics{
		inputs:    b.counter("floodmark_incident_inputs_total", "What the judge was told: closed seconds, anomalies, findings, commands."),
		incidents: b.gauge("floodmark_incident_incidents", "Incidents of traffic by state; closed ones are those still remembered.", "state"),
		opened:    b.counter("floodmark_incident_opened_incidents_total", "Incidents of traffic that opened."),
		lag:       b.gauge("floodmark_incident_lag_seconds", "Time between the server's clock and the last second that was judged."),
	}
}

func (m judgeMetrics) collect(ch sink, s *Snapshot) {
	m.inputs.send(ch, float64(s.Judge.Inputs))
	for _, state := range []model.State{model.Suspected, model.Open, model.Easing, model.Closed} {
		m.incidents.send(ch, float64(s.Judge.Incidents[state]), string(state))
	}
	m.opened.send(ch, float64(s.Judge.Opened))
	m.lag.send(ch, s.Judge.Lag)
}

type evidenceMetrics struct{ workers, busy, queued, done, failed, dropped series }

func newEvidence(b *book) evidenceMetrics {
	return evidenceMetrics{
		workers: b.gauge("floodmark_evidence_workers", "Workers that make evidence."),
		busy:    b.gauge("floodmark_evidence_busy_workers", "Of these, those at work now."),
		queued:  b.gauge("floodmark_evidence_queued_jobs", "Jobs that wait."),
		done:    b.counter("floodmark_evidence_done_jobs_total", "Documents made."),
		failed:  b.counter("floodmark_evidence_failed_jobs_total", "Documents that could not be made."),
		dropped: b.counter("floodmark_evidence_dropped_jobs_total", "Jobs that a later one replaced, or that found no room."),
	}
}

func (m evidenceMetrics) collect(ch sink, s *Snapshot) {
	v := &s.Evidence
	m.workers.send(ch, float64(v.Workers))
	m.busy.send(ch, float64(v.Busy))
	m.queued.send(ch, float64(v.Queued))
	m.done.send(ch, float64(v.Done))
	m.failed.send(ch, float64(v.Failed))
	m.dropped.send(ch, float64(v.Dropped))
}

type storeMetrics struct{ rows, dropped, points, droppedPoints, errors, octets, files, free, short, lag series }

func newStore(b *book) storeMetrics {
	return storeMetrics{
		rows:          b.counter("floodmark_store_rows_total", "Flow records stored."),
		dropped:       b.counter("floodmark_store_dropped_rows_total", "Flow records not stored, by reason: queue (the writer did not keep up) or disk (short or failed).", "reason"),
		points:        b.counter("floodmark_store_points_total", "Points of series stored."),
		droppedPoints: b.counter("floodmark_store_dropped_points_total", "Points of series not stored."),
		errors:        b.counter("floodmark_store_errors_total", "Errors of the database engine."),
		octets:        b.gauge("floodmark_store_disk_bytes", "Size of the files."),
		files:         b.gauge("floodmark_store_files", "Files."),
		free:          b.gauge("floodmark_store_free_bytes", "Free space of their disk."),
		short:         b.gauge("floodmark_store_short_level", "0: room enough, 1: raw flows are not stored, 2: nor series by the second."),
		lag:           b.gauge("floodmark_store_lag_seconds", "Age of the oldest rows that are not committed."),
	}
}

func (m storeMetrics) collect(ch sink, s *Snapshot) {
	v := &s.Store
	m.rows.send(ch, float64(v.Rows))
	m.dropped.send(ch, float64(v.DroppedQueue), "queue")
	m.dropped.send(ch, float64(v.DroppedDisk), "disk")
	m.points.send(ch, float64(v.Points))
	m.droppedPoints.send(ch, float64(v.DroppedPoints))
	m.errors.send(ch, float64(v.Errors))
	m.octets.send(ch, float64(v.Octets))
	m.files.send(ch, float64(v.Files))
	m.free.send(ch, float64(v.Free))
	m.short.send(ch, float64(v.Short))
	m.lag.send(ch, v.Lag)
}

type journalMetrics struct{ appended, octets, lost, free, full, down series }

func newJournal(b *book) journalMetrics {
	return journalMetrics{
		appended: b.counter("floodmark_journal_commits_total", "Commits to the journal.", "stream"),
		octets:   b.gauge("floodmark_journal_disk_bytes", "Size of a stream.", "stream"),
		lost:     b.counter("floodmark_journal_lost_commits_total", "Commits that could not be read back when the journal was opened.", "stream"),
		free:     b.gauge("floodmark_journal_free_bytes", "Free space of its disk."),
		full:     b.gauge("floodmark_journal_full_bool", "1 while the reserve of the disk is used up."),
		down:     b.gauge("floodmark_journal_down_bool", "1 while its store has failed and is being reopened."),
	}
}

func (m journalMetrics) collect(ch sink, s *Snapshot) {
	for _, v := range s.Journal.Streams {
		m.appended.send(ch, float64(v.Appended), v.Name)
		m.octets.send(ch, float64(v.Octets), v.Name)
		m.lost.send(ch, float64(v.Lost), v.Name)
	}
	m.free.send(ch, float64(s.Journal.Free))
	m.full.flag(ch, s.Journal.Full)
	m.down.flag(ch, s.Journal.Down)
}

type alertMetrics struct{ sent, failed, pending series }

func newAlerts(b *book) alertMetrics {
	return alertMetrics{
		sent:    b.counter("floodmark_alert_sent_messages_total", "Messages that a receiver took.", "receiver"),
		failed:  b.counter("floodmark_alert_failed_attempts_total", "Attempts that failed; they are repeated.", "receiver"),
		pending: b.gauge("floodmark_alert_pending_messages", "Messages that wait to be sent, or sent again.", "receiver"),
	}
}

func (m alertMetrics) collect(ch sink, s *Snapshot) {
	for _, v := range s.Receivers {
		m.sent.send(ch, float64(v.Sent), v.Name)
		m.failed.send(ch, float64(v.Failed), v.Name)
		m.pending.send(ch, float64(v.Pending), v.Name)
	}
}

type healthMetrics struct{ conditions series }

func newHealth(b *book) healthMetrics {
	return healthMetrics{b.gauge("floodmark_health_conditions", "Conditions that hold now, by code and severity (docs/conditions.md): in which way the program is blind or broken.", "code", "severity")}
}

// collect counts by code: subjects are names that may come from strangers.
func (m healthMetrics) collect(ch sink, s *Snapshot) {
	type key struct{ code, severity string }
	n := make(map[key]int)
	for _, c := range s.Conditions {
		n[key{c.Code, string(c.Severity)}]++
	}
	for k, v := range n {
		m.conditions.send(ch, float64(v), k.code, k.severity)
	}
}

type httpMetrics struct{ sessions, failures, waits, refused series }

func newHTTP(b *book) httpMetrics {
	return httpMetrics{
		sessions: b.gauge("floodmark_api_sessions", "Browsers that are logged in."),
		failures: b.counter("floodmark_api_failed_logins_total", "Logins with a wrong token."),
		waits:    b.counter("floodmark_api_refused_logins_total", "Logins that were not looked at after too many failures."),
		refused:  b.counter("floodmark_api_refused_requests_total", "Requests without a valid token, without the scope, or from pages of other sites."),
	}
}

func (m httpMetrics) collect(ch sink, s *Snapshot) {
	m.sessions.send(ch, float64(s.HTTP.Sessions))
	m.failures.send(ch, float64(s.HTTP.LoginFailures))
	m.waits.send(ch, float64(s.HTTP.LoginRefused))
	m.refused.send(ch, float64(s.HTTP.Refused))
}

// Definitions lists every metric by name.
func Definitions() []Definition {
	l := NewCollector(func() Snapshot { return Snapshot{} }).book.definitions
	slices.SortFunc(l, func(a, b Definition) int { return strings.Compare(a.Name, b.Name) })
	return l
}
