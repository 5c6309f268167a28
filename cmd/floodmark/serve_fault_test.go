package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"floodmark/internal/scenario/export"
)

// TestHangingWebhookDelaysNobodyElse has one receiver that never answers.
func TestHangingWebhookDelaysNobodyElse(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	asked := make(chan struct{}, 16)
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked <- struct{}{}; <-hang }))
	defer srv.Close()
	defer close(hang)
	h, url := newHook(t)
	conf := webhook(t, url) + "    - name: hangs\n      webhook: {url: \"" + srv.URL + "\"}\n"
	s := serving(t, configured(t, "networks: [198.51.100.0/24]\n"+conf), t.TempDir())
	exporting(t, feeds{protocol: export.SFlow, from: "127.0.5.1", to: s.sflow, sampling: 1000}).traffic(250, udpFlood("198.51.100.9"))
	in := s.opened("198.51.100.9")
	<-asked
	s.until("the other receiver is told", func() bool { return len(h.heard("opened", in.ID)) == 1 })
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}

// fill takes up the free space of a file system but for some of it.
func fill(t *testing.T, dir string, leave int64) (free func()) {
	t.Helper()
	f, err := os.CreateTemp(dir, "ballast")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := int64(0); ; { // others write meanwhile
		var st syscall.Statfs_t
		if err := syscall.Statfs(dir, &st); err != nil {
			t.Fatal(err)
		}
		n := int64(st.Bavail)*st.Bsize - leave
		if n <= 0 {
			break
		}
		if err := syscall.Fallocate(int(f.Fd()), 0, size, n); err == nil {
			size += n
		} else if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
	return func() { os.Remove(f.Name()) }
}

// TestFullDiskIsReportedAndSurvived fills the file system under a running program:
// first to where flows stop, then whole.
func TestFullDiskIsReportedAndSurvived(t *testing.T) {
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
	h, url := newHook(t)
	s := serving(t, configured(t, "data: {min_free_space: 100MB}\nnetworks: [198.51.100.0/24]\n"+webhook(t, url)), filepath.Join(disk, "data"))
	f := exporting(t, feeds{protocol: export.SFlow, from: "127.0.5.2", to: s.sflow, sampling: 1000})
	f.traffic(50, browsing("198.51.100.7"))
	s.until("flows are stored", func() bool { return s.metric("floodmark_store_rows_total", "") > 0 })

	free := fill(t, disk, 80e6)
	s.until("it says that flows are not kept", func() bool { return s.condition("disk-space-low") != "" })
	f.traffic(250, udpFlood("198.51.100.9"))
	in := s.opened("198.51.100.9")
	s.until("the webhook is told", func() bool { return len(h.heard("opened", in.ID)) == 1 })
	if code, b, err := s.send("POST", "/api/v1/incidents/"+in.ID+"/acknowledge", `{"note":"seen"}`); code != 200 {
		t.Errorf("acknowledge: %d %v %s", code, err, b)
	}

	all := fill(t, filepath.Join(disk, "data"), 0)
	s.until("it says that nothing can be written", func() bool { return s.condition("journal-down") != "" })
	t.Log(s.condition("journal-down"))
	f.traffic(250, udpFlood("198.51.100.10"))
	s.until("rates are still counted", func() bool {
		var target struct {
			In struct{ Rates map[string]float64 }
		}
		code, _, _ := s.send("GET", "/api/v1/targets/198.51.100.10", "")
		if code != 200 {
			return false
		}
		s.get("/api/v1/targets/198.51.100.10", &target)
		return target.In.Rates["packets"] > 100e3
	})
	all()
	free()
	in = s.opened("198.51.100.10")
	s.until("the webhook is told of the second", func() bool { return len(h.heard("opened", in.ID)) == 1 })
	s.until("nothing is wrong any more", func() bool { return s.condition("journal-down") == "" && s.condition("disk-space-low") == "" })

	defer fill(t, disk, 0)()
	f.traffic(250, udpFlood("198.51.100.11"))
	s.until("it says again that nothing can be written", func() bool { return s.condition("journal-down") != "" })
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code on a full disk: %d", code)
	}
}

// TestSilentExporterEndsNoIncident lets the only exporter that sees an attack
// fall silent, on a clock that runs fast.
func TestSilentExporterEndsNoIncident(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *bubble) {
		s := t.serve("networks: [198.51.100.0/24]\nincidents: {resolve_after: 1m}\n", "", t.replay("2026-06-15T10:00:00Z", 1))
		clock := clockOf(t.T, s)
		one := exporting(t.T, feeds{net: s.net, protocol: export.SFlow, from: "127.0.5.3", to: s.sflow, sampling: 1000, clock: clock})
		two := exporting(t.T, feeds{net: s.net, protocol: export.SFlow, from: "127.0.5.4", to: s.sflow, sampling: 1000, clock: clock})
		two.traffic(20, browsing("198.51.100.7"))
		end := one.traffic(250, udpFlood("198.51.100.9"))
		in := s.opened("198.51.100.9")
		one.silence(true)
		s.until("it is told", func() bool { return strings.HasPrefix(s.condition("exporter-stale"), "127.0.5.3") })
		t.Log(s.condition("exporter-stale"))
		now := s.clock.Time
		quiet := now()
		s.until("three holds are over", func() bool { return now().Sub(quiet) > 3*time.Minute })
		s.get("/api/v1/incidents/"+in.ID, &in)
		// It may have eased before the silence was long enough to be one.
		if in.State == "closed" {
			t.Error("the incident is closed though nobody can see whether it ended")
		}
		end()
		one.traffic(20, browsing("198.51.100.7"))
		one.silence(false)
		s.until("it closes when it is seen to be over", func() bool { s.get("/api/v1/incidents/"+in.ID, &in); return in.State == "closed" })
		if c := s.condition("exporter-stale"); c != "" {
			t.Error("still told:", c)
		}
	})
}
