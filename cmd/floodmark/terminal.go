package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// terminal gives the width to print for and whether it supports color
// (https://no-color.org).
func terminal(w io.Writer) (width int, color bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 100, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < 40 {
		width = 80
	}
	return min(width, 100), os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// progressAfter is how long a reading takes before it shows progress.
const progressAfter = time.Second

// progress keeps one line on a terminal; elsewhere it shows nothing.
type progress struct {
	w       *os.File
	on      bool
	started time.Time
	shown   time.Time
}

func newProgress(w *os.File) *progress {
	return &progress{w: w, on: term.IsTerminal(int(w.Fd())), started: time.Now()}
}

func (p *progress) show(reading string, done, total int64) {
	now := time.Now()
	if !p.on || total == 0 || now.Sub(p.started) < progressAfter || now.Sub(p.shown) < 200*time.Millisecond {
		return
	}
	p.shown = now
	fmt.Fprintf(p.w, "\r%s: %3.0f %% of %.1f MB\033[K", reading, 100*float64(done)/float64(total), float64(total)/1e6)
}

// clear takes the line away.
func (p *progress) clear() {
	if !p.shown.IsZero() {
		fmt.Fprint(p.w, "\r\033[K")
	}
}
