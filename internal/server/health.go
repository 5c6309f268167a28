package server

import (
	"context"
	"fmt"
	"time"

	"floodmark/internal/clock"
	"floodmark/internal/conditions"
	"floodmark/internal/engine"
	"floodmark/internal/incident"
	"floodmark/internal/model"
)

// watchHealth looks at readers, sockets, store and clock about once a second
// of real time, until ctx is done.
func (s *Server) watchHealth(ctx context.Context) {
	var last ownCounts
	for clock.Sleep(ctx, min(time.Second, s.clock.Real(10*time.Second))) {
		now := s.clock.Now()
		s.monitor.Look(now)
		last = s.checkProgram(now, last)
		s.sendWindows(now)
	}
}

// sendWindows sends the engine which maintenance windows hold now, if that changed
// or must be renewed.
func (s *Server) sendWindows(now int64) {
	var list []incident.Window
	maintenance := s.current().Maintenance
	for i := range maintenance {
		m := &maintenance[i]
		if m.Covers(time.Unix(0, now)) {
			targets := m.Targets
			if len(targets) == 0 {
				targets = []model.TargetID{model.NetworkID()}
			}
			list = append(list, incident.Window{Name: m.Name, Targets: targets, From: now - int64(windowSlack), To: now + int64(windowSlack)})
		}
	}
	if len(list) == 0 && len(s.windows) == 0 || len(list) == len(s.windows) && now-s.windowsAt < int64(windowSlack)/2 {
		return
	}
	s.windows, s.windowsAt = list, now
	s.engine.Send(engine.Maintenance(list))
}

// windowSlack is how far ahead the engine is sent a window that holds now.
const windowSlack = 2 * time.Minute

// ownCounts are counters whose growth means trouble.
type ownCounts struct {
	rows, evicted, late uint64
	reports             reportsHealth
}

// checkProgram looks at the program itself.
func (s *Server) checkProgram(now int64, last ownCounts) ownCounts {
	var c ownCounts
	s.checkJournal()
	st := s.store.Stats()
	c.rows = st.DroppedQueue + st.DroppedDisk + st.DroppedPoint
	text := ""
	if d := c.rows - last.rows; d > 0 {
		text = fmt.Sprintf("%d flows or points were not stored in the last second: the disk or the CPU does not keep up; detection continues", d)
	}
	s.conditions.Set(conditions.StoreLoss, "", text)
	text = ""
	switch st.Short {
	case 1:
		text = "the disk is nearly full: raw flows are not stored, incidents are; free space or lower data.flows.max_size"
	case 2:
		text = "the disk is nearly full: neither raw flows nor series of one second are stored, incidents are; free space or lower data.flows.max_size"
	}
	s.conditions.Set(conditions.DiskSpaceLow, "", text)
	if d := s.clock.Adjust(time.Now()); d > 0 {
		s.conditions.Set(conditions.ClockStepped, "forwards", fmt.Sprintf("the system clock was set forward by %s, which was followed", d.Round(time.Second)))
	} else if d < 0 {
		s.conditions.Set(conditions.ClockStepped, "backwards", fmt.Sprintf("the system clock was set back by %s: times are ahead of it by as much until it has caught up or floodmark is restarted", (-d).Round(time.Second)))
	} else {
		s.conditions.Clear(conditions.ClockStepped, "backwards")
		s.conditions.Expire(conditions.ClockStepped, "forwards", int64(time.Hour))
	}
	t := s.pipeline.Tables()
	c.evicted = t.Untracked
	text = ""
	if d := c.evicted - min(last.evicted, c.evicted); d > 0 {
		text = fmt.Sprintf("%d records in the last second were for addresses that found no place in the table of %d hosts: they count for prefixes and customers only; raise max_tracked_hosts", d, s.current().MaxTrackedHosts)
	}
	s.conditions.Set(conditions.TargetTableFull, "", text)
	c.late = s.investigator.Stats().Dropped
	text = ""
	if c.late > last.late {
		text = "more incidents than the evidence workers can examine: some are reported without evidence for now"
	}
	s.conditions.Set(conditions.EvidenceLate, "", text)
	c.reports = s.checkUserReports(now, last.reports)
	return c
}

// checkJournal raises or clears the condition that nothing can be written.
func (s *Server) checkJournal() {
	text := ""
	if err := s.engine.Err(); err != nil {
		text = "changes of incidents cannot be written, so none takes effect: " + err.Error()
	}
	s.conditions.Set(conditions.JournalDown, "", text)
}

// allConditions lists what holds now, by severity.
func (s *Server) allConditions() []model.Condition {
	return s.conditions.List(append(s.monitor.Conditions(), s.alerts.Conditions()...)...)
}
