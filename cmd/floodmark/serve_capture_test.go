package main

import (
	"math/rand/v2"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"floodmark/internal/scenario/wire"
)

// TestCapturedInterfaceShowsFlood reads one end of a wire into which the test
// sends SYNs.
func TestCapturedInterfaceShowsFlood(t *testing.T) {
	ip, err := exec.LookPath("ip")
	if err != nil {
		missing(t, "ip is not installed (package iproute2)")
	}
	if !alone(t) {
		return
	}
	for _, args := range [][]string{{"link", "add", "v0", "type", "veth", "peer", "name", "v1"}, {"link", "set", "v0", "up"}, {"link", "set", "v1", "up"}} {
		if out, err := exec.Command(ip, args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v\n%s", args, err, out)
		}
	}
	s := serving(t, configured(t, "capture: [{interface: v0}]\nnetworks: [198.51.100.0/24]\ngroups: {default: {thresholds: {host: {in: {syn-packets: 500pps}}}}}\n"), t.TempDir())

	var ifr *unix.Ifreq
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if ifr, err = unix.NewIfreq("v1"); err == nil {
		err = unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, ifr)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Ifindex: int(ifr.Uint32())}); err != nil {
		t.Fatal(err)
	}
	rng, packet := rand.New(rand.NewPCG(1, 1)), synFlood("198.51.100.9")
	stop, stopped := make(chan struct{}), make(chan int)
	go func() {
		sent := 0
		var b []byte
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				stopped <- sent
				return
			case <-tick.C:
			}
			for range 10 { // 2,000 a second
				var p *wire.Packet = packet(rng)
				b = wire.AppendFrame(b[:0], p)
				if unix.Send(fd, b, 0) == nil {
					sent++
				}
			}
		}
	}()
	in := s.opened("198.51.100.9")
	s.until("evidence says attack", func() bool { s.get("/api/v1/incidents/"+in.ID, &in); return in.AttackVerdict == "yes" })
	close(stop)
	sent := <-stopped
	s.until("every packet is counted", func() bool {
		return s.metric("floodmark_capture_packets_total", "v0")+s.metric("floodmark_capture_dropped_packets_total", "v0") >= float64(sent)
	})
	if up := s.metric("floodmark_capture_up", "v0"); up != 1 {
		t.Errorf("the interface is up: %g", up)
	}
	t.Logf("%d sent, %g dropped by the kernel; vectors %v", sent, s.metric("floodmark_capture_dropped_packets_total", "v0"), in.Vectors)
	if code := s.stop(); code != exitDone {
		t.Errorf("exit code %d", code)
	}
}
