package telemetry

import (
	"slices"
	"strings"
)

type programMetrics struct{ info, started, ready, speed series }

func newProgram(b *book) programMetrics {
	return programMetrics{
		info:    b.gauge("floodmark_build_info", "Always 1; the version is a label.", "version"),
		started: b.gauge("floodmark_start_timestamp_seconds", "Start of the program, Unix time."),
		ready:   b.gauge("floodmark_ready", "1 while detection is running."),
		speed:   b.gauge("floodmark_clock_speed_ratio", "Speed of the server's clock; 1 is real time."),
	}
}

func (m programMetrics) collect(ch *scrape, s *Snapshot) {
	m.info.send(ch, 1, s.Version)
	m.started.send(ch, s.Started)
	m.ready.flag(ch, s.Ready)
	m.speed.send(ch, s.ClockSpeed)
}

type socketMetrics struct{ datagrams, bytes, dropped, buffer series }

func newSockets(b *book) socketMetrics {
	return socketMetrics{
		datagrams: b.counter("floodmark_collector_datagrams_total", "Export datagrams received from allowed sources.", "collector"),
		bytes:     b.counter("floodmark_collector_received_bytes_total", "Payload of these datagrams.", "collector"),
		dropped: b.counter("floodmark_collector_dropped_datagrams_total",
			"Datagrams not read, by reason: buffer_full (dropped by the kernel), unknown_exporter (source not allowed) or too_long.", "collector", "reason"),
		buffer: b.gauge("floodmark_collector_buffer_bytes", "Receive buffer granted by the kernel, the minimum of the collector's sockets.", "collector"),
	}
}

func (m socketMetrics) collect(ch *scrape, s *Snapshot) {
	for _, v := range s.Sockets {
		m.datagrams.send(ch, float64(v.Datagrams), v.Name)
		m.bytes.send(ch, float64(v.Bytes), v.Name)
		m.dropped.send(ch, float64(v.Dropped), v.Name, "buffer_full")
		m.dropped.send(ch, float64(v.UnknownExporter), v.Name, "unknown_exporter")
		m.dropped.send(ch, float64(v.Truncated), v.Name, "too_long")
		m.buffer.send(ch, float64(v.Buffer), v.Name)
	}
}

type captureMetrics struct{ packets, bytes, dropped, up series }

func newCaptures(b *book) captureMetrics {
	return captureMetrics{
		packets: b.counter("floodmark_capture_packets_total", "Packets captured.", "interface"),
		bytes:   b.counter("floodmark_capture_wire_bytes_total", "Length of these packets on the wire.", "interface"),
		dropped: b.counter("floodmark_capture_dropped_packets_total", "Packets not read, by reason: buffer_full (dropped by the kernel).", "interface", "reason"),
		up:      b.gauge("floodmark_capture_up", "1 while the interface is up.", "interface"),
	}
}

func (m captureMetrics) collect(ch *scrape, s *Snapshot) {
	for _, v := range s.Captures {
		m.packets.send(ch, float64(v.Packets), v.Interface)
		m.bytes.send(ch, float64(v.Bytes), v.Interface)
		m.dropped.send(ch, float64(v.Dropped), v.Interface, "buffer_full")
		m.up.flag(ch, v.Up, v.Interface)
	}
}

type ingestMetrics struct{ seconds, size series }

func newIngest(b *book) ingestMetrics {
	return ingestMetrics{
		seconds: b.histogram("floodmark_ingest_batch_duration_seconds", "Time to decode, normalize and count one batch of datagrams or packets."),
		size:    b.histogram("floodmark_ingest_batch_size", "Datagrams or packets in a batch: what one read of a socket or ring returned."),
	}
}

func (m ingestMetrics) collect(ch *scrape, s *Snapshot) {
	m.seconds.sendHistogram(ch, s.Ingest.Seconds)
	m.size.sendHistogram(ch, s.Ingest.Size)
}

type decoderMetrics struct{ records, lost, skipped series }

