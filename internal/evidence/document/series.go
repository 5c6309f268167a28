package document

import (
	"fmt"
	"time"

	"floodmark/internal/evidence/vector"
	"floodmark/internal/model"
)

// maxBuckets bounds the series in the report.
const maxBuckets = 360

// series lays the vectors and the background of the attacked targets (of all
// suspects where there is no attack) on one axis of at most maxBuckets steps.
func series(in *Input, gs []*group) model.Series {
	first, last := floor(in.Profile.First), floor(in.Profile.Last)
	step := int64(1)
	for _, s := range []int64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400} {
		step = s
		if (last-first)/s < maxBuckets {
			break
		}
	}
	for (last-first)/step >= maxBuckets {
		step *= 2
	}
	start := first - first%step
	n := int((last-start)/step) + 1
	out := model.Series{Start: time.Unix(start, 0).UTC().Format(time.RFC3339), Step: int(step), Vectors: []model.VectorSeries{}}
	attack := model.VectorSeries{Packets: make([]float64, n), Bytes: make([]float64, n)}
	for _, g := range gs {
		v := model.VectorSeries{Name: g.slug, Packets: make([]float64, n), Bytes: make([]float64, n)}
		fill(&v, g.seconds, start, step)
		fill(&attack, g.seconds, start, step)
		out.Vectors = append(out.Vectors, v)
	}
	rest := model.VectorSeries{Name: "background", Packets: make([]float64, n), Bytes: make([]float64, n)}
	for i := range in.Profile.Buckets {
		fill(&rest, in.Profile.Buckets[i].Seconds, start, step)
	}
	for i := range rest.Packets {
		rest.Packets[i] = max(0, rest.Packets[i]-attack.Packets[i])
		rest.Bytes[i] = max(0, rest.Bytes[i]-attack.Bytes[i])
	}
	out.Vectors = append(out.Vectors, rest)
	return out
}

func floor(ns int64) int64 {
	s := ns / 1e9
	if ns < 0 && s*1e9 != ns {
		s--
	}
	return s
}

func fill(v *model.VectorSeries, buckets []model.SecondCount, start, step int64) {
	for _, b := range buckets {
		if i := (b.Second - start) / step; i >= 0 && int(i) < len(v.Packets) {
			v.Packets[i] += b.Packets
			v.Bytes[i] += b.Bytes
		}
	}
}

// background is what of the recording is not the attack.
func background(in *Input, b *book, gs []*group) model.Background {
	var packets, bytes float64
	for _, g := range gs {
		packets += g.packets
		bytes += g.bytes
	}
	bg := model.Background{Packets: positive(in.Profile.Packets - packets), Bytes: positive(in.Profile.Bytes - bytes),
		How: []model.Sentence{}, Ordinary: []model.Weight{}}
	excluded := uint64(0)
	for i := range in.Assessment.Parts {
		p := &in.Assessment.Parts[i]
		c := &in.Profile.Buckets[p.Bucket]
		if p.Verdict == model.AttackYes {
			for k := range c.Sources {
				if c.Sources[k].Flags&p.Excluded != 0 {
					excluded++
				}
			}
			continue
		}
		name := "other"
		if info := vector.Lookup(c.Class); info != nil {
			name = info.Name
		}
		bg.Ordinary = addWeight(bg.Ordinary, name, c, in.Profile.Packets)
	}
	sortWeights(bg.Ordinary)
	bg.Ordinary = bg.Ordinary[:min(len(bg.Ordinary), 12)]
	if len(gs) > 0 {
		text := "Attack and background were told apart by class of packet and target: only classes in which something impossible for ordinary traffic was seen count as attack."
		if excluded > 0 {
			text += fmt.Sprintf(" Within those, %s sources that the target had asked or that finished a handshake were left out.", big(float64(excluded)))
		}
		id := b.add(model.Evidence{Statement: text, Kind: "inferred", Method: "presence/background", Value: ptr(float64(bg.Packets)), Unit: "packets",
			N: int64(in.Profile.Samples), Alternatives: []string{"ordinary packets of the same class as the attack are counted with it"}})
		bg.How = append(bg.How, model.Sentence{Text: text, Evidence: []string{id}})
	}
	return bg
}

func positive(x float64) uint64 { return uint64(max(0, x) + 0.5) }

func addWeight(list []model.Weight, name string, c *model.Facts, all float64) []model.Weight {
	for i := range list {
		if list[i].Value == name {
			list[i].Packets += uint64(c.Packets)
			list[i].Bytes += uint64(c.Bytes)
			list[i].Share += c.Packets / max(all, 1)
			return list
		}
	}
	return append(list, model.Weight{Value: name, Packets: uint64(c.Packets), Bytes: uint64(c.Bytes), Share: c.Packets / max(all, 1)})
}

// specimens prints a few records of each vector.
func specimens(gs []*group) []model.RecordLine {
	out := []model.RecordLine{}
	for _, g := range gs {
		n := 0
		for _, c := range g.buckets {
			for i := range c.Specimens {
				if n++; n > 4 {
					break
				}
				s := &c.Specimens[i]
				out = append(out, model.RecordLine{Time: timestamp(s.Record.First), Vector: g.slug, Src: s.Record.Src.String(),
					Dst: s.Record.Dst.String(), Text: recordText(&s.Record, s.Payload)})
			}
		}
	}
	return out
}

func recordText(r *model.Record, payload string) string {
	t := fmt.Sprintf("proto %d", r.Proto)
	if r.Has&model.HasPorts != 0 {
		t += fmt.Sprintf(" %d > %d", r.SrcPort, r.DstPort)
	}
	if r.Has&model.HasFlags != 0 {
		t += " flags " + flagText(r.TCPFlags)
	}
	if r.Has&model.HasTTL != 0 {
		t += fmt.Sprintf(" ttl %d", r.TTL)
	}
	if r.FragOffset > 0 {
		t += fmt.Sprintf(" fragment at %d", r.FragOffset)
	}
	t += fmt.Sprintf(" packets %d octets %d", r.Packets, r.Bytes)
	if payload != "" {
		t += " payload " + payload[:min(len(payload), 64)]
	}
	return t
}
