package telemetry

import (
	"floodmark/internal/model"
	"floodmark/internal/telemetry/histogram"
)

// UserReports is the intake of user reports.
type UserReports struct {
	Submitted         uint64
	Problems          uint64            // stored and counted
	Works             uint64            // stored and counted
	Suppressed        uint64            // stored, over a limit
	Duplicates        uint64            // of the same person
	Rejected          map[string]uint64 // by reason, of the intake's closed list
	Waiting           int               // for the journal
	Capacity          int               // that may wait
	Write             histogram.Counts  // seconds of a write to the journal
	KeyRotationFailed bool              // a hashing key cannot be stored or deleted
}

// Services is what is known of services, and what visitors write.
type Services struct {
	States       map[model.State]int // services by the state of their incident, "" for none
	Incidents    map[model.State]int // closed ones are those still in memory
	Moderation   int                 // texts of visitors that wait for moderation
	OpenDataDays int
}

// Mail is what subscribers are sent. Off where it is not configured.
type Mail struct {
	On          bool
	Subscribers int
	Unconfirmed int
	Waiting     int
	Sent        uint64
	Rejected    uint64 // permanently
	Expired     uint64
	Failing     bool // mail cannot be sent
}

type userReportMetrics struct{ submitted, counted, suppressed, duplicates, rejected, waiting, capacity, seconds, rotation series }

func newUserReports(b *book) userReportMetrics {
	return userReportMetrics{
		submitted:  b.counter("floodmark_user_report_submitted_total", "User reports submitted."),
		counted:    b.counter("floodmark_user_report_counted_total", "User reports stored and counted, by kind: problem or works.", "kind"),
		suppressed: b.counter("floodmark_user_report_suppressed_total", "User reports stored and not counted, because they exceed a limit."),
		duplicates: b.counter("floodmark_user_report_duplicates_total", "User reports that repeat a report of the same person within the hour."),
		rejected: b.counter("floodmark_user_report_rejected_total",
			"User reports rejected, by reason: queue_full, disk_full, journal_down, invalid, work_missing (no valid proof of work), work_replayed (proof used before) or rate_limited.", "reason"),
		waiting:  b.gauge("floodmark_user_report_queue_length", "User reports that wait for the journal."),
		capacity: b.gauge("floodmark_user_report_queue_capacity", "User reports that may wait; further ones are rejected."),
		seconds:  b.histogram("floodmark_user_report_write_duration_seconds", "Time to write a batch of user reports to the journal."),
		rotation: b.gauge("floodmark_user_report_key_rotation_failed", "1 while a hashing key cannot be stored or deleted."),
	}
}

func (m userReportMetrics) collect(ch *scrape, s *Snapshot) {
	v := &s.UserReports
	m.submitted.send(ch, float64(v.Submitted))
	m.counted.send(ch, float64(v.Problems), "problem")
	m.counted.send(ch, float64(v.Works), "works")
	m.suppressed.send(ch, float64(v.Suppressed))
	m.duplicates.send(ch, float64(v.Duplicates))
	for reason, n := range v.Rejected {
		m.rejected.send(ch, float64(n), reason)
	}
	m.waiting.send(ch, float64(v.Waiting))
	m.capacity.send(ch, float64(v.Capacity))
	m.seconds.sendHistogram(ch, v.Write)
	m.rotation.flag(ch, v.KeyRotationFailed)
}

type serviceMetrics struct{ services, incidents, moderation, days series }

func newServices(b *book) serviceMetrics {
	return serviceMetrics{
		services:   b.gauge("floodmark_services", "Services by the state of their incident; none for those without.", "state"),
		incidents:  b.gauge("floodmark_service_incidents", "Incidents of services by state; closed ones are those still in memory.", "state"),
		moderation: b.gauge("floodmark_moderation_queue_length", "Texts of visitors that wait for moderation."),
		days:       b.gauge("floodmark_open_data_files", "Daily files of open data published."),
	}
}

func (m serviceMetrics) collect(ch *scrape, s *Snapshot) {
	v := &s.Services
	m.services.send(ch, float64(v.States[""]), "none")
	for _, state := range []model.State{model.Suspected, model.Open, model.Easing} {
		m.services.send(ch, float64(v.States[state]), string(state))
	}
	for _, state := range []model.State{model.Suspected, model.Open, model.Easing, model.Closed} {
		m.incidents.send(ch, float64(v.Incidents[state]), string(state))
	}
	m.moderation.send(ch, float64(v.Moderation))
	m.days.send(ch, float64(v.OpenDataDays))
}

type mailMetrics struct{ subscriptions, waiting, sent, dropped, failing series }

func newMail(b *book) mailMetrics {
	return mailMetrics{
		subscriptions: b.gauge("floodmark_mail_subscriptions", "Subscriptions, by state: confirmed or unconfirmed.", "state"),
		waiting:       b.gauge("floodmark_mail_queue_length", "Mails that wait to be sent."),
		sent:          b.counter("floodmark_mail_sent_messages_total", "Mails accepted by the mail server."),
		dropped:       b.counter("floodmark_mail_dropped_messages_total", "Mails that were never sent, by reason: rejected (permanently) or expired (too old, or too many).", "reason"),
		failing:       b.gauge("floodmark_mail_failing", "1 while mail cannot be sent."),
	}
}

// collect sends nothing where mail is not configured.
func (m mailMetrics) collect(ch *scrape, s *Snapshot) {
	v := &s.Mail
	if !v.On {
		return
	}
	m.subscriptions.send(ch, float64(v.Subscribers), "confirmed")
	m.subscriptions.send(ch, float64(v.Unconfirmed), "unconfirmed")
	m.waiting.send(ch, float64(v.Waiting))
	m.sent.send(ch, float64(v.Sent))
	m.dropped.send(ch, float64(v.Rejected), "rejected")
	m.dropped.send(ch, float64(v.Expired), "expired")
	m.failing.flag(ch, v.Failing)
}
