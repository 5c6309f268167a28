package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// terminal gives the width to print for and whether colour is welcome
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

// progressLine returns a function that keeps one line of progress on a
// terminal, and nil where there is none.
func progressLine(f *os.File) func(reading string, done, total int64) {
	if !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	var (
		mu      sync.Mutex
		started = time.Now()
		shown   time.Time
	)
	return func(reading string, done, total int64) {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		if now.Sub(started) < progressAfter || now.Sub(shown) < 200*time.Millisecond || total == 0 {
			return
		}
		shown = now
		fmt.Fprintf(f, "\r%s: %3.0f %% of %.1f MB\033[K", reading, 100*float64(done)/float64(total), float64(total)/1e6)
	}
}
