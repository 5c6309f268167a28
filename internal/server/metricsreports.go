package server

import (
	"floodmark/internal/engine"
	"floodmark/internal/model"
	"floodmark/internal/telemetry"
)

// snapshotUserReports copies the counters of user reports, services and mail.
func (s *Server) snapshotUserReports(t *telemetry.Snapshot) {
	r := s.reports.Intake().Stats()
	t.UserReports = telemetry.UserReports{Submitted: r.Submitted, Problems: r.Counted - r.Works, Works: r.Works, Suppressed: r.Suppressed, Duplicates: r.Duplicates,
		Rejected: map[string]uint64{"queue_full": r.QueueFull, "disk_full": r.DiskFull, "journal_down": r.Down, "invalid": r.Invalid,
			"work_missing": r.WorkNeeded, "work_replayed": r.Replayed, "rate_limited": r.TooMany},
		Waiting: r.Waiting, Capacity: r.Room, Write: r.Write, KeyRotationFailed: r.SaltError != ""}
	t.Services = telemetry.Services{States: map[model.State]int{}, Incidents: map[model.State]int{}, Moderation: len(s.moderation.Queue())}
	for _, x := range s.reports.View().Services() {
		t.Services.States[x.State]++
	}
	for _, in := range s.incidents.Services(func(*model.Incident) bool { return true }, engine.MaxIncidents) {
		t.Services.Incidents[in.State]++
	}
	if days, err := s.archive.Days(); err == nil {
		t.Services.OpenDataDays = len(days)
	}
	if s.mail != nil {
		m := s.mail.Status()
		t.Mail = telemetry.Mail{On: true, Subscribers: m.Subscribers, Unconfirmed: m.Unconfirmed, Waiting: m.Waiting, Sent: m.Sent, Rejected: m.Rejected,
			Expired: m.GivenUp, Failing: m.Since != 0}
	}
}
