package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// delay sends packets to one address after the other, sampled and one sample a
// datagram, at a multiple of a threshold, and tells how long after the first
// sample somebody asks the hook about that address.
func delay(args []string) error {
	f := flag.NewFlagSet("delay", flag.ExitOnError)
	to := f.String("to", "127.0.0.1:6343", "collector of sFlow")
	listen := f.String("hook", "127.0.0.1:8099", "where alerts come by HTTP; the address attacked must stand in the body or the path")
	threshold := f.Float64("threshold", 20_000, "packets a second")
	times := f.Float64("times", 1.5, "rate of the attack, in thresholds")
	sampling := f.Uint("sampling", 1000, "one packet in so many is sampled")
	runs := f.Int("runs", 5, "attacks, one after the other")
	first := f.Int("first", 0, "number of the first address attacked")
	largest := f.Duration("most", time.Minute, "time after which an attack counts as not found")
	together := f.Int("together", 0, "attack so many addresses at once, for -most, and count those told")
	seed := f.Uint64("seed", 1, "of the times between samples")
	f.Parse(args)
	addr, err := loopback(*to)
	if err != nil {
		return err
	}
	e, err := newExporter("sflow", 1, uint32(*sampling))
	if err != nil {
		return err
	}
	s, err := connect(addr)
	if err != nil {
		return err
	}
	h, err := listenHook(*listen)
	if err != nil {
		return err
	}
	x := &attacker{socket: s, exporter: e, hook: h, rand: rand.New(rand.NewPCG(*seed, 3)), persecond: *threshold * *times / float64(*sampling)}
	x.quiet(3 * time.Second)
	if *together > 0 {
		reported := x.many(*first, *together, *largest)
		fmt.Printf("%.2f times 1:%d: %d of %d told in %v\n", *times, *sampling, reported, *together, *largest)
		return nil
	}
	var took []float64
	for n := range *runs {
		d, ok := x.one(*first+n, *largest)
		if ok {
			took = append(took, d.Seconds())
		}
		x.quiet(time.Second)
	}
	slices.Sort(took)
	sum := 0.0
	for _, v := range took {
		sum += v
	}
	fmt.Printf("%.2f times 1:%d: %d of %d told, mean %.2f s, each %.2f\n", *times, *sampling, len(took), *runs, sum/float64(max(len(took), 1)), took)
	return nil
}

type attacker struct {
	socket    *socket
	exporter  *exporter
	hook      *hook
	rand      *rand.Rand
	persecond float64 // samples
}

// victim is the n-th address that is attacked, each in another /24.
func victim(n int) uint32 { return watched + 7 + uint32(n)*256 }

func name(a uint32) string { return net.IPv4(byte(a>>24), byte(a>>16), byte(a>>8), byte(a)).String() }

func (x *attacker) sample(dst uint32) {
	t := &traffic{rand: x.rand, hosts: 1, sources: 1 << 20, flood: true}
	b := x.exporter.make(t)
	be.PutUint32(b[len(b)-sampleHeader+30:], dst)
	x.exporter.stamp(b, 1, time.Now())
	_ = x.socket.send([][]byte{b})
}

// quiet sends a little to other addresses, as there always is.
func (x *attacker) quiet(d time.Duration) {
	for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		x.sample(watched + 1<<16 + x.rand.Uint32N(1<<16))
	}
}

// one attacks an address until it was told.
func (x *attacker) one(n int, largest time.Duration) (time.Duration, bool) {
	dst := victim(n)
	reported := x.hook.wait(name(dst))
	start := time.Now()
	for next := start; next.Sub(start) < largest; {
		x.sample(dst)
		next = next.Add(time.Duration(x.rand.ExpFloat64() / x.persecond * 1e9))
		select {
		case at := <-reported:
			return at.Sub(start), true
		case <-time.After(time.Until(next)):
		}
	}
	return 0, false
}

// many attacks addresses together for a while and returns how many were told.
func (x *attacker) many(first, n int, d time.Duration) int {
	var reported []<-chan time.Time
	for i := range n {
		reported = append(reported, x.hook.wait(name(victim(first+i))))
	}
	start := time.Now()
	for next := start; next.Sub(start) < d; {
		time.Sleep(time.Until(next))
		x.sample(victim(first + x.rand.IntN(n)))
		next = next.Add(time.Duration(x.rand.ExpFloat64() / x.persecond / float64(n) * 1e9))
	}
	time.Sleep(3 * time.Second)
	count := 0
	for _, c := range reported {
		if len(c) > 0 {
			count++
		}
	}
	return count
}

// hook hears alerts.
type hook struct {
	mu      sync.Mutex
	waiting map[string]chan time.Time
}

func listenHook(address string) (*hook, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("hook: %w", err)
	}
	h := &hook{waiting: make(map[string]chan time.Time)}
	go http.Serve(l, h)
	return h, nil
}

func (h *hook) wait(what string) <-chan time.Time {
	c := make(chan time.Time, 1)
	h.mu.Lock()
	h.waiting[what] = c
	h.mu.Unlock()
	return c
}

func (h *hook) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	at := time.Now()
	body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	text := r.URL.Path + " " + string(body)
	h.mu.Lock()
	defer h.mu.Unlock()
	for what, c := range h.waiting {
		if i := strings.Index(text, what); i >= 0 && !digit(text, i+len(what)) {
			c <- at
			delete(h.waiting, what)
		}
	}
}

func digit(s string, i int) bool { return i < len(s) && s[i] >= '0' && s[i] <= '9' }
