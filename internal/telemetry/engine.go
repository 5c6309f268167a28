package telemetry

import "floodmark/internal/model"

type engineMetrics struct{ inputs, incidents, opened, lag, delay series }

func newEngine(b *book) engineMetrics {
	return engineMetrics{
		inputs:    b.counter("floodmark_engine_inputs_total", "Inputs of the incident engine: anomalies, findings, commands and closed seconds."),
		incidents: b.gauge("floodmark_incidents", "Traffic incidents by state; closed ones are those still in memory.", "state"),
		opened:    b.counter("floodmark_incidents_opened_total", "Traffic incidents opened."),
		lag:       b.gauge("floodmark_engine_lag_seconds", "Time between the server's clock and the last second that was evaluated."),
		delay:     b.histogram("floodmark_incident_detection_delay_seconds", "Time between the start of the traffic of an incident and its opening, by the server's clock."),
	}
}

func (m engineMetrics) collect(ch *scrape, s *Snapshot) {
	m.inputs.send(ch, float64(s.Engine.Inputs))
	for _, state := range []model.State{model.Suspected, model.Open, model.Easing, model.Closed} {
		m.incidents.send(ch, float64(s.Engine.Incidents[state]), string(state))
	}
	m.opened.send(ch, float64(s.Engine.Opened))
	m.lag.send(ch, s.Engine.Lag)
	m.delay.sendHistogram(ch, s.Engine.DetectionDelay)
}

type evidenceMetrics struct{ workers, busy, queued, capacity, completed, failed, dropped, seconds series }

func newEvidence(b *book) evidenceMetrics {
	return evidenceMetrics{
		workers:   b.gauge("floodmark_evidence_workers", "Evidence workers."),
		busy:      b.gauge("floodmark_evidence_busy_workers", "Evidence workers that run a job now."),
		queued:    b.gauge("floodmark_evidence_queue_length", "Evidence jobs that wait."),
		capacity:  b.gauge("floodmark_evidence_queue_capacity", "Evidence jobs that may wait."),
		completed: b.counter("floodmark_evidence_completed_jobs_total", "Evidence documents written."),
		failed:    b.counter("floodmark_evidence_failed_jobs_total", "Evidence jobs that failed."),
		dropped:   b.counter("floodmark_evidence_dropped_jobs_total", "Evidence jobs dropped because the queue was full; they are retried later."),
		seconds:   b.histogram("floodmark_evidence_job_duration_seconds", "Duration of an evidence job."),
	}
}

func (m evidenceMetrics) collect(ch *scrape, s *Snapshot) {
	v := &s.Evidence
	m.workers.send(ch, float64(v.Workers))
	m.busy.send(ch, float64(v.Busy))
	m.queued.send(ch, float64(v.Queued))
	m.capacity.send(ch, float64(v.Capacity))
	m.completed.send(ch, float64(v.Completed))
	m.failed.send(ch, float64(v.Failed))
	m.dropped.send(ch, float64(v.Dropped))
	m.seconds.sendHistogram(ch, v.Seconds)
}

type alertMetrics struct{ sent, failed, pending, seconds series }

func newAlerts(b *book) alertMetrics {
	return alertMetrics{
		sent:    b.counter("floodmark_alert_sent_messages_total", "Messages accepted by a receiver.", "receiver"),
		failed:  b.counter("floodmark_alert_failed_attempts_total", "Delivery attempts that failed; they are retried.", "receiver"),
		pending: b.gauge("floodmark_alert_queue_length", "Messages that wait for delivery or for a retry.", "receiver"),
		seconds: b.histogram("floodmark_alert_delivery_duration_seconds", "Duration of a delivery attempt.", "receiver"),
	}
}

func (m alertMetrics) collect(ch *scrape, s *Snapshot) {
	for _, v := range s.Receivers {
		m.sent.send(ch, float64(v.Sent), v.Name)
		m.failed.send(ch, float64(v.Failed), v.Name)
		m.pending.send(ch, float64(v.Pending), v.Name)
		m.seconds.sendHistogram(ch, v.Seconds, v.Name)
	}
}

type conditionMetrics struct{ conditions series }

func newConditions(b *book) conditionMetrics {
	return conditionMetrics{b.gauge("floodmark_conditions", "Data-quality conditions raised now, by code and severity (docs/conditions.md).", "code", "severity")}
}

// collect counts by code: subjects may be names that senders chose.
func (m conditionMetrics) collect(ch *scrape, s *Snapshot) {
	type key struct{ code, severity string }
	n := make(map[key]int)
	for _, c := range s.Conditions {
		n[key{c.Code, string(c.Severity)}]++
	}
	for k, v := range n {
		m.conditions.send(ch, float64(v), k.code, k.severity)
	}
}

type httpMetrics struct{ sessions, failures, limited, rejected, requests, queries series }

func newHTTP(b *book) httpMetrics {
	return httpMetrics{
		sessions: b.gauge("floodmark_api_sessions", "Browser sessions that are logged in."),
		failures: b.counter("floodmark_api_failed_logins_total", "Logins with a wrong token."),
		limited:  b.counter("floodmark_api_rate_limited_logins_total", "Logins rejected without a check after too many failures."),
		rejected: b.counter("floodmark_api_rejected_requests_total", "Requests without a valid token, without the scope, or from pages of other sites."),
		requests: b.histogram("floodmark_http_request_duration_seconds", "Duration of an HTTP request by listener: operator or public. Event streams are not included.", "listener"),
		queries:  b.histogram("floodmark_query_duration_seconds", "Duration of a query over stored flows or series."),
	}
}

func (m httpMetrics) collect(ch *scrape, s *Snapshot) {
	m.sessions.send(ch, float64(s.HTTP.Sessions))
	m.failures.send(ch, float64(s.HTTP.FailedLogins))
	m.limited.send(ch, float64(s.HTTP.RateLimited))
	m.rejected.send(ch, float64(s.HTTP.Rejected))
	for listener, c := range s.HTTP.Requests {
		m.requests.sendHistogram(ch, c, listener)
	}
	m.queries.sendHistogram(ch, s.HTTP.Queries)
}
