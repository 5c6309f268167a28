//go:build soak

package public_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"floodmark/internal/public"
	"floodmark/internal/public/publictest"
)

// TestTwentyThousandFollowers measures how many live viewers one machine
// carries: memory of a stream, the client's end included, and how long a change
// takes to reach all. Both ends are here, so it takes as many as half of the
// limit of open files allows.
func TestTwentyThousandFollowers(t *testing.T) {
	fake := publictest.New()
	stop := make(chan struct{})
	site := public.NewSite(public.Config{Backend: fake, Page: pages, Stopping: func(context.Context) <-chan struct{} { return stop },
		ClientAddress: func(r *http.Request) netip.Addr { return netip.MustParseAddr(r.Header.Get("X-Test")) }})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: site, ReadTimeout: 20 * time.Second, WriteTimeout: 90 * time.Second}
	go server.Serve(ln)
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		t.Fatal(err)
	}
	most, n := min(public.MaxStreams, int(files.Cur)/2-100), 0
	var told atomic.Int64
	var conns []net.Conn
	var all sync.WaitGroup
	before := heap()
	for ; n < most; n++ {
		// Many loopback addresses: one has too few ports for all.
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(n/5000+1))}}
		c, err := d.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Logf("stopped at %d: %v", n, err)
			break
		}
		fmt.Fprintf(c, "GET /events?service=open HTTP/1.1\r\nHost: x\r\nX-Test: 10.0.%d.%d\r\n\r\n", n/250, n%250)
		conns = append(conns, c)
		all.Go(func() {
			r := bufio.NewReaderSize(c, 256)
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if strings.HasPrefix(line, "event: change") {
					told.Add(1)
				}
			}
		})
	}
	for streams, end := 0, time.Now().Add(time.Minute); streams < n && time.Now().Before(end); streams, _, _, _ = site.Streams() {
		time.Sleep(10 * time.Millisecond)
	}
	used := heap() - before
	t.Logf("%d streams: %.1f kB each of heap and stacks, both ends; %d goroutines", n, float64(used)/float64(n)/1000, runtime.NumGoroutine())
	for range 3 {
		told.Store(0)
		start := time.Now()
		fake.Change(func() {
			now := *fake.All[3]
			now.Last15m.Problems++
			fake.All[3] = &now
		})
		for told.Load() < int64(n) && time.Since(start) < 30*time.Second {
			time.Sleep(time.Millisecond)
		}
		t.Logf("all %d told %.2f s after a change, of which 1 s is the wait for more", told.Load(), time.Since(start).Seconds())
	}
	close(stop)
	for _, c := range conns {
		c.Close()
	}
	all.Wait()
	server.Close()
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
