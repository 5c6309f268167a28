package investigator

import (
	"slices"

	"floodmark/internal/engine"
	"floodmark/internal/evidence/triage"
	"floodmark/internal/model"
)

// triage says whether to wait before an incident is opened.
func (v *Investigator) triage(l look) {
	now := v.c.Clock.Now()
	in := &l.incident
	prefixes, _ := v.d.Scope.Customer(in.Target)
	var records []model.Record
	var there, back model.Rates
	since := max(l.anomaly.Since, now-int64(lookBack))
	all := v.d.Records.Gather(now-int64(lookBack), func(r *model.Record) bool {
		towards, from := sides(in.Target, prefixes, r)
		return towards || from
	})
	for i := range all {
		r := &all[i]
		towards, from := sides(in.Target, prefixes, r)
		if in.Direction == model.Out {
			towards, from = from, towards
		}
		if towards {
			records = append(records, *r)
		}
		if towards && r.Last >= since {
			addRates(&there, r)
		}
		if from && r.Last >= since {
			addRates(&back, r)
		}
	}
	slices.Reverse(records) // the latest tell most
	// What comes and what goes back are compared over the same time: smoothed
	// rates of traffic that has just begun are still too low.
	if there[model.Packets] > 0 {
		l.anomaly.Rates = there
	} else if rateIn, rateOut := v.d.Records.Rates(in.Target); in.Direction == model.Out {
		back = rateIn
	} else {
		back = rateOut
	}
	v.d.Engine.Send(engine.Findings(triage.Assess(&triage.Look{Incident: in.ID, Now: now, Anomaly: l.anomaly, Records: records, Back: back, Allowed: v.d.Scope.Allowed()})))
}

// addRates adds a record to what a first look compares by. Only ratios of the
// sums are asked for, so nothing is divided by time.
func addRates(to *model.Rates, r *model.Record) {
	n := float64(r.Packets) * float64(max(r.Sampling, 1))
	to[model.Packets] += n
	to[model.Bits] += 8 * float64(r.Bytes) * float64(max(r.Sampling, 1))
	switch r.Proto {
	case model.ProtoTCP:
		to[model.TCPPackets] += n
	case model.ProtoUDP:
		to[model.UDPPackets] += n
	case model.ProtoICMP, model.ProtoICMPv6:
		to[model.ICMPPackets] += n
	}
}
