package server

import (
	"context"
	"fmt"
	"slices"
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
	before, at := map[uint32]model.ExporterStatus{}, s.clock.Now()
	var last ownCounts
	for clock.Sleep(ctx, min(time.Second, s.clock.Real(10*time.Second))) {
		now := s.clock.Now()
		statuses := s.look(now, before, float64(now-at)/1e9)
		before, at = byNumber(statuses), now
		last = s.judgeOwn(now, last)
		s.tellBlind(statuses)
		s.windows(now)
		s.line.setHorizon(statuses)
	}
}

// look gathers what readers and sockets measured, and has it judged.
func (s *Server) look(now int64, before map[uint32]model.ExporterStatus, seconds float64) []model.ExporterStatus {
	l := s.line
	all := make([]readerStatus, len(l.readers))
	for i, x := range l.readers {
		all[i] = x.tick(now)
		if s.clock.Speed() > fastestAudit {
			continue // samples and counters of a fast replay are not of the same time
		}
		for _, c := range all[i].counters {
			s.watch.Count(c)
		}
	}
	skipped := skippedBy(all)
	statuses := l.exporterStatuses(all, before, seconds)
	sockets := s.socketStatuses()
	found := s.staleExporters(now, statuses, s.watch.Update(now, statuses, sockets))
	for _, x := range l.readers {
		x.trust(statuses)
	}
	s.mu.Lock()
	s.statuses, s.sockets, s.exporterConditions, s.skipped = statuses, sockets, found, skipped
	s.mu.Unlock()
	return statuses
}

// staleExporters adds the exporters that have been silent for longer than the
// configuration allows, where the interval learned from them does not show it yet.
func (s *Server) staleExporters(now int64, statuses []model.ExporterStatus, list []model.Condition) []model.Condition {
	p := s.line.plan.Load()
	for i := range statuses {
		e := &statuses[i]
		after := p.silentAfter[e.Address]
		if after == 0 || e.LastSeen == 0 || now-e.LastSeen < int64(after) ||
			slices.ContainsFunc(list, func(c model.Condition) bool { return c.Code == conditions.ExporterStale && c.Subject == e.Name }) {
			continue
		}
		list = append(list, model.Condition{Code: conditions.ExporterStale, Subject: e.Name, Severity: model.Critical, Since: e.LastSeen,
			Text: fmt.Sprintf("no flows from %s since %s: attacks there are not seen", e.Name, time.Unix(0, e.LastSeen).UTC().Format("15:04"))})
	}
	return list
}

// windows tells the judge which maintenance windows hold now. It is asked often
// and tells only what changed, or must be renewed.
func (s *Server) windows(now int64) {
	var list []incident.Window
	for i := range s.line.plan.Load().settings.Maintenance {
		m := &s.line.plan.Load().settings.Maintenance[i]
		if m.Covers(time.Unix(0, now)) {
			targets := m.Targets
			if len(targets) == 0 {
				targets = []model.TargetID{model.NetworkID()}
			}
			list = append(list, incident.Window{Name: m.Name, Targets: targets, From: now - int64(windowSlack), To: now + int64(windowSlack)})
		}
	}
	if len(list) == 0 && len(s.windowsTold) == 0 || len(list) == len(s.windowsTold) && now-s.windowsAt < int64(windowSlack)/2 {
		return
	}
	s.windowsTold, s.windowsAt = list, now
	s.line.engine.Send(engine.Maintenance(list))
}

// windowSlack is how far ahead the judge is told of a window that holds now.
const windowSlack = 2 * time.Minute

// fastestAudit is the speed of the clock up to which samples are compared with
// the counters of interfaces.
const fastestAudit = 10

func byNumber(list []model.ExporterStatus) map[uint32]model.ExporterStatus {
	out := make(map[uint32]model.ExporterStatus, len(list))
	for _, e := range list {
		out[e.Number] = e
	}
	return out
}

// socketStatuses tells what each collector's sockets received.
func (s *Server) socketStatuses() []model.SocketStatus {
	var out []model.SocketStatus
	for _, c := range s.collectors {
		st := c.listener.Stats()
		t := st.Total()
		o := model.SocketStatus{Address: c.address, Datagrams: t.Datagrams, Dropped: t.Dropped, UnknownDatagrams: t.Refused}
		if len(st.Unknown) > 0 {
			o.LastUnknown = st.Unknown[0].Addr.String()
		}
		for _, x := range c.readers {
			x.mu.Lock()
			o.Undecoded += x.undecoded
			x.mu.Unlock()
		}
		out = append(out, o)
	}
	for _, c := range s.captures {
		t := c.current().Stats().Total()
		out = append(out, model.SocketStatus{Address: "capture:" + c.name, Datagrams: t.Packets, Dropped: t.Dropped})
	}
	return out
}

// ownCounts are counters whose growth means trouble.
type ownCounts struct {
	rows, evicted, late uint64
	crowd               crowdHealth
}

// judgeOwn looks at the program itself.
func (s *Server) judgeOwn(now int64, last ownCounts) ownCounts {
	var c ownCounts
	s.judgeJournal()
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
	t := s.line.targetStats()
	c.evicted = t.Untracked
	text = ""
	if d := c.evicted - min(last.evicted, c.evicted); d > 0 {
		text = fmt.Sprintf("%d records in the last second were for addresses that found no place in the table of %d hosts: they count for prefixes and customers only; raise max_tracked_hosts", d, s.settings.MaxTrackedHosts)
	}
	s.conditions.Set(conditions.TargetTableFull, "", text)
	c.late = s.investigator.Stats().Dropped
	text = ""
	if c.late > last.late {
		text = "more incidents than the evidence workers can examine: some are reported without evidence for now"
	}
	s.conditions.Set(conditions.EvidenceLate, "", text)
	c.crowd = s.judgeCrowd(now, last.crowd)
	return c
}

// judgeJournal raises or clears the condition that nothing can be written.
func (s *Server) judgeJournal() {
	text := ""
	if err := s.engine.Err(); err != nil {
		text = "changes of incidents cannot be written, so none takes effect: " + err.Error()
	}
	s.conditions.Set(conditions.JournalDown, "", text)
}

// allConditions lists what holds now, by severity.
func (s *Server) allConditions() []model.Condition {
	s.mu.Lock()
	others := slices.Clone(s.exporterConditions)
	s.mu.Unlock()
	return s.conditions.List(append(others, s.alerts.Conditions()...)...)
}

// tellBlind tells the judge which exporters are silent: those that fell
// silent, and those of earlier runs that have not been heard yet.
func (s *Server) tellBlind(statuses []model.ExporterStatus) {
	s.mu.Lock()
	blind := make(map[string]bool)
	for _, c := range s.exporterConditions {
		if c.Code == conditions.ExporterStale {
			blind[c.Subject] = true
		}
	}
	for _, e := range statuses {
		if e.LastSeen != 0 {
			delete(s.unheard, e.Number)
		}
	}
	if s.clock.Time().Sub(s.started) > time.Hour {
		clear(s.unheard) // gone rather than late
	}
	for n := range s.unheard {
		blind[s.line.nameOf(n)] = true
	}
	same := len(blind) == len(s.blind)
	for name := range blind {
		same = same && s.blind[name]
	}
	s.blind = blind
	s.mu.Unlock()
	if same {
		return
	}
	list := sortedKeys(blind)
	s.line.engine.Send(engine.StaleExporters(list))
}
