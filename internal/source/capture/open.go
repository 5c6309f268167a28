package capture

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"floodmark/internal/text"
)

// Config says what to capture.
type Config struct {
	Interface   string
	Readers     int          // rings that share the packets by flow, at most maxReaders; 0 is one
	Promiscuous bool         // also packets for other machines' hardware addresses, as on a mirror port
	Snap        int          // octets kept of each packet, 64 to 65,535; 0 is 256
	Buffer      int          // octets of each reader's ring, 1 MiB to 1 GiB; 0 is 32 MiB
	Now         func() int64 // the server's clock, Unix ns, called from every reader; nil is the system's
	Speed       float64      // how fast Now runs against real time; 0 is 1
}

// Bounds and defaults of a Config.
const (
	maxReaders    = 64
	defaultSnap   = 256
	minSnap       = 64
	maxSnap       = 65535
	defaultBuffer = 32 << 20
	minBuffer     = 4 * blockSize
	maxBuffer     = 1 << 30
)

// Link types, as in pcap files (https://www.tcpdump.org/linktypes.html).
const (
	linkEthernet = 1
	linkRaw      = 101 // begins with the IP header
)

// Packet is one packet as the kernel saw it. It is valid during the handler's
// call.
type Packet struct {
	Data []byte // its first octets, from the link header on (LinkType)
	Len  int    // octets on the wire, without a VLAN tag that was taken off
	At   int64  // when the kernel took it, by the server's clock, Unix ns
}

// Handler takes packets in the order in which the kernel took them, at least
// one. One goroutine calls it for each reader; while it runs, that ring fills.
type Handler func(packets []Packet)

// Capture is an interface that is being captured.
type Capture struct {
	name  string
	link  uint16
	index int
	snap  int
	rings []*ring
	clock clock
	ran   atomic.Bool
}

// Open starts to capture. From then on the kernel fills the rings until Run
// reads them. An error is one line that names the interface and what can be
// done. An interface that is down may be opened; Stats tells.
func Open(cfg Config) (*Capture, error) {
	c := &Capture{name: cfg.Interface, snap: cmp.Or(cfg.Snap, defaultSnap), clock: clock{cfg.Now, cmp.Or(cfg.Speed, 1)}}
	if err := c.open(cfg); err != nil {
		c.Close()
		return nil, fmt.Errorf("capture %s: %w", cfg.Interface, err)
	}
	return c, nil
}

func (c *Capture) open(cfg Config) error {
	buffer := cmp.Or(cfg.Buffer, defaultBuffer)
	switch {
	case cfg.Readers < 0 || cfg.Readers > maxReaders:
		return fmt.Errorf("%d readers: expected 1 to %d", cfg.Readers, maxReaders)
	case c.snap < minSnap || c.snap > maxSnap:
		return fmt.Errorf("%d octets of each packet: expected %d to %d", c.snap, minSnap, maxSnap)
	case buffer < minBuffer || buffer > maxBuffer:
		return fmt.Errorf("a ring of %d octets: expected %d to %d", buffer, minBuffer, maxBuffer)
	}
	ifi, err := net.InterfaceByName(cfg.Interface)
	if err != nil {
		return noSuch(cfg.Interface)
	}
	c.index = ifi.Index
	hardware, err := hardwareType(cfg.Interface)
	if err != nil {
		return err
	}
	kind := unix.SOCK_RAW
	if c.link = linkEthernet; hardware != unix.ARPHRD_ETHER && hardware != unix.ARPHRD_LOOPBACK {
		// The kernel takes every other kind of link header off.
		c.link, kind = linkRaw, unix.SOCK_DGRAM
	}
	group := 0
	for i := range max(cfg.Readers, 1) {
		r, err := newRing(kind, buffer)
		if err != nil {
			return explain(err, buffer)
		}
		c.rings = append(c.rings, r)
		if err := r.join(c.index, cfg.Promiscuous, hardware == unix.ARPHRD_LOOPBACK); err != nil {
			return explain(err, buffer)
		}
		if cfg.Readers < 2 {
			continue
		}
		if group, err = r.share(i, group); err != nil {
			return fmt.Errorf("share the packets among readers: %w", err)
		}
	}
	// Only now, so that no packet came before its ring shared with the others.
	for _, r := range c.rings {
		if err := r.accept(c.snap); err != nil {
			return fmt.Errorf("set the length to keep: %w", err)
		}
	}
	return nil
}

// LinkType returns what a packet's data begins with: 1 for Ethernet, 101 for
// the IP header (LINKTYPE_ numbers).
func (c *Capture) LinkType() uint16 { return c.link }

// Close ends a Capture that was not run. Run closes by itself.
func (c *Capture) Close() {
	if c.ran.CompareAndSwap(false, true) {
		c.close()
	}
}

func (c *Capture) close() {
	for _, r := range c.rings {
		r.close()
	}
}

// hardwareType returns the ARPHRD_ number of an interface.
func hardwareType(name string) (uint16, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, err
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq(name)
	if err != nil {
		return 0, err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFHWADDR, req); err != nil {
		return 0, fmt.Errorf("read what kind of interface it is: %w", err)
	}
	return req.Uint16(), nil // sa_family of the hardware address
}

func explain(err error, buffer int) error {
	switch {
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return errors.New("not permitted; give the program CAP_NET_RAW (AmbientCapabilities=CAP_NET_RAW in its unit, or setcap cap_net_raw+ep on its file) or run it as root")
	case errors.Is(err, unix.ENOMEM):
		return fmt.Errorf("no memory for a ring of %d MiB; configure a smaller buffer", buffer>>20)
	case errors.Is(err, unix.EAFNOSUPPORT):
		return errors.New("this kernel has no packet sockets (CONFIG_PACKET)")
	}
	return err
}

// noSuch names the interfaces that there are, likeliest first.
func noSuch(name string) error {
	all, err := net.Interfaces()
	if err != nil || len(all) == 0 {
		return errors.New("no such interface")
	}
	var names []string
	for _, ifi := range all {
		names = append(names, ifi.Name)
	}
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(text.Distance(a, name), text.Distance(b, name)) })
	return fmt.Errorf("no such interface; there are %s", strings.Join(names[:min(len(names), 5)], ", "))
}

// clock turns the kernel's times into the server's.
type clock struct {
	now   func() int64
	speed float64
}

// oldest bounds how long ago a packet may have been taken, so that a step of
// the system's clock between kernel and reader does not put it elsewhere.
const oldest = 10 * time.Second

// read returns the system's and the server's time now, Unix ns.
func (c clock) read() (system, server int64) {
	system = time.Now().UnixNano()
	if c.now == nil {
		return system, system
	}
	return system, c.now()
}

// at returns the server's time of what the kernel took at ts, given both clocks
// now.
func (c clock) at(ts, system, server int64) int64 {
	age := min(max(system-ts, 0), int64(oldest))
	if c.speed != 1 {
		return server - int64(float64(age)*c.speed)
	}
	return server - age
}
