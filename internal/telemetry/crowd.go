package telemetry

import "floodmark/internal/model"

// Reports is the intake of people's reports.
type Reports struct {
	Submitted uint64
	Problems  uint64            // durable, and count
	Works     uint64            // durable, and count
	Withheld  uint64            // durable, over a limit
	Repeated  uint64            // had said so before
	Refused   map[string]uint64 // by reason, of the intake's closed list
	Waiting   int               // for the journal
	Room      int               // how many may wait
	Batches   uint64            // writes to the journal
	Writing   float64           // seconds that these took
	SaltStuck bool              // a salt of hashes could not be kept or deleted
}

// Services is what is known of services, and what visitors read and write.
type Services struct {
	States    map[model.State]int // services by the state of their incident, "" for none
	Incidents map[model.State]int // closed ones are those still remembered
	Desk      int                 // what visitors wrote and nobody has looked at
	Days      int                 // of open data
}

// Mail is what subscribers are sent. Off where it is not configured.
type Mail struct {
	On          bool
	Subscribers int
	Unconfirmed int
	Waiting     int
	Sent        uint64
	Refused     uint64 // for good
	GivenUp     uint64
	Failing     bool // the way to the server does not work
}

type reportMetrics struct{ submitted, counted, withheld, repeated, refused, waiting, room, batches, writing, salt series }

func newReports(b *book) reportMetrics {
	return reportMetrics{
		submitted: b.counter("floodmark_report_submitted_reports_total", "Reports of people that came in."),
		counted:   b.counter("floodmark_report_counted_reports_total", "Reports that are kept and count, by kind: problem, or works.", "kind"),
		withheld:  b.counter("floodmark_report_withheld_reports_total", "Reports that are kept and do not count: over a limit."),
		repeated:  b.counter("floodmark_report_repeated_reports_total", "Reports of people who had said so within the hour."),
		refused: b.counter("floodmark_report_refused_reports_total",
			"Reports that were not taken, by reason: queue, disk or down (the server could not), invalid, work (no valid proof), replayed (a proof was used before) or limit.", "reason"),
		waiting: b.gauge("floodmark_report_waiting_reports", "Reports that wait for the journal."),
		room:    b.gauge("floodmark_report_queue_reports", "How many may wait; those beyond are refused."),
		batches: b.counter("floodmark_report_batches_total", "Writes of reports to the journal, many at a time."),
		writing: b.counter("floodmark_report_write_seconds_total", "Time that these writes took. By batches it is about what an acknowledgement waits for."),
		salt:    b.gauge("floodmark_report_salt_stuck_bool", "1 while a key of hashes cannot be kept or deleted."),
	}
}

func (m reportMetrics) collect(ch sink, s *Snapshot) {
	v := &s.Reports
	m.submitted.send(ch, float64(v.Submitted))
	m.counted.send(ch, float64(v.Problems), "problem")
	m.counted.send(ch, float64(v.Works), "works")
	m.withheld.send(ch, float64(v.Withheld))
	m.repeated.send(ch, float64(v.Repeated))
	for reason, n := range v.Refused {
		m.refused.send(ch, float64(n), reason)
	}
	m.waiting.send(ch, float64(v.Waiting))
	m.room.send(ch, float64(v.Room))
	m.batches.send(ch, float64(v.Batches))
	m.writing.send(ch, v.Writing)
	m.salt.flag(ch, v.SaltStuck)
}

type serviceMetrics struct{ services, incidents, desk, days series }

func newServices(b *book) serviceMetrics {
	return serviceMetrics{
		services:  b.gauge("floodmark_service_services", "Services by the state of their incident; none for those without.", "state"),
		incidents: b.gauge("floodmark_service_incidents", "Incidents of services by state; closed ones are those still remembered.", "state"),
		desk:      b.gauge("floodmark_service_desk_entries", "What visitors wrote and no operator has looked at."),
		days:      b.gauge("floodmark_service_dump_days", "Days of open data."),
	}
}

func (m serviceMetrics) collect(ch sink, s *Snapshot) {
	v := &s.Services
	m.services.send(ch, float64(v.States[""]), "none")
	for _, state := range []model.State{model.Suspected, model.Open, model.Easing} {
		m.services.send(ch, float64(v.States[state]), string(state))
	}
	for _, state := range []model.State{model.Suspected, model.Open, model.Easing, model.Closed} {
		m.incidents.send(ch, float64(v.Incidents[state]), string(state))
	}
	m.desk.send(ch, float64(v.Desk))
	m.days.send(ch, float64(v.Days))
}

type mailMetrics struct{ subscriptions, waiting, sent, lost, failing series }

func newMail(b *book) mailMetrics {
	return mailMetrics{
		subscriptions: b.gauge("floodmark_mail_subscriptions", "Subscriptions, by state: confirmed or unconfirmed.", "state"),
		waiting:       b.gauge("floodmark_mail_waiting_messages", "Mails that are to be sent."),
		sent:          b.counter("floodmark_mail_sent_messages_total", "Mails that the server took."),
		lost:          b.counter("floodmark_mail_lost_messages_total", "Mails that were never sent, by reason: refused (for good) or old (too old, or too many).", "reason"),
		failing:       b.gauge("floodmark_mail_failing_bool", "1 while the way to the server does not work."),
	}
}

// collect sends nothing where mail is not configured.
func (m mailMetrics) collect(ch sink, s *Snapshot) {
	v := &s.Mail
	if !v.On {
		return
	}
	m.subscriptions.send(ch, float64(v.Subscribers), "confirmed")
	m.subscriptions.send(ch, float64(v.Unconfirmed), "unconfirmed")
	m.waiting.send(ch, float64(v.Waiting))
	m.sent.send(ch, float64(v.Sent))
	m.lost.send(ch, float64(v.Refused), "refused")
	m.lost.send(ch, float64(v.GivenUp), "old")
	m.failing.flag(ch, v.Failing)
}
