package server

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"floodmark/internal/archive"
	"floodmark/internal/conditions"
	"floodmark/internal/source/report"
)

// How long conditions stand after the last refusal, by the server's clock.
// Whether a journal works again is known when it takes a report; where nobody
// reports it is not asked forever.
const (
	refusedFor = int64(time.Minute)
	notKeptFor = int64(10 * time.Minute)
)

// reportsHealth is what checkUserReports knew at its last look.
type reportsHealth struct {
	reports        report.Stats
	refused, notAt int64 // Unix ns of the last refusal by a full queue and by the journal, 0 for none
	dump           dumpHealth
}

// checkUserReports looks at the way of reports.
func (s *Server) checkUserReports(now int64, last reportsHealth) reportsHealth {
	if !s.ready.Load() {
		return last // what is refused while stopping is no condition
	}
	next := s.checkIntake(now, s.reports.Intake().Stats(), last)
	next.dump = s.checkDump(now, last.dump)
	if m := s.mail; m != nil {
		text := ""
		if st := m.Status(); st.Since != 0 {
			text = fmt.Sprintf("no mail can be sent since %s UTC, %d wait: %s", time.Unix(0, st.Since).UTC().Format("15:04"), st.Waiting, st.LastError)
		}
		s.conditions.Set(conditions.MailFailing, "", text)
	}
	return next
}

// checkIntake looks at what the intake counted since its last look.
func (s *Server) checkIntake(now int64, st report.Stats, last reportsHealth) reportsHealth {
	next := reportsHealth{reports: st, refused: last.refused, notAt: last.notAt}
	if n := st.QueueFull - last.reports.QueueFull; n > 0 {
		next.refused = now
		s.conditions.Set(conditions.UserReportsRejected, "", fmt.Sprintf("user reports arrive faster than the disk takes them: %d were rejected since the start; visitors were asked to come back later, and charts show it", st.QueueFull))
	} else if next.refused != 0 && now-next.refused >= refusedFor {
		next.refused = 0
		s.conditions.Clear(conditions.UserReportsRejected, "")
	}
	disk, down := st.DiskFull-last.reports.DiskFull, st.Down-last.reports.Down
	switch {
	case disk+down > 0:
		next.notAt = now
		why := "its journal failed and is being reopened; look at the log"
		if disk > 0 {
			why = "its disk is full; free space"
		}
		s.conditions.Set(conditions.UserReportsNotStored, "", fmt.Sprintf("no user report can be stored, because %s: %d were rejected since the start", why, st.DiskFull+st.Down))
	case next.notAt != 0 && (st.Kept() > last.reports.Kept() || now-next.notAt >= notKeptFor):
		next.notAt = 0
		s.conditions.Clear(conditions.UserReportsNotStored, "")
	}
	text := ""
	if st.SaltError != "" {
		text = "the daily change of the key of hashes is not on the disk: " + st.SaltError +
			"; an old key that is still there can lead hashes of its day back to addresses, and a new one that is not there will be another after a restart"
	}
	s.conditions.Set(conditions.KeyRotationFailed, "", text)
	return next
}

// dumpHealth is which day of open data is waited for.
type dumpHealth struct {
	today int64  // days since 1970
	day   string // "" for none
	next  time.Time
	text  string // what is wrong with it, "" for nothing
}

// dumpPatience is how long after its end a day of open data may take, in real
// time.
const dumpPatience = 10 * time.Second

// checkDump looks whether the day that ended is there, and whether writing one
// failed.
func (s *Server) checkDump(now int64, d dumpHealth) dumpHealth {
	today := now / int64(24*time.Hour)
	if d.today != 0 && today > d.today {
		d.day, d.text, d.next = archive.DayName(d.today), "", time.Now().Add(dumpPatience)
	}
	d.today = today
	if d.day != "" && !time.Now().Before(d.next) {
		d.next = time.Now().Add(time.Second)
		days, err := s.archive.Days()
		switch {
		case slices.Contains(days, d.day):
			d.day, d.text = "", ""
		case err != nil:
			d.text = "the open data of " + d.day + " cannot be found: " + err.Error()
		default:
			d.text = notWritten(d.day)
		}
	}
	text := d.text
	if failed := s.archive.Failed(); len(failed) > 0 {
		text = notWritten(failed...)
	}
	s.conditions.Set(conditions.OpenDataMissing, "", text)
	return d
}

func notWritten(days ...string) string {
	return "the open data of " + strings.Join(days, ", ") + " was not written: look at the log and at the disk; it is tried again each minute"
}
