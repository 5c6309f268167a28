package app

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"time"

	"floodmark/internal/evidence/claim"
	"floodmark/internal/evidence/document"
	"floodmark/internal/geo"
	"floodmark/internal/model"
)

// Sample is what is examined while an attack goes on: records kept of one
// target, in order of time.
type Sample struct {
	Name    string // for the document: which incident and revision
	Records []model.Record
	Target  []netip.Prefix
	Lost    uint64 // records that sequence numbers of the exporters miss meanwhile
	Version string
	Claims  []string // public claims about it
	// Synthetic tells that the records are of a scenario.
	Synthetic bool
	// Outage is the incident of a service that they belong to, nil for none.
	Outage *model.OutageReport
}

// Examine does with kept records what Analyze does with recordings, by the same
// rooms. The records' payloads and options must stay valid during the call. It
// returns nil without an error where there are no records and no incident of a
// service either.
func Examine(ctx context.Context, s *Sample, db *geo.DB) (*model.Analysis, error) {
	read := func(ctx context.Context, _ string, emit func(*model.Record)) error {
		for i := range s.Records {
			if i%4096 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			r := s.Records[i] // the line may change a record
			emit(&r)
		}
		return nil
	}
	names := claimNames()
	claims, err := parseClaims(s.Claims, names)
	if err != nil {
		return nil, err
	}
	survey, profile, err := readTwice(ctx, read, s.Target)
	if err != nil || profile == nil && s.Outage == nil {
		return nil, err
	}
	if profile == nil {
		profile = &model.Profile{}
	}
	in := &document.Input{
		Tool:     model.Tool{Name: "floodmark", Version: s.Version},
		Settings: model.Settings{Claims: append([]string{}, s.Claims...), Seed: resamplingSeed},
		Inputs:   []model.Input{s.input()}, Claims: claims, Names: names, Synthetic: s.Synthetic,
		Recording: document.Recording{LostRecords: s.Lost, RatesFrom: map[string]uint64{}, Exports: true},
		Geo:       model.GeoInfo{Status: "not-looked-up", Sources: []string{}, Attributed: []string{}},
	}
	if len(s.Target) > 0 {
		in.Settings.Target = s.Target[0].String()
	}
	if db != nil {
		in.Locate, in.Geo = db.Lookup, db.GeoInfo()
	}
	in.NoTraffic = survey.Audit().Records == 0
	a := assess(in, survey, profile)
	a.Outage = s.Outage
	return a, nil
}

// CheckClaim reports what is wrong with a claim, nil where it can be read.
func CheckClaim(text string) error {
	_, err := claim.Parse(text, claimNames())
	return err
}

// input describes the kept records as an input of the document.
func (s *Sample) input() model.Input {
	in := model.Input{Name: s.Name, Format: "live", Compression: "none", Kind: "flows", Exports: []string{}, Skipped: []model.Skip{},
		Records: uint64(len(s.Records)), Analysed: true}
	first, last := int64(0), int64(0)
	h := sha256.New()
	var b [80]byte
	for i := range s.Records {
		r := &s.Records[i]
		if i == 0 || r.First < first {
			first = r.First
		}
		last = max(last, r.Last)
		if r.IsPacket {
			in.Kind = "packets"
		}
		binary.BigEndian.PutUint64(b[0:], uint64(r.First))
		binary.BigEndian.PutUint64(b[8:], uint64(r.Last))
		binary.BigEndian.PutUint64(b[16:], r.Src.Hi)
		binary.BigEndian.PutUint64(b[24:], r.Src.Lo)
		binary.BigEndian.PutUint64(b[32:], r.Dst.Hi)
		binary.BigEndian.PutUint64(b[40:], r.Dst.Lo)
		binary.BigEndian.PutUint16(b[48:], r.SrcPort)
		binary.BigEndian.PutUint16(b[50:], r.DstPort)
		binary.BigEndian.PutUint64(b[52:], r.Packets)
		binary.BigEndian.PutUint64(b[60:], r.Bytes)
		binary.BigEndian.PutUint32(b[68:], r.Sampling)
		b[72], b[73], b[74] = r.Proto, r.TCPFlags, r.TTL
		h.Write(b[:])
		h.Write(r.Payload)
	}
	in.Bytes = int64(len(s.Records) * len(b))
	in.SHA256 = hex.EncodeToString(h.Sum(nil))
	if len(s.Records) > 0 {
		in.First, in.Last = stamp(first), stamp(last)
	}
	return in
}

func stamp(ns int64) string { return time.Unix(0, ns).UTC().Format(time.RFC3339Nano) }
