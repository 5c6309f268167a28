package capture

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestOpenSaysWhatIsWrong(t *testing.T) {
	namespace(t)
	f := func(cfg Config, want string) {
		t.Helper()
		_, err := Open(cfg)
		if err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
	f(Config{Interface: "v9"}, "capture v9: no such interface; there are v1, v0, lo")
	f(Config{Interface: "v0", Snap: 10}, "capture v0: 10 octets of each packet: expected 64 to 65535")
	f(Config{Interface: "v0", Buffer: 10}, "capture v0: a ring of 10 octets: expected 1048576 to 1073741824")
	f(Config{Interface: "v0", Readers: -1}, "capture v0: -1 readers: expected 1 to 64")
	// The thread, which ends with the test, gives up its right.
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	if err := unix.Capget(&header, &caps[0]); err != nil {
		t.Fatal(err)
	}
	caps[0].Effective &^= 1 << unix.CAP_NET_RAW
	if err := unix.Capset(&header, &caps[0]); err != nil {
		t.Fatal(err)
	}
	f(Config{Interface: "v0"}, "capture v0: not permitted; give the program CAP_NET_RAW (AmbientCapabilities=CAP_NET_RAW in its unit, or setcap cap_net_raw+ep on its file) or run it as root")
}

func TestWarmBlockAllocatesNothing(t *testing.T) {
	namespace(t)
	c := open(t, Config{Interface: "v0", Now: func() int64 { return 1 }})
	r, w, frame, sum := c.rings[0], plug(t, "v1"), udp(1, 100), 0
	h := Handler(func(p []Packet) { sum += len(p) })
	n := testing.AllocsPerRun(5, func() {
		for range 400 {
			unix.Write(w.fd, frame)
		}
		for want := sum + 400; sum < want; {
			b, ready := r.block()
			if !ready {
				if err := r.wait(time.Second); err != nil {
					t.Fatal(err)
				}
				continue
			}
			r.hand(b, c.clock, h)
			r.release(b)
		}
	})
	if n != 0 {
		t.Errorf("%g allocations for 400 packets", n)
	}
}
