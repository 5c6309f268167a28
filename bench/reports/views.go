package main

import (
	"flag"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// viewed is what came of views of a page.
type viewed struct {
	Path        string         `json:"path"`
	New         bool           `json:"new_connections"`
	Connections int            `json:"connections"`
	Views       int64          `json:"views"`
	PerSecond   float64        `json:"views_per_s"`
	Statuses    map[string]int `json:"statuses"`
	Bytes       int            `json:"octets"` // of the body, as sent
	Failed      int64          `json:"failed"`
	Durations   delays         `json:"view"`
}

// views gets one page again and again.
func views(args []string) (any, error) {
	f := flag.NewFlagSet("views", flag.ExitOnError)
	to := f.String("to", "127.0.0.1:8081", "public listener")
	v := &viewed{Statuses: make(map[string]int)}
	f.StringVar(&v.Path, "path", "/", "what is looked at")
	f.IntVar(&v.Connections, "conns", 50, "at once")
	f.BoolVar(&v.New, "new", false, "a connection for each view")
	long := f.Duration("for", 10*time.Second, "how long")
	packed := f.Bool("gzip", true, "take packed answers, as browsers do")
	f.Parse(args)
	addr, err := loopback(*to)
	if err != nil {
		return nil, err
	}
	head := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: load\r\nAccept-Language: en\r\n", v.Path, addr)
	if *packed {
		head += "Accept-Encoding: gzip\r\n"
	}
	if v.New {
		head += "Connection: close\r\n"
	}
	request := []byte(head + "\r\n")
	end := time.Now().Add(*long)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var all []time.Duration
	began := time.Now()
	for range v.Connections {
		wg.Go(func() {
			took := v.look(addr, request, end, &mu)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	wg.Wait()
	v.Views = int64(len(all))
	v.PerSecond = float64(len(all)) / time.Since(began).Seconds()
	v.Durations = quantiles(all)
	return v, nil
}

// look views until the end, on one connection or on one for each view.
func (v *viewed) look(to string, request []byte, end time.Time, mu *sync.Mutex) (took []time.Duration) {
	var c *conn
	statuses := make(map[int]int)
	content := 0
	for time.Now().Before(end) {
		began := time.Now()
		var err error
		if c == nil {
			c, err = dial(to)
		}
		if err == nil {
			var status int
			if status, err = c.do(request); err == nil {
				statuses[status]++
				content = len(c.body)
				took = append(took, time.Since(began))
			}
		}
		if err != nil {
			atomic.AddInt64(&v.Failed, 1)
		}
		if c != nil && (err != nil || v.New) {
			c.Close()
			c = nil
		}
	}
	if c != nil {
		c.Close()
	}
	mu.Lock()
	defer mu.Unlock()
	v.Bytes = content
	for s, n := range statuses {
		v.Statuses[strconv.Itoa(s)] += n
	}
	return took
}
