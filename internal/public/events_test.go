package public_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/public"
	"floodmark/internal/public/publictest"
)

// pipes is a listener whose connections are in memory, so that time can be made.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	ended chan struct{}
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), ended: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.ended:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { p.once.Do(func() { close(p.ended) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p *pipes) dial() net.Conn {
	a, b := net.Pipe()
	p.conns <- a
	return b
}

// served is a handler behind a real server whose clock is the bubble's.
type served struct {
	t    *testing.T
	fake *publictest.Fake
	site public.Site
	ln   *pipes
	srv  *http.Server
	stop chan struct{}
}

func serve(t *testing.T) *served {
	s := &served{t: t, fake: publictest.New(), ln: newPipes(), stop: make(chan struct{})}
	s.site = public.NewSite(public.Config{Backend: s.fake, Page: pages, Stopping: func(context.Context) <-chan struct{} { return s.stop },
		ClientAddress: func(*http.Request) netip.Addr { return netip.MustParseAddr("192.0.2.1") }})
	s.srv = &http.Server{Handler: s.site, ReadTimeout: 20 * time.Second, WriteTimeout: 90 * time.Second}
	go func() {
		if err := s.srv.Serve(s.ln); !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	}()
	return s
}

// follow returns the lines of a stream as they come.
func (s *served) follow(query string) (lines chan string, end func()) {
	c := s.ln.dial()
	if _, err := fmt.Fprintf(c, "GET /events%s HTTP/1.1\r\nHost: status.example\r\n\r\n", query); err != nil {
		s.t.Fatal(err)
	}
	lines = make(chan string, 1000)
	go func() {
		defer close(lines)
		for r := bufio.NewScanner(c); r.Scan(); {
			if text := r.Text(); strings.HasPrefix(text, "event:") || strings.HasPrefix(text, "data:") || strings.HasPrefix(text, ":") || strings.HasPrefix(text, "HTTP") {
				lines <- text
			}
		}
	}()
	return lines, func() { c.Close() }
}

// drain returns what has come until now.
func drain(lines chan string) string {
	synctest.Wait()
	var out []string
	for {
		select {
		case l, ok := <-lines:
			if !ok {
				return strings.Join(append(out, "end"), "|")
			}
			out = append(out, l)
		default:
			return strings.Join(out, "|")
		}
	}
}

func (s *served) report(service int) {
	s.fake.Change(func() {
		now := *s.fake.All[service]
		now.Last15m.Problems++
		s.fake.All[service] = &now
	})
}

func TestSubscribersAreNotifiedOfWhatTheySee(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		open, endOpen := s.follow("?service=open")
		normal, endNormal := s.follow("?service=normal")
		all, endAll := s.follow("")
		for _, l := range []chan string{open, normal, all} {
			if got := drain(l); got != "HTTP/1.1 200 OK" {
				t.Fatal(got)
			}
		}
		for range 50 {
			s.report(3) // open
		}
		if got := drain(open); got != "" {
			t.Errorf("told before pages are made anew: %s", got)
		}
		time.Sleep(1100 * time.Millisecond)
		if got := drain(open); got != `event: change|data: {"service":"open","state":"open","at":"2026-11-24T12:07:00Z"}` {
			t.Errorf("one event for a burst, got %s", got)
		}
		if got := drain(all); strings.Count(got, "event: change") != 1 {
			t.Error(got)
		}
		if got := drain(normal); got != "" {
			t.Errorf("another service's follower is told: %s", got)
		}
		s.fake.Change(func() {}) // nothing to see
		time.Sleep(2 * time.Second)
		if got := drain(open) + drain(all); got != "" {
			t.Error(got)
		}
		for range 100 { // ten seconds of a change each tenth of one
			s.report(3)
			time.Sleep(100 * time.Millisecond)
		}
		if n := strings.Count(drain(open), "event: change"); n < 8 || n > 10 {
			t.Errorf("%d events in ten seconds", n)
		}
		endOpen()
		endNormal()
		endAll()
		synctest.Wait()
		if streams, topics, places, running := s.site.Streams(); streams+topics+places != 0 || running {
			t.Errorf("%d streams, %d topics, %d places, running %v after all are gone", streams, topics, places, running)
		}
		s.srv.Close()
	})
}

func TestStreamsStayAliveAndEndWithTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		lines, _ := s.follow("?service=open")
		drain(lines)
		for range 10 { // longer than the times of any other request
			time.Sleep(20 * time.Second)
			if got := drain(lines); got != ": alive" {
				t.Fatalf("a heartbeat in 20 s, got %q", got)
			}
		}
		s.report(3)
		time.Sleep(2 * time.Second)
		if got := drain(lines); !strings.Contains(got, "event: change") {
			t.Error(got)
		}
		close(s.stop)
		if got := drain(lines); !strings.HasSuffix(got, "end") {
			// The connection stays, the answer is over.
			if streams, _, _, _ := s.site.Streams(); streams != 0 {
				t.Errorf("%d streams after the server stops", streams)
			}
		}
		s.srv.Close()
	})
}

func TestNothingIsMissedBetweenFollowers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		for range 3 { // the goroutine ends with the last of them and begins again
			lines, end := s.follow("?service=open")
			drain(lines)
			s.report(3)
			time.Sleep(2 * time.Second)
			if got := drain(lines); strings.Count(got, "event: change") != 1 {
				t.Errorf("%q", got)
			}
			end()
			synctest.Wait()
		}
		s.srv.Close()
	})
}

// quiet is a writer of answers that nobody reads.
type quiet struct {
	h      http.Header
	status int
}

func (q *quiet) Header() http.Header         { return q.h }
func (q *quiet) Write(b []byte) (int, error) { return len(b), nil }
func (q *quiet) WriteHeader(s int)           { q.status = s }
func (q *quiet) FlushError() error           { return nil }

func TestStreamsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fake := publictest.New()
		site := public.NewSite(public.Config{Backend: fake, Page: pages})
		ctx, cancel := context.WithCancel(t.Context())
		follow := func(from string) *quiet {
			r := request("GET", "/events", "").WithContext(ctx)
			r.RemoteAddr = from
			q := &quiet{h: make(http.Header)}
			go site.ServeHTTP(q, r)
			return q
		}
		for i := range public.MaxFromOne {
			follow(fmt.Sprintf("[2001:db8::%x]:1", i+1))
		}
		synctest.Wait()
		one := follow("[2001:db8::ffff:1]:1")
		synctest.Wait()
		if one.status != 503 || one.h.Get("Retry-After") == "" {
			t.Errorf("one more of a /64: %d %v", one.status, one.h)
		}
		for i := range public.MaxStreams - public.MaxFromOne {
			follow(fmt.Sprintf("10.%d.%d.1:1", i/250, i%250))
		}
		synctest.Wait()
		if streams, _, _, _ := site.Streams(); streams != public.MaxStreams {
			t.Errorf("%d streams", streams)
		}
		last := follow("198.51.100.1:1")
		synctest.Wait()
		if last.status != 503 {
			t.Errorf("one more than all: %d", last.status)
		}
		cancel()
		synctest.Wait()
		if streams, topics, places, running := site.Streams(); streams+topics+places != 0 || running {
			t.Errorf("%d streams, %d topics, %d places", streams, topics, places)
		}
	})
}

func TestNotesAndCommentsAreReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t)
		lines, _ := s.follow("?service=normal")
		drain(lines)
		s.fake.Change(func() { s.fake.Words["normal"] = []model.Note{{By: "x", At: 1, Text: "y"}} })
		time.Sleep(2 * time.Second)
		if got := drain(lines); !strings.Contains(got, "change") {
			t.Errorf("a note is not told: %q", got)
		}
		s.srv.Close()
	})
}
