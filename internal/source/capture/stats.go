package capture

import "golang.org/x/sys/unix"

// State says how an interface is.
type State string

// States of an interface.
const (
	Up        State = "up"
	NoCarrier State = "no-carrier" // switched on, but nothing at the other end
	Down      State = "down"       // switched off
	Gone      State = "gone"       // removed
	Closed    State = "closed"     // the Capture has ended
)

// Stats is what was captured since Open.
type Stats struct {
	Readers []Reader
	State   State // of the interface, now
}

// Reader is what one reader captured. Every packet that the kernel saw for it
// is in exactly one of Packets and Dropped, or still in its ring.
type Reader struct {
	Packets   uint64 // handed to the handler
	Bytes     uint64 // of them on the wire
	Dropped   uint64 // dropped by the kernel since the ring was full
	Truncated uint64 // of Packets: longer than what is kept of each
	Untagged  uint64 // of Packets: had a VLAN tag that was taken off
	Buffer    int    // octets of the ring
}

// Total adds up all readers.
func (s Stats) Total() Reader {
	var t Reader
	for _, r := range s.Readers {
		t.Packets += r.Packets
		t.Bytes += r.Bytes
		t.Dropped += r.Dropped
		t.Truncated += r.Truncated
		t.Untagged += r.Untagged
		t.Buffer += r.Buffer
	}
	return t
}

// Stats returns the counters and asks the kernel for drops and for the state of
// the interface. The caller owns the result.
func (c *Capture) Stats() Stats {
	out := Stats{State: c.state()}
	for _, r := range c.rings {
		r.countDrops()
		r.mu.Lock()
		dropped := r.dropped
		r.mu.Unlock()
		out.Readers = append(out.Readers, Reader{
			Packets: r.packets.Load(), Bytes: r.bytes.Load(), Dropped: dropped,
			Truncated: r.truncated.Load(), Untagged: r.untagged.Load(), Buffer: r.size,
		})
	}
	return out
}

// state asks by number, since an interface may be renamed while it is captured.
func (c *Capture) state() State {
	r := c.rings[0]
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fd < 0 {
		return Closed
	}
	var req unix.Ifreq
	req.SetUint32(uint32(c.index))
	if r.gone() || unix.IoctlIfreq(r.fd, unix.SIOCGIFNAME, &req) != nil {
		return Gone
	}
	named, err := unix.NewIfreq(req.Name())
	if err != nil || unix.IoctlIfreq(r.fd, unix.SIOCGIFFLAGS, named) != nil {
		return Gone
	}
	switch flags := named.Uint16(); {
	case flags&unix.IFF_UP == 0:
		return Down
	case flags&unix.IFF_RUNNING == 0:
		return NoCarrier
	}
	return Up
}