func newDecoders(b *book) decoderMetrics {
	return decoderMetrics{
		records: b.counter("floodmark_decode_records_total", "Flow records and samples decoded.", "protocol"),
		lost:    b.counter("floodmark_decode_lost_total", "Lost in transit by sequence numbers: records or datagrams, as the protocol counts.", "protocol"),
		skipped: b.counter("floodmark_decode_skipped_total", "Datagrams, sets, records or packets that were not decoded, by reason.", "protocol", "reason"),
	}
}

func (m decoderMetrics) collect(ch *scrape, s *Snapshot) {
	for _, v := range s.Decoders {
		m.records.send(ch, float64(v.Records), v.Protocol)
		m.lost.send(ch, float64(v.Lost), v.Protocol)
		for reason, n := range v.Skipped {
			m.skipped.send(ch, float64(n), v.Protocol, reason)
		}
	}
}

type exporterMetrics struct{ datagrams, records, lost, seen, quality series }

func newExporters(b *book) exporterMetrics {
	return exporterMetrics{
		datagrams: b.counter("floodmark_exporter_datagrams_total", "Datagrams of an exporter.", "exporter"),
		records:   b.counter("floodmark_exporter_records_total", "Records and samples of an exporter.", "exporter"),
		lost:      b.counter("floodmark_exporter_lost_total", "Lost in transit from an exporter, by sequence numbers.", "exporter"),
		seen:      b.gauge("floodmark_exporter_last_seen_timestamp_seconds", "Arrival of the last datagram of an exporter, Unix time of the server's clock; 0 for never.", "exporter"),
		quality:   b.gauge("floodmark_exporter_quality_ok", "1 while the data of an exporter is reliable.", "exporter"),
	}
}

func (m exporterMetrics) collect(ch *scrape, s *Snapshot) {
	for _, v := range s.Exporters {
		m.datagrams.send(ch, float64(v.Datagrams), v.Name)
		m.records.send(ch, float64(v.Records), v.Name)
		m.lost.send(ch, float64(v.Lost), v.Name)
		m.seen.send(ch, v.LastSeen, v.Name)
		m.quality.flag(ch, v.QualityOK, v.Name)
	}
}

type normalizerMetrics struct{ records, dropped, corrected series }

func newNormalizer(b *book) normalizerMetrics {
	return normalizerMetrics{
		records:   b.counter("floodmark_normalize_records_total", "Records normalized, dropped ones included."),
		dropped:   b.counter("floodmark_normalize_dropped_records_total", "Records not counted, by reason: duplicate (reported by another exporter) or ignored (on an ignored interface).", "reason"),
		corrected: b.counter("floodmark_normalize_corrected_records_total", "Records whose times were corrected, by reason: future, or old (before what the export delay allows).", "reason"),
	}
}

func (m normalizerMetrics) collect(ch *scrape, s *Snapshot) {
	v := &s.Normalizer
	m.records.send(ch, float64(v.Records))
	m.dropped.send(ch, float64(v.Duplicate), "duplicate")
	m.dropped.send(ch, float64(v.Ignored), "ignored")
	m.corrected.send(ch, float64(v.Future), "future")
	m.corrected.send(ch, float64(v.Old), "old")
}

type shardMetrics struct{ targets, evicted, dropped series }

func newShards(b *book) shardMetrics {
	return shardMetrics{
		targets: b.gauge("floodmark_shard_targets", "Targets tracked now.", "shard"),
		evicted: b.counter("floodmark_shard_evicted_targets_total", "Targets evicted in favor of ones with more traffic.", "shard"),
		dropped: b.counter("floodmark_shard_dropped_records_total", "Records not counted for a host, by reason: table_full.", "shard", "reason"),
	}
}

func (m shardMetrics) collect(ch *scrape, s *Snapshot) {
	for _, v := range s.Shards {
		m.targets.send(ch, float64(v.Targets), v.Name)
		m.evicted.send(ch, float64(v.Evicted), v.Name)
		m.dropped.send(ch, float64(v.TableFull), v.Name, "table_full")
	}
}

// definitions lists every metric by name.
func definitions() []definition {
	l := newCollector(func() Snapshot { return Snapshot{} }).book.definitions
	slices.SortFunc(l, func(a, b definition) int { return strings.Compare(a.Name, b.Name) })
	return l
}
