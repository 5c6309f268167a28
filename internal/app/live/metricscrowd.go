package live

import (
	"floodmark/internal/engine"
	"floodmark/internal/model"
	"floodmark/internal/telemetry"
)

// snapshotCrowd tells of reports, services and mail.
func (s *Server) snapshotCrowd(t *telemetry.Snapshot) {
	c := s.crowd
	r := c.intake.Stats()
	t.Reports = telemetry.Reports{Submitted: r.Submitted, Problems: r.Counted - r.Works, Works: r.Works, Withheld: r.Withheld, Repeated: r.Already,
		Refused: map[string]uint64{"queue": r.QueueFull, "disk": r.DiskFull, "down": r.Down, "invalid": r.Invalid, "work": r.WorkNeeded, "replayed": r.Replayed, "limit": r.TooMany},
		Waiting: r.Waiting, Room: r.Room, Batches: r.Batches, Writing: r.Writing.Seconds(), SaltStuck: r.SaltError != ""}
	t.Services = telemetry.Services{States: map[model.State]int{}, Incidents: map[model.State]int{}, Desk: len(c.desk.Queue())}
	for _, x := range c.views.Load().list {
		t.Services.States[x.State]++
	}
	for _, in := range s.incidents.Services(func(*model.Incident) bool { return true }, engine.MaxIncidents) {
		t.Services.Incidents[in.State]++
	}
	if days, err := c.dumps.Days(); err == nil {
		t.Services.Days = len(days)
	}
	if c.mail != nil {
		m := c.mail.Status()
		t.Mail = telemetry.Mail{On: true, Subscribers: m.Subscribers, Unconfirmed: m.Unconfirmed, Waiting: m.Waiting, Sent: m.Sent, Refused: m.Refused,
			GivenUp: m.GivenUp, Failing: m.Since != 0}
	}
}
