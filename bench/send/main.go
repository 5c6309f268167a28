package main

import (
	"fmt"
	"net/netip"
	"os"
)

func main() {
	modes := map[string]func([]string) error{"load": load, "floor": floor, "delay": delay}
	if len(os.Args) < 2 || modes[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: send load|floor|delay [flags]; send MODE -h lists them")
		os.Exit(2)
	}
	if err := modes[os.Args[1]](os.Args[2:]); err != nil {
		fmt.Fprintln(os.Stderr, "send:", err)
		os.Exit(1)
	}
}

// loopback reads an address of this machine.
func loopback(s string) (netip.AddrPort, error) {
	a, err := netip.ParseAddrPort(s)
	if err == nil && !a.Addr().IsLoopback() {
		err = fmt.Errorf("%s is not on loopback", s)
	}
	return a, err
}
