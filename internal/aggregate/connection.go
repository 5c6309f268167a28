package aggregate

import "floodmark/internal/model"

// window is how far ahead of the handshake the first segment seen after it may
// be, in bytes.
const window = 1 << 20

// inbound follows a TCP packet towards the target. A handshake is proven when
// our SYN-ACK acknowledges the peer's sequence number and the peer then
// acknowledges ours: only who really receives at that address can know it
// (RFC 9293 section 3.5). It reports whether the packet repeats an earlier SYN.
func (p *peer) inbound(r *model.Record) (retry bool) {
	if r.Has&model.HasTCP == 0 {
		p.inboundFlow(r)
		return false
	}
	switch {
	case r.TCPFlags&model.RST != 0:
		if p.flags&peerSYN != 0 && p.flags&peerRST == 0 {
			p.flags |= peerRST
			p.rstTTL = r.TTL
		}
	case r.TCPFlags&(model.SYN|model.ACK) == model.SYN:
		h := uint32(mix(uint64(r.Seq)<<32|uint64(r.SrcPort)<<16|uint64(r.DstPort)) | 1)
		for _, s := range p.syns {
			retry = retry || s == h
		}
		if retry {
			p.flags |= peerRetried
		} else {
			p.syns[p.next&3] = h
			p.next++
		}
		p.flags |= peerSYN
		p.synSeq = r.Seq
	case r.TCPFlags&model.ACK != 0 && p.flags&peerAnswered != 0 && p.flags&peerProven == 0:
		// the first ACK carries both numbers plus one; later ones may be a
		// window ahead. Guessed numbers fit once in 2^24.
		if ack, seq := r.Ack-p.ourSeq, r.Seq-p.theirSeq; ack-1 < window && seq-1 < window {
			p.flags |= peerProven
		}
	}
	return retry
}

// inboundFlow is the same for a flow record, where only both directions
// together prove anything: data acknowledged both ways.
func (p *peer) inboundFlow(r *model.Record) {
	const full = model.SYN | model.ACK
	if r.TCPFlags&full == full && r.Packets >= 3 && p.flags&peerAnswered != 0 {
		p.flags |= peerProven
	}
	if r.TCPFlags&(model.SYN|model.ACK) == model.SYN {
		p.flags |= peerSYN
	}
	if r.TCPFlags&model.RST != 0 && p.flags&peerSYN != 0 {
		p.flags |= peerRST
	}
	if r.TCPFlags&full == full && r.Packets >= 3 {
		p.synSeq = 1 // waits for the other direction
	}
}

// outbound follows a packet from the target to the peer.
func (p *peer) outbound(r *model.Record) {
	p.out++
	switch {
	case r.Proto == model.ProtoUDP && r.Has&model.HasPorts != 0:
		p.flags |= peerTalkUDP
		if p.askedAt[0] != r.DstPort {
			p.askedAt[1], p.askedAt[0] = p.askedAt[0], r.DstPort
		}
	case r.Proto != model.ProtoTCP:
		// an ICMP error about a packet is no conversation
		if r.Has&model.HasICMP == 0 || r.ICMPType == 0 || r.ICMPType == 8 || r.ICMPType >= 128 {
			p.flags |= peerTalk
		}
	case r.Has&model.HasTCP == 0:
		if conversation(r) {
			p.flags |= peerTalkTCP
		}
		const full = model.SYN | model.ACK
		if r.TCPFlags&full == full && r.Packets >= 2 {
			p.flags |= peerAnswered
			if p.synSeq == 1 {
				p.flags |= peerProven
			}
		}
		if r.TCPFlags&full == model.SYN {
			p.flags |= peerAskTCP
		}
	case r.TCPFlags&(model.SYN|model.ACK) == model.SYN:
		p.flags |= peerAskTCP
	case r.TCPFlags&(model.SYN|model.ACK) == model.SYN|model.ACK:
		if p.flags&peerSYN != 0 && r.Ack == p.synSeq+1 {
			p.flags |= peerAnswered
			p.ourSeq, p.theirSeq = r.Seq, p.synSeq
		}
	default:
		p.flags |= peerTalkTCP
	}
}

// conversation reports a TCP flow record that is more than a refusal or an
// answer to a SYN, which systems repeat up to five times (Linux,
// tcp_synack_retries).
func conversation(r *model.Record) bool {
	switch r.TCPFlags & (model.FIN | model.SYN | model.RST | model.PSH | model.ACK | model.URG) {
	case model.SYN, model.RST, model.RST | model.ACK:
		return false
	case model.SYN | model.ACK, model.SYN | model.ACK | model.RST, model.SYN | model.RST:
		return r.Packets > 6
	}
	return r.Packets >= 2
}

// talks reports whether the target sent the peer packets of the same protocol
// that belong to a conversation: neither resets nor SYN-ACKs nor ICMP errors.
func (p *peer) talks(proto uint8) bool {
	switch proto {
	case model.ProtoTCP:
		return p.flags&peerTalkTCP != 0
	case model.ProtoUDP:
		return p.flags&peerTalkUDP != 0
	}
	return p.flags&peerTalk != 0
}

// asked reports whether the target had sent to this peer's port: what comes
// from there was then asked for.
func (p *peer) asked(proto uint8, port uint16) bool {
	switch proto {
	case model.ProtoUDP:
		return p.askedAt[0] == port && p.out > 0 || p.askedAt[1] == port && port != 0
	case model.ProtoTCP:
		return p.flags&(peerAskTCP|peerProven) != 0
	}
	return p.out > 0
}
