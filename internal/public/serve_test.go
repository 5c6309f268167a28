package public_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"floodmark/internal/api"
	"floodmark/internal/public"
	"floodmark/internal/public/publictest"
)

// running is the handler behind the server of the program.
type running struct {
	t       *testing.T
	address string
	stop    context.CancelFunc
	ended   chan error
}

func run(t *testing.T) *running {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &running{t: t, address: ln.Addr().String(), stop: cancel, ended: make(chan error, 1)}
	h := public.New(public.Config{Backend: publictest.New(), Page: pages, Stopping: api.Stopping})
	go func() { s.ended <- api.Serve(ctx, ln, h, nil, nil) }()
	t.Cleanup(func() { cancel() })
	return s
}

// send writes octets and reads the answer.
func (s *running) send(content string) *http.Response {
	s.t.Helper()
	c, err := net.Dial("tcp", s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	go io.WriteString(c, content) // the server may answer before it has read all
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func TestBytesThatAreNoProperRequest(t *testing.T) {
	s := run(t)
	head := "Host: status.example\r\n"
	json := head + "Content-Type: application/json\r\n"
	for _, c := range []struct {
		name, content string
		want          int
	}{
		{"nonsense", "hello\r\n\r\n", 400},
		{"no host", "GET / HTTP/1.1\r\n\r\n", 400},
		{"large headers", "GET / HTTP/1.1\r\n" + head + "X: " + strings.Repeat("a", 40<<10) + "\r\n\r\n", 431},
		{"long path", "GET /" + strings.Repeat("a", 40<<10) + " HTTP/1.1\r\n" + head + "\r\n", 431},
		{"two lengths", "POST /api/v1/reports HTTP/1.1\r\n" + json + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400},
		{"length and chunks", "POST /api/v1/reports HTTP/1.1\r\n" + json + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 422},
		{"bad chunks", "POST /api/v1/reports HTTP/1.1\r\n" + json + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
		{"large body that is told", "POST /api/v1/reports HTTP/1.1\r\n" + json + "Content-Length: 99999999\r\n\r\n{", 413},
		{"large body in chunks", "POST /api/v1/reports HTTP/1.1\r\n" + json + "Transfer-Encoding: chunked\r\n\r\n5000\r\n" + strings.Repeat("a", 0x5000) + "\r\n0\r\n\r\n", 413},
		{"absolute form", "GET http://evil.example/s/open HTTP/1.1\r\n" + head + "\r\n", 200},
		{"everything", "OPTIONS * HTTP/1.1\r\n" + head + "\r\n", 200},
		{"tunnel", "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n", 404},
		{"unknown method", "BREW / HTTP/1.1\r\n" + head + "\r\n", 405},
	} {
		if r := s.send(c.content); r.StatusCode != c.want {
			t.Errorf("%s: %s", c.name, r.Status)
		}
	}
}

// TestStreamsEndWithTheServer stops the program's server while many follow.
func TestStreamsEndWithTheServer(t *testing.T) {
	s := run(t)
	var streams []*http.Response
	for range 20 {
		r := s.send("GET /events?service=open HTTP/1.1\r\nHost: x\r\n\r\n")
		if r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/event-stream" {
			t.Fatal(r.Status)
		}
		streams = append(streams, r)
	}
	s.stop()
	for _, r := range streams {
		// A body that ends as it should, not a connection that was cut.
		if b, err := io.ReadAll(r.Body); err != nil || !strings.HasPrefix(string(b), "retry: ") {
			t.Errorf("%q, %v", b, err)
		}
	}
	if err := <-s.ended; err != nil {
		t.Error(fmt.Errorf("serve: %w", err))
	}
}
