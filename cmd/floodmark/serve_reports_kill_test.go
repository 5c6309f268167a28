package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/journal"
	"floodmark/internal/model"
	"floodmark/internal/source/report"
)

// reporters are people who report as fast as they can, each once, and note what
// was acknowledged. Each says a sentence of their own.
type reporters struct {
	next  atomic.Int64
	mu    sync.Mutex
	acked map[string]bool
	other map[int]int // answers that are not 202
	fails int         // requests without an answer
}

func (p *reporters) failed() {
	p.mu.Lock()
	p.fails++
	p.mu.Unlock()
}

// provedBy solves a challenge.
func provedBy(token string, bits int) string {
	for n := 0; ; n++ {
		s := fmt.Sprintf("%s:%d", token, n)
		sum, zeros := sha256.Sum256([]byte(s)), 0
		for zeros < bits && sum[zeros/8]>>(7-zeros%8)&1 == 0 {
			zeros++
		}
		if zeros == bits {
			return s
		}
	}
}

// report reports until the program was killed. A request without an answer ends
// nothing before: on a busy machine it may just have taken too long.
func (p *reporters) report(s *served, killed <-chan struct{}) {
	c := &http.Client{Timeout: patient, Transport: new(http.Transport)}
	defer c.CloseIdleConnections()
	for {
		select {
		case <-killed:
			return
		default:
		}
		n := p.next.Add(1)
		// One service that so many report from one network asks for much work.
		service := fmt.Sprint("example", n%exampleServices)
		ask := func(method, path, body string) (int, []byte, error) {
			r, err := http.NewRequest(method, s.public+path, strings.NewReader(body))
			if err != nil {
				return 0, nil, err
			}
			r.Header.Set("X-Forwarded-For", fmt.Sprintf("10.%d.%d.1", n>>8&255, n&255))
			r.Header.Set("User-Agent", fmt.Sprint("person ", n))
			r.Header.Set("Content-Type", "application/json")
			resp, err := c.Do(r)
			if err != nil {
				return 0, nil, err
			}
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			return resp.StatusCode, b, err
		}
		_, b, err := ask("GET", "/api/v1/challenge?service="+service, "")
		if err != nil {
			p.failed()
			continue
		}
		var ch struct {
			Token string
			Bits  int
		}
		if err := json.Unmarshal(b, &ch); err != nil {
			p.failed() // cut by the kill
			continue
		}
		stated := fmt.Sprint("words of ", n)
		code, _, err := ask("POST", "/api/v1/reports", fmt.Sprintf(`{"service":%q,"kind":"problem","text":%q,"solution":%q}`, service, stated, provedBy(ch.Token, ch.Bits)))
		if err != nil {
			p.failed()
			continue
		}
		p.mu.Lock()
		if code == http.StatusAccepted {
			p.acked[stated] = true
		} else {
			p.other[code]++
		}
		p.mu.Unlock()
	}
}

const exampleServices = 12

// reported sums the problems that the public API tells of.
func reported(s *served) (sum int) {
	for n := range exampleServices {
		sum += reportedOf(s, fmt.Sprint("example", n))
	}
	return sum
}

func reportedOf(s *served, service string) int {
	resp, err := client.Get(s.public + "/api/v1/services/" + service + "/series")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var v struct{ Buckets []struct{ Problems int } }
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		s.t.Fatal(err)
	}
	sum := 0
	for _, b := range v.Buckets {
		sum += b.Problems
	}
	return sum
}

// TestKillLosesNoReport kills the program while people report, and counts.
func TestKillLosesNoReport(t *testing.T) {
	services := "services:\n"
	for n := range exampleServices {
		services += fmt.Sprintf("  - slug: example%d\n", n)
	}
	file := configured(t, services+"user_reports: {trusted_proxies: [127.0.0.0/8]}\n")
	dir := t.TempDir()
	p := &reporters{acked: make(map[string]bool), other: make(map[int]int)}
	rng := rand.New(rand.NewPCG(6, 7))
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		t.Logf("asked %d times, other answers %v, %d without any", p.next.Load(), p.other, p.fails)
	})
	s := serving(t, file, dir)
	const rounds = 4
	for round := range rounds {
		before := len(p.acked)
		var wg sync.WaitGroup
		killed := make(chan struct{})
		for range 8 {
			wg.Go(func() { p.report(s, killed) })
		}
		s.until("reports are acknowledged", func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return len(p.acked) > before
		})
		<-time.After(time.Duration(rng.IntN(1200)) * time.Millisecond) // any moment will do
		s.kill()
		close(killed)
		wg.Wait()
		s = s.again()
		t.Logf("round %d: %d acknowledged so far, ready again in %s", round, len(p.acked), s.ready.Round(time.Millisecond))
	}
	// Counts are shown when their minute is over.
	s.until("all that was acknowledged is told", func() bool { return reported(s) >= len(p.acked) })
	if len(p.other) > 0 {
		t.Errorf("answers by status: %v", p.other)
	}
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	p.compare(t, filepath.Join(dir, "journal"))
}

// compare counts what the journal holds: all that was acknowledged, once.
func (p *reporters) compare(t *testing.T, dir string) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Config{Dir: dir, Reserve: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	kept, before := make(map[string]int), int64(0)
	err = j.Read(t.Context(), journal.Reports, 0, func(_ uint64, _ time.Time, data []byte) error {
		return report.ParseBatch(data, func(r *model.Report) error {
			if kept[r.Text]++; r.At < before {
				t.Errorf("%q of %d comes after one of %d", r.Text, r.At, before)
			}
			before = r.At
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	lost, twice := 0, 0
	for stated := range p.acked {
		if kept[stated] == 0 {
			lost++
		}
	}
	for _, n := range kept {
		if n > 1 {
			twice++
		}
	}
	t.Logf("%d acknowledged, %d kept, %d lost, %d kept twice", len(p.acked), len(kept), lost, twice)
	if lost > 0 || twice > 0 || len(p.acked) == 0 {
		t.Errorf("%d of %d acknowledged reports are lost, %d are kept twice", lost, len(p.acked), twice)
	}
}
