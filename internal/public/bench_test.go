package public_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"floodmark/internal/public"
	"floodmark/internal/public/publictest"
)

// listen serves the handler over loopback, as the program does.
func listen(b *testing.B, h http.Handler) string {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &http.Server{Handler: h}
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(ln) }()
	b.Cleanup(func() { _ = s.Shutdown(context.Background()); <-done })
	return ln.Addr().String()
}

const browser = "Host: status.example\r\nUser-Agent: Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile\r\nAccept: text/html\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: de-DE,de;q=0.9,en;q=0.8\r\n"

// exchange sends a request and reads its answer to the end.
func exchange(c net.Conn, r *bufio.Reader, request []byte) error {
	if _, err := c.Write(request); err != nil {
		return err
	}
	length, first := 0, true
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
			return fmt.Errorf("answer %q", line)
		}
		first = false
		if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(v))); err != nil {
				return err
			}
		}
		if len(line) == 2 {
			break
		}
	}
	_, err := io.CopyN(io.Discard, r, int64(length))
	return err
}

// load asks for a page on so many connections, which are kept or made anew.
func load(b *testing.B, path string, connections int, kept bool) {
	fake := publictest.New()
	address := listen(b, public.New(public.Config{Backend: fake, Page: pages}))
	request := []byte("GET " + path + " HTTP/1.1\r\n" + browser + "\r\n")
	var left atomic.Int64
	left.Store(int64(b.N))
	failed := make(chan error, connections)
	b.ReportAllocs()
	b.ResetTimer()
	busy := spent(b)
	for range connections {
		go func() {
			var err error
			var c net.Conn
			var r *bufio.Reader
			for left.Add(-1) >= 0 && err == nil {
				if c == nil || !kept {
					if c, err = net.Dial("tcp", address); err != nil {
						break
					}
					r = bufio.NewReaderSize(c, 32<<10)
				}
				if err = exchange(c, r, request); !kept {
					c.Close()
				}
			}
			if c != nil {
				c.Close()
			}
			failed <- err
		}()
	}
	for range connections {
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
	b.ReportMetric((spent(b)-busy).Seconds()*1e6/float64(b.N), "cpu-µs/page")
}

// spent is the processor time of both ends, which is the same on a busy machine.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkServicePage is a page of a service over loopback, client included.
func BenchmarkServicePage(b *testing.B) {
	for _, n := range []int{64, 512} {
		b.Run(fmt.Sprintf("kept-alive-%d", n), func(b *testing.B) { load(b, "/s/open", n, true) })
	}
	b.Run("new-connections", func(b *testing.B) { load(b, "/s/open", 64, false) })
}

// BenchmarkHandler is the same page without a server: what is ours of it.
func BenchmarkHandler(b *testing.B) {
	h := public.New(public.Config{Backend: publictest.New(), Page: pages})
	r := request("GET", "/s/open", "", "Accept-Encoding", "gzip, deflate, br", "Accept-Language", "de-DE,de;q=0.9,en;q=0.8")
	q := &quiet{h: make(http.Header)}
	b.ReportAllocs()
	for b.Loop() {
		clear(q.h)
		h.ServeHTTP(q, r)
	}
}

// BenchmarkMakePage is what a page costs once a second.
func BenchmarkMakePage(b *testing.B) {
	fake := publictest.New()
	site := public.NewSite(public.Config{Backend: fake, Page: pages})
	b.ReportAllocs()
	for b.Loop() {
		site.Remake("open", "en")
	}
}
