package main

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"floodmark/internal/act/mail/mailtest"
)

// userReportsConditions are those that a full disk brings about, worst first.
var userReportsConditions = []string{"user-reports-not-stored", "key-rotation-failed", "open-data-missing"}

// TestFullDiskIsReportedForReports fills the file system under a running program whose
// clock runs so fast that a day, with its new key of hashes and its open data, is
// over soon.
func TestFullDiskIsReportedForReports(t *testing.T) {
	t.Parallel()
	if !alone(t) {
		return
	}
	disk := t.TempDir()
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=700m"); err != nil {
		t.Fatal(err)
	}
	defer syscall.Unmount(disk, syscall.MNT_DETACH)
	s := serving(t, configured(t, "data: {min_free_space: 100MB}\nservices: [{slug: example, name: Example}]\nuser_reports: {trusted_proxies: [127.0.0.0/8]}\n"),
		filepath.Join(disk, "data"), "--clock", "start=2026-06-15T00:30:00Z,speed=3600")
	n := 0
	report := func() int {
		n++
		code, _ := someone(s, n).report("example", "")
		return code
	}
	if code := report(); code != http.StatusAccepted {
		t.Fatalf("a report: %d", code)
	}
	for _, code := range userReportsConditions {
		if c := s.condition(code); c != "" {
			t.Errorf("%s on an empty disk: %s", code, c)
		}
	}
	free := fill(t, disk, 0)
	// The condition ends ten minutes of the clock after the last refusal, so somebody has to go on.
	s.until("it says that reports are not kept", func() bool {
		code := report()
		return code == http.StatusServiceUnavailable && strings.Contains(s.condition("user-reports-not-stored"), "disk is full")
	})
	s.until("it says that the key is not changed", func() bool { return s.condition("key-rotation-failed") != "" })
	t.Log(s.condition("key-rotation-failed"))
	s.until("it says that a day of open data is missing", func() bool { return s.condition("open-data-missing") != "" })
	missed := regexp.MustCompile(`\d{4}-\d\d-\d\d`).FindString(s.condition("open-data-missing"))
	t.Log(s.condition("open-data-missing"))
	for name, part := range map[string]string{"floodmark_user_report_rejected_total": "disk", "floodmark_user_report_key_rotation_failed": "", "floodmark_user_report_counted_total": "problem"} {
		if got := s.metric(name, part); got < 1 {
			t.Errorf("%s of %s: %g", name, part, got)
		}
	}
	free()
	s.until("reports are taken again", func() bool { return report() == http.StatusAccepted })
	for _, code := range userReportsConditions {
		s.until(code+" is taken back", func() bool { return s.condition(code) == "" })
	}
	if code, _, b := someone(s, 1).ask("GET", "/data/"+missed+".csv", ""); code != http.StatusOK || !strings.Contains(b, "example,"+missed+"T") {
		t.Errorf("the day that was missing, %s: %d %.300s", missed, code, b)
	}
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

// TestDayThatEndedWhileOffIsWritten stops a server in the evening and starts it
// in the morning.
func TestDayThatEndedWhileOffIsWritten(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *bubble) {
		dir := t.TempDir()
		const text = "services: [{slug: example, name: Example}]\n"
		s := t.serve(text, dir, t.replay("2026-06-15T20:00:00Z", 60))
		day := func(name string) string {
			_, _, b := someone(s, 1).ask("GET", "/data/"+name+".csv", "")
			return b
		}
		const last15m = "example,2026-06-15T20:15:00Z,0,"
		s.until("a quarter is over", func() bool { return strings.Contains(day("live"), last15m) })
		if code := s.stop(); code != exitDone {
			t.Fatalf("exit code %d", code)
		}
		s = t.serve(text, dir, t.replay("2026-06-16T09:00:00Z", 1))
		if b := day("2026-06-15"); !strings.Contains(b, last15m) {
			t.Errorf("the day before: %.300s", b)
		}
		if c := s.condition("open-data-missing"); c != "" {
			t.Error(c)
		}
	})
}

// TestMailThatFailsIsReported subscribes while the mail server hangs up.
func TestMailThatFailsIsReported(t *testing.T) {
	t.Parallel()
	srv, err := mailtest.Start(mailtest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	srv.Answer(func(string, string) string { return "421 not now" })
	s := serving(t, configured(t, "services: [{slug: example, name: Example}]\nuser_reports:\n  base_url: https://status.example\n  mail: {host: 127.0.0.1, port: "+strconv.Itoa(srv.Port)+", security: none, from: alerts@example.org}\n"), t.TempDir())
	code, _, b := someone(s, 1).ask("POST", "/s/example/subscribe", "address=reader%40example.net", "Content-Type", "application/x-www-form-urlencoded")
	if code != http.StatusOK {
		t.Fatalf("subscribe: %d %s", code, b)
	}
	s.until("it says that mail fails", func() bool { return s.condition("mail-failing") != "" })
	if c := s.condition("mail-failing"); !strings.Contains(c, "1 wait") || strings.Contains(c, "reader") {
		t.Error(c)
	}
	if got := s.metric("floodmark_mail_queue_length", ""); got != 1 {
		t.Errorf("%g wait", got)
	}
	srv.Answer(nil)
	<-srv.Got
	s.until("mail works again", func() bool { return s.condition("mail-failing") == "" })
	if got := s.metric("floodmark_mail_sent_messages_total", ""); got != 1 {
		t.Errorf("%g were sent", got)
	}
}
