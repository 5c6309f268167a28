package pcap

import "slices"

// Info is what a recording says of itself, as far as it has been read: drops
// and comments may stand at its end.
type Info struct {
	Format     string // "pcap" or "pcapng"
	BigEndian  bool   // byte order of the file, or of its last section
	Packets    uint64 // delivered so far
	Interfaces []Interface
	// Apps (shb_userappl) are the programs that wrote the sections, distinct
	// and in order; Comments are the sections' (opt_comment).
	Apps, Comments []string
	Drops          Drops

	Sections        uint64 // pcapng section headers
	PacketComments  uint64 // comments on single packets, which are not kept
	CommentsCut     uint64 // section comments and programs beyond the limits, not kept or cut short
	OtherBlocks     uint64 // blocks of known types that hold neither packets nor statistics: names, secrets, journal entries
	CustomBlocks    uint64 // private blocks of some vendor, not read
	UnknownBlocks   uint64 // blocks of unknown types, not read
	OrphanPackets   uint64 // packets of an interface that the section does not describe: not delivered
	DamagedOptions  uint64 // blocks whose options broke off or overran them
	PacketsTimeless uint64 // delivered without a time
}

// Interface is one interface of the recording.
type Interface struct {
	LinkType uint16 // LINKTYPE_ number
	SnapLen  uint32 // bytes kept of each packet at most; 0 for no limit
	Name     string // if_name, cut to 256 bytes
	// Statistics are the last that the recording holds of the interface
	// (interface statistics blocks count from the start of the recording).
	Statistics Statistics
}

// Statistics are the counters of an interface statistics block
// (draft-ietf-opsawg-pcapng section 4.6).
type Statistics struct {
	Reported bool   // the recording holds a statistics block for the interface
	Received uint64 // isb_ifrecv
	IfDrop   uint64 // isb_ifdrop: for want of resources in the interface
	OSDrop   uint64 // isb_osdrop: by the operating system
}

// Drops are packets that the recording says it has missed. The two kinds may
// count the same packet, so that they must not be added up.
type Drops struct {
	Reported   bool   // the recording says something about drops, if only that there were none
	Received   uint64 // sums of Statistics over the interfaces
	IfDrop     uint64
	OSDrop     uint64
	AtPackets  uint64 // sum of epb_dropcount and of the drop counts of obsolete packet blocks
	Interfaces int    // interfaces with statistics
}

// Missed returns the number of packets missed at least.
func (d Drops) Missed() uint64 { return max(saturate(d.IfDrop, d.OSDrop), d.AtPackets) }

// Info returns what is known so far. The caller owns the copy.
func (r *Reader) Info() Info {
	i := r.info
	i.Interfaces = slices.Clone(i.Interfaces)
	i.Apps, i.Comments = slices.Clone(i.Apps), slices.Clone(i.Comments)
	for _, f := range i.Interfaces {
		if s := f.Statistics; s.Reported {
			i.Drops.Reported = true
			i.Drops.Interfaces++
			i.Drops.Received = saturate(i.Drops.Received, s.Received)
			i.Drops.IfDrop = saturate(i.Drops.IfDrop, s.IfDrop)
			i.Drops.OSDrop = saturate(i.Drops.OSDrop, s.OSDrop)
		}
	}
	return i
}

// saturate adds without wrapping round: hostile counters must not turn small.
func saturate(a, b uint64) uint64 {
	if a+b < a {
		return ^uint64(0)
	}
	return a + b
}
