package main

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// streamed is what open pages heard.
type streamed struct {
	Path        string  `json:"path"`
	Connections int     `json:"connections"`
	Opened      int64   `json:"opened"`
	Refused     int64   `json:"refused"` // another answer than 200
	Failed      int64   `json:"failed"`
	Lost        int64   `json:"lost"` // ended before the time
	OpenedIn    float64 `json:"opened_s"`
	Events      int64   `json:"events"`
	Bytes       int64   `json:"octets"`
	Spread      delays  `json:"spread"` // from the first page that hears of an event to each
	Seconds     float64 `json:"seconds"`
	Why         string  `json:"why,omitempty"`
}

// stream holds pages open. -via spreads them over addresses of loopback, since
// one address has only some 28,000 ports.
func stream(args []string) (any, error) {
	f := flag.NewFlagSet("stream", flag.ExitOnError)
	to := f.String("to", "127.0.0.1:8081", "public listener")
	s := &streamed{}
	f.StringVar(&s.Path, "path", "/events", "what is followed")
	f.IntVar(&s.Connections, "conns", 1000, "pages")
	via := f.Int("via", 0, "addresses of 127.1.0.0/16 to come from; 0 is one for each page")
	long := f.Duration("for", 10*time.Second, "how long, when all are open")
	f.Parse(args)
	addr, err := loopback(*to)
	if err != nil {
		return nil, err
	}
	if *via == 0 {
		*via = min(s.Connections, 1<<16-2)
	}
	h := &heard{first: make(map[string]time.Time)}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	began := time.Now()
	var opened, closed sync.WaitGroup
	slots := make(chan struct{}, 64) // that are being opened
	for i := range s.Connections {
		opened.Add(1)
		slots <- struct{}{}
		closed.Go(func() {
			from := net.IPv4(127, 1, byte(i%*via>>8), byte(i%*via))
			c, err := s.open(addr, from)
			<-slots
			opened.Done()
			if err != nil {
				h.why(err)
				return
			}
			defer c.Close()
			context.AfterFunc(ctx, func() { c.Close() })
			s.follow(ctx, c, h)
		})
	}
	opened.Wait()
	s.OpenedIn = time.Since(began).Seconds()
	time.Sleep(*long)
	stop()
	closed.Wait()
	s.Seconds = long.Seconds()
	s.Spread, s.Why = quantiles(h.spread), h.error
	return s, nil
}

func (s *streamed) open(to string, from net.IP) (*conn, error) {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: answerTime}
	nc, err := d.Dial("tcp", to)
	if err != nil {
		atomic.AddInt64(&s.Failed, 1)
		return nil, err
	}
	c := &conn{Conn: nc, r: bufio.NewReaderSize(nc, 1024)}
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nAccept: text/event-stream\r\n\r\n", s.Path, to)
	status, _, err := c.head()
	if err != nil || status != 200 {
		c.Close()
		if err == nil {
			atomic.AddInt64(&s.Refused, 1)
			return nil, fmt.Errorf("answered %d", status)
		}
		atomic.AddInt64(&s.Failed, 1)
		return nil, err
	}
	atomic.AddInt64(&s.Opened, 1)
	return c, nil
}

// heard is when which event came.
type heard struct {
	mu     sync.Mutex
	first  map[string]time.Time // by its line, which tells the time
	spread []time.Duration
	error  string
}

func (h *heard) why(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.error = err.Error()
}

func (h *heard) event(id string) {
	now := time.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.first[id]; !ok {
		h.first[id] = now
	}
	h.spread = append(h.spread, now.Sub(h.first[id]))
}

// follow counts events until the end.
func (s *streamed) follow(ctx context.Context, c *conn, h *heard) {
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			if ctx.Err() == nil {
				atomic.AddInt64(&s.Lost, 1)
			}
			return
		}
		atomic.AddInt64(&s.Bytes, int64(len(line)))
		if bytes.HasPrefix(line, []byte("data:")) {
			atomic.AddInt64(&s.Events, 1)
			h.event(string(line))
		}
	}
}
