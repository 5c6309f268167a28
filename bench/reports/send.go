package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// sent is what came of reports.
type sent struct {
	Prepared    int            `json:"prepared"` // with a proof of work, bits as asked for
	PreparedIn  float64        `json:"prepared_s"`
	Bits        float64        `json:"bits"` // mean
	Rate        int            `json:"rate"` // asked for, 0 for as fast as it goes
	Reached     float64        `json:"reached"`
	Accepted    float64        `json:"accepted_per_s"`
	Statuses    map[int]int    `json:"statuses"` // answers by HTTP status
	States      map[string]int `json:"states"`   // of those of 202
	Failed      int            `json:"failed"`   // no answer
	Seconds     float64        `json:"seconds"`
	Durations   delays         `json:"acknowledged"` // from when it was due to 202
	Unanswered  string         `json:"why,omitempty"`
	Connections int            `json:"connections"`
}

// sender is one crowd.
type sender struct {
	to, service string
	from        netip.Prefix
	form        bool
	conns       int

	requests [][]byte
	bits     atomic.Int64
}

// send reports at a fixed rate.
func send(args []string) (any, error) {
	f := flag.NewFlagSet("send", flag.ExitOnError)
	to := f.String("to", "127.0.0.1:8081", "public listener")
	s := &sender{}
	f.StringVar(&s.service, "service", "", "slug")
	from := f.String("from", "10.0.0.0/8", "reporters' addresses: one after the other in each /24 in turn")
	rate := f.Int("rate", 10_000, "reports a second; 0 is as fast as it goes")
	n := f.Int("n", 50_000, "reports, of as many people")
	f.IntVar(&s.conns, "conns", 300, "connections, each with one report under way")
	f.BoolVar(&s.form, "form", false, "give back tokens as forms without script do, instead of working")
	f.Parse(args)
	var err error
	if s.to, err = loopback(*to); err != nil {
		return nil, err
	}
	if s.from, err = netip.ParsePrefix(*from); err != nil || !s.from.Addr().Is4() || s.from.Bits() > 24 {
		return nil, fmt.Errorf("-from %s: want an IPv4 prefix of a /24 or more", *from)
	}
	began := time.Now()
	if err := s.prepare(*n); err != nil {
		return nil, err
	}
	r := &sent{Prepared: *n, PreparedIn: time.Since(began).Seconds(), Bits: float64(s.bits.Load()) / float64(*n), Rate: *rate, Connections: s.conns}
	if s.form {
		time.Sleep(4 * time.Second) // sooner, nobody has read a form
	}
	fmt.Fprintf(os.Stderr, "%d reports are prepared\n", *n)
	return r, s.run(*rate, r)
}

// address returns that of a reporter.
func (s *sender) address(i int) netip.Addr {
	prefixes := 1 << (24 - s.from.Bits())
	b := s.from.Masked().Addr().As4()
	at := uint32(i%prefixes)<<8 | uint32(i/prefixes%254+1)
	b[1], b[2], b[3] = b[1]|byte(at>>16), b[2]|byte(at>>8), b[3]|byte(at)
	return netip.AddrFrom4(b)
}

func (s *sender) header(method, path string, i int) string {
	return fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: %s\r\nUser-Agent: load/%d\r\nAccept-Language: en\r\n", method, path, s.to, s.address(i), i/254%1000)
}

// prepare asks for challenges and solves them.
func (s *sender) prepare(n int) error {
	s.requests = make([][]byte, n)
	return s.each(n, min(s.conns, 16), func(c *conn, i int) error {
		status, err := c.do([]byte(s.header("GET", "/api/v1/challenge?service="+s.service, i) + "\r\n"))
		if err != nil {
			return err
		}
		var ch struct {
			Token string
			Bits  int
		}
		if err := json.Unmarshal(c.body, &ch); status != 200 || err != nil {
			return fmt.Errorf("challenge: %d %s", status, c.body)
		}
		s.bits.Add(int64(ch.Bits))
		solution := ch.Token
		if !s.form {
			solution = solve(ch.Token, ch.Bits)
		}
		body := fmt.Sprintf(`{"service":%q,"kind":"problem","solution":%q}`, s.service, solution)
		s.requests[i] = fmt.Appendf(nil, "%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", s.header("POST", "/api/v1/reports", i), len(body), body)
		return nil
	})
}

// each calls fn for each number, on so many connections, until one fails.
func (s *sender) each(n, conns int, fn func(c *conn, i int) error) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, conns)
	for w := range conns {
		wg.Go(func() {
			c, err := dial(s.to)
			if err != nil {
				errs[w] = err
				return
			}
			defer c.Close()
			for i := next.Add(1) - 1; i < int64(n) && errs[w] == nil; i = next.Add(1) - 1 {
				errs[w] = fn(c, int(i))
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// run sends what is prepared. A report that is due while all connections wait is
// late, and its delay counts from when it was due.
func (s *sender) run(rate int, r *sent) error {
	var mu sync.Mutex
	var took []time.Duration
	r.Statuses, r.States = make(map[int]int), make(map[string]int)
	began := time.Now()
	err := s.each(len(s.requests), s.conns, func(c *conn, i int) error {
		due := time.Now()
		if rate > 0 {
			due = began.Add(time.Duration(i) * time.Second / time.Duration(rate))
			time.Sleep(time.Until(due))
		}
		status, err := c.do(s.requests[i])
		d := time.Since(due)
		var answer struct{ State string }
		if status == 202 {
			err = json.Unmarshal(c.body, &answer)
		}
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			r.Failed++
			return err
		}
		if r.Statuses[status]++; status == 202 {
			r.States[answer.State]++
			took = append(took, d)
		}
		return nil
	})
	r.Seconds = time.Since(began).Seconds()
	r.Durations = quantiles(took)
	r.Accepted = float64(len(took)) / r.Seconds
	total := 0
	for _, n := range r.Statuses {
		total += n
	}
	r.Reached = float64(total) / r.Seconds
	if err != nil {
		r.Unanswered = err.Error()
	}
	return nil
}
