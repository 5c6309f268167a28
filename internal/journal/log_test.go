package journal

import (
	"bytes"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"floodmark/internal/testenv"
)

func TestServerLinesAreBoundedAndTheRestCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		failed := 0
		l := &serverLog{log: slog.New(slog.NewTextHandler(&out, nil)), failed: func() { failed++ }}
		for range logBurst + 7 {
			l.Warnf("line %d", 1)
		}
		if n := strings.Count(out.String(), "\n"); n != logBurst {
			t.Errorf("%d lines, want %d", n, logBurst)
		}
		time.Sleep(logWindow + 1)
		l.Errorf("Critical write error: %v", "disk")
		if !strings.Contains(out.String(), "lines=7") || !strings.Contains(out.String(), "Critical write error: disk") {
			t.Errorf("logged %s", out.String())
		}
		if failed != 1 {
			t.Errorf("told of %d failures, want 1", failed)
		}
	})
}

func TestServerListensNowhereAndLeavesSignalsAlone(t *testing.T) {
	j := open(t, Config{Dir: t.TempDir()})
	if a := j.engine.server.Addr(); a != nil {
		t.Errorf("listens on %s", a)
	}
	if a := j.engine.server.MonitorAddr(); a != (*net.TCPAddr)(nil) {
		t.Errorf("its monitoring listens on %s", a)
	}
	// The server's handler would shut it down.
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR2)
	defer signal.Stop(c)
	must(t, syscall.Kill(os.Getpid(), syscall.SIGUSR2))
	<-c
	_, err := j.Append(t.Context(), Changes, []byte("x"))
	must(t, err)
}

func TestNothingIsLeftRunningAfterClose(t *testing.T) {
	dir := t.TempDir()
	count := func() int { return strings.Count(stacks(), "goroutine ") }
	before := count()
	for range 3 {
		j := open(t, Config{Dir: dir})
		_, err := j.Append(t.Context(), Changes, []byte("x"))
		must(t, err)
		must(t, j.Close())
	}
	testenv.Eventually(t, "all goroutines have ended", func() bool { return count() <= before })
}

func stacks() string {
	b := make([]byte, 4<<20)
	return string(b[:runtime.Stack(b, true)])
}
