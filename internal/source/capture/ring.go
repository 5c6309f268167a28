package capture

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	blockSize = 256 << 10
	// retire is how long the kernel fills a block before it hands it over though
	// it is not full: the delay in slow traffic, at most twice this.
	retire = 20 * time.Millisecond
	// frameSize only has to divide a block; version 3 packs packets tightly.
	frameSize = 2048
	at        = 256 // packets handed on at once, at most
)

// Offsets in a block (struct tpacket_block_desc and tpacket_hdr_v1 of
// linux/if_packet.h).
const (
	blockHeader = 8 // after version and offset of private data
	frameHeader = int(unix.SizeofTpacket3Hdr)
	alignment   = 8 // of packets in a block of version 3 (V3_ALIGNMENT of net/packet/af_packet.c)
)

// ring is one socket and the memory that it shares with the kernel.
type ring struct {
	memory []byte
	next   int // the block that is read next
	out    [at]Packet

	// ---- any goroutine

	size                                int // of memory
	packets, bytes, truncated, untagged atomic.Uint64

	mu      sync.Mutex // over fd as far as it may be closed, and dropped
	fd      int        // -1 when closed
	dropped uint64
}

// newRing makes a socket that takes no packet yet.
func newRing(kind, buffer int) (*ring, error) {
	fd, err := unix.Socket(unix.AF_PACKET, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	r := &ring{fd: fd, size: buffer / blockSize * blockSize}
	if err := r.mapMemory(r.size / blockSize); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *ring) mapMemory(blocks int) error {
	if err := r.accept(0); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return err
	}
	err := unix.SetsockoptTpacketReq3(r.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &unix.TpacketReq3{
		Block_size: blockSize, Block_nr: uint32(blocks),
		Frame_size: frameSize, Frame_nr: uint32(blocks * (blockSize / frameSize)),
		Retire_blk_tov: uint32(retire.Milliseconds()),
	})
	if err != nil {
		return err
	}
	r.memory, err = unix.Mmap(r.fd, 0, blocks*blockSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	return err
}

// join binds the socket to an interface.
func (r *ring) join(index int, promiscuous, loopback bool) error {
	if loopback { // there every packet passes twice
		if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1); err != nil {
			return err
		}
	}
	if err := unix.Bind(r.fd, &unix.SockaddrLinklayer{Protocol: everyProtocol(), Ifindex: index}); err != nil {
		return err
	}
	if !promiscuous {
		return nil
	}
	return unix.SetsockoptPacketMreq(r.fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &unix.PacketMreq{Ifindex: int32(index), Type: unix.PACKET_MR_PROMISC})
}

// everyProtocol is ETH_P_ALL in network order.
func everyProtocol() uint16 {
	b := [2]byte{unix.ETH_P_ALL >> 8, unix.ETH_P_ALL & 0xff}
	return *(*uint16)(unsafe.Pointer(&b))
}

// share puts ring number i into a group whose members divide the packets. The
// first makes the group, under a number that is free, and returns it.
func (r *ring) share(i, group int) (int, error) {
	how := unix.PACKET_FANOUT_HASH
	if i == 0 {
		how |= unix.PACKET_FANOUT_FLAG_UNIQUEID
	}
	if err := unix.SetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_FANOUT, group|how<<16); err != nil || i > 0 {
		return group, err
	}
	v, err := unix.GetsockoptInt(r.fd, unix.SOL_PACKET, unix.PACKET_FANOUT)
	return v & 0xffff, err
}

// accept sets how many octets of each packet are kept; with 0 none is taken.
// The filter does it (BPF: return a constant), since a ring has no such setting.
func (r *ring) accept(bytes int) error {
	program := [1]unix.SockFilter{{Code: unix.BPF_RET | unix.BPF_K, K: uint32(bytes)}}
	return unix.SetsockoptSockFprog(r.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &program[0]})
}

// block returns the next block if the kernel has handed it over.
func (r *ring) block() ([]byte, bool) {
	b := r.memory[r.next*blockSize:][:blockSize]
	return b, atomic.LoadUint32(status(b))&unix.TP_STATUS_USER != 0
}

// release gives the block back to the kernel.
func (r *ring) release(b []byte) {
	atomic.StoreUint32(status(b), unix.TP_STATUS_KERNEL)
	r.next++
	if r.next*blockSize == len(r.memory) {
		r.next = 0
	}
}

func status(b []byte) *uint32 { return (*uint32)(unsafe.Pointer(&b[blockHeader])) }

// hand gives the packets of a block to h.
func (r *ring) hand(b []byte, c clock, h Handler) {
	header := (*unix.TpacketHdrV1)(unsafe.Pointer(&b[blockHeader]))
	system, server := c.read()
	offset, kept := int(header.Offset_to_first_pkt), 0
	var packets, bytes, truncated, untagged uint64
	for range header.Num_pkts {
		if offset < 0 || offset%alignment != 0 || offset+frameHeader > len(b) {
			break
		}
		f := (*unix.Tpacket3Hdr)(unsafe.Pointer(&b[offset]))
		from := offset + int(f.Mac)
		to := from + int(f.Snaplen)
		if to > len(b) {
			break
		}
		ts := int64(f.Sec)*1e9 + int64(f.Nsec)
		r.out[kept] = Packet{Data: b[from:to:to], Len: int(f.Len), At: c.at(ts, system, server)}
		kept++
		packets++
		bytes += uint64(f.Len)
		if f.Snaplen < f.Len {
			truncated++
		}
		if f.Status&unix.TP_STATUS_VLAN_VALID != 0 {
			untagged++
		}
		if kept == len(r.out) {
			h(r.out[:kept])
			kept = 0
		}
		if f.Next_offset == 0 {
			break
		}
		offset += int(f.Next_offset)
	}
	r.packets.Add(packets)
	r.bytes.Add(bytes)
	r.truncated.Add(truncated)
	r.untagged.Add(untagged)
	if kept > 0 {
		h(r.out[:kept])
	}
}

// countDrops adds what the kernel dropped since the last call, which it resets.
func (r *ring) countDrops() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fd < 0 {
		return
	}
	if s, err := unix.GetsockoptTpacketStatsV3(r.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
		r.dropped += uint64(s.Drops)
	}
}

func (r *ring) close() {
	r.countDrops()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.memory != nil {
		_ = unix.Munmap(r.memory)
		r.memory = nil
	}
	if r.fd >= 0 {
		unix.Close(r.fd)
		r.fd = -1
	}
}
