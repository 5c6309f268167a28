package aggregate

import "floodmark/internal/model"

// maxSources bounds the sources and the peers that a Profiler keeps, each. An
// entry takes 64 bytes or less and 16 of the index, so that both tables stay
// under 300 MiB.
const maxSources = 1 << 20

// keeper decides by hash which sources are kept: all of them at first, half of
// them each time a table is full. Everything about a kept source is counted;
// so the kept ones are a random sample of sources, whatever they send.
type keeper struct{ halvings uint }

func (k keeper) keeps(h uint64) bool { return h>>(64-k.halvings) == 0 || k.halvings == 0 }

// fraction is the share of sources that is kept.
func (k keeper) fraction() float64 { return 1 / float64(uint64(1)<<k.halvings) }

// source counts one source in one bucket.
type source struct {
	addr             model.Addr
	samples, bytes   uint64
	first, last      uint32 // seconds since the recording began
	bucket           uint16
	ttl, least, most uint8
}

// sources is the table of sources by bucket and address.
type sources struct {
	index
	rows[source]
}

func sourceHash(h uint64, bucket uint16) uint64 {
	return mix(h ^ uint64(bucket)*0x9e3779b97f4a7c15)
}

// get finds or adds the source. h is the index's hash of the address.
func (t *sources) get(h uint64, a model.Addr, bucket uint16) (s *source, added bool) {
	return t.find(sourceHash(h, bucket), a, bucket)
}

// find is get with the hash of both.
func (t *sources) find(h uint64, a model.Addr, bucket uint16) (s *source, added bool) {
	for i := t.first(h); t.slots[i] != 0; i = t.after(i) {
		if v := t.slots[i]; v>>32 == h>>32 {
			if e := t.at(int(uint32(v) - 1)); e.addr == a && e.bucket == bucket {
				return e, false
			}
		}
	}
	t.put(h, t.n)
	return t.add(source{addr: a, bucket: bucket, first: 1<<32 - 1}), true
}

// thin drops the sources that are no longer kept.
func (t *sources) thin(k keeper) {
	t.keep(func(e *source) bool { return k.keeps(e.addr.Hash()) })
	t.clear()
	for i := range t.n {
		e := t.at(i)
		t.put(sourceHash(t.hash(e.addr), e.bucket), i)
	}
}

// peer is what is known of one remote host and one target.
type peer struct {
	addr         model.Addr
	syns         [4]uint32 // hashes of its last SYNs' ports and sequence numbers
	synSeq       uint32    // of its last SYN
	ourSeq       uint32    // of our last SYN-ACK to it
	theirSeq     uint32    // of the SYN that it answered
	out          uint32    // packets
	askedAt      [2]uint16 // ports of it that the target sent UDP to
	data, tiny   uint16    // segments with content, and those of a few bytes
	target       uint16
	flags        peerFlags
	rstTTL, next uint8
}

type peerFlags uint16

const (
	peerSYN      peerFlags = 1 << iota // sent a SYN
	peerAnswered                       // we answered it with a SYN-ACK that fits
	peerProven                         // and it acknowledged that
	peerRST                            // sent a RST after a SYN
	peerRetried
	peerQuoted  // sent an ICMP error that quotes a datagram of ours
	peerAskTCP  // we opened a connection to it
	peerTalkTCP // we sent it segments of a connection
	peerTalkUDP // we sent it datagrams
	peerTalk    // we sent it packets of another protocol
)

// peers is the table of peers by target and address.
type peers struct {
	index
	rows[peer]
}

// find gives a peer, or nil. h is the index's hash of the address.
func (t *peers) find(h uint64, a model.Addr, target uint16) *peer {
	return t.lookup(sourceHash(h, target), a, target)
}

// lookup is find with the hash of both.
func (t *peers) lookup(h uint64, a model.Addr, target uint16) *peer {
	for i := t.first(h); t.slots[i] != 0; i = t.after(i) {
		if v := t.slots[i]; v>>32 == h>>32 {
			if e := t.at(int(uint32(v) - 1)); e.addr == a && e.target == target {
				return e
			}
		}
	}
	return nil
}

func (t *peers) get(h uint64, a model.Addr, target uint16) *peer {
	if p := t.find(h, a, target); p != nil {
		return p
	}
	return t.enter(sourceHash(h, target), a, target)
}

// enter adds a peer that is not in the table.
func (t *peers) enter(h uint64, a model.Addr, target uint16) *peer {
	t.put(h, t.n)
	return t.add(peer{addr: a, target: target})
}

// thin drops the peers that are no longer kept.
func (t *peers) thin(k keeper) {
	t.keep(func(e *peer) bool { return k.keeps(e.addr.Hash()) })
	t.clear()
	for i := range t.n {
		e := t.at(i)
		t.put(sourceHash(t.hash(e.addr), e.target), i)
	}
}
