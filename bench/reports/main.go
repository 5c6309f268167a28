package main

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"time"
)

func main() {
	modes := map[string]func([]string) (any, error){"send": send, "views": views, "stream": stream}
	if len(os.Args) < 2 || modes[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: reports send|views|stream [flags]; reports MODE -h lists them")
		os.Exit(2)
	}
	result, err := modes[os.Args[1]](os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "reports:", err)
		os.Exit(1)
	}
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "  ")
	e.Encode(result)
}

// loopback reads an address of this machine.
func loopback(s string) (string, error) {
	a, err := netip.ParseAddrPort(s)
	if err == nil && !a.Addr().IsLoopback() {
		err = fmt.Errorf("%s is not on loopback", s)
	}
	return s, err
}

// delays are quantiles in milliseconds.
type delays struct {
	P50 float64 `json:"p50_ms"`
	P99 float64 `json:"p99_ms"`
	Max float64 `json:"max_ms"`
}

// quantiles sorts its argument.
func quantiles(took []time.Duration) (d delays) {
	if len(took) == 0 {
		return d
	}
	slices.Sort(took)
	ms := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1e3 }
	return delays{ms(0.5), ms(0.99), ms(1)}
}
