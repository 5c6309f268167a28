package journal

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// The server's own lines: at most burst in each window, the rest counted.
const (
	logWindow = 10 * time.Second
	logBurst  = 20
)

// serverLog hands the server's lines to slog. It implements server.Logger. Its
// Fatalf does not end the process.
type serverLog struct {
	log    *slog.Logger
	failed func() // called on a write error, of which the server tells nobody else

	mu         sync.Mutex
	start      time.Time
	lines      int
	suppressed int
}

func (l *serverLog) write(level slog.Level, format string, v []any) {
	l.mu.Lock()
	suppressed := 0
	if now := time.Now(); now.Sub(l.start) > logWindow {
		suppressed = l.suppressed
		l.start, l.lines, l.suppressed = now, 0, 0
	}
	l.lines++
	if l.lines > logBurst {
		l.suppressed++
		l.mu.Unlock()
		return
	}
	l.mu.Unlock()
	if suppressed > 0 {
		l.log.Warn("journal server lines left out", "lines", suppressed)
	}
	l.log.Log(context.Background(), level, "journal server", "line", fmt.Sprintf(format, v...))
}

// Noticef is for lines of starting and stopping.
func (l *serverLog) Noticef(format string, v ...any) { l.write(slog.LevelDebug, format, v) }

// Warnf is for lines that somebody should look at.
func (l *serverLog) Warnf(format string, v ...any) { l.write(slog.LevelWarn, format, v) }

// Errorf is for failed operations; the caller of the journal is told as well.
func (l *serverLog) Errorf(format string, v ...any) {
	l.write(slog.LevelWarn, format, v)
	if strings.Contains(strings.ToLower(format), "write error") {
		l.failed()
	}
}

// Fatalf is for a server that cannot go on; Open or the next call says so.
func (l *serverLog) Fatalf(format string, v ...any) { l.write(slog.LevelError, format, v) }

// Debugf and Tracef are never asked for.
func (l *serverLog) Debugf(string, ...any) {}

// Tracef see Debugf.
func (l *serverLog) Tracef(string, ...any) {}
