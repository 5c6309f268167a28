package view

import (
	"math"
	"time"

	"floodmark/internal/model"
)

// Time is a time of Unix ns in UTC, nil for "not yet".
func Time(ns int64) *time.Time {
	if ns == 0 {
		return nil
	}
	t := time.Unix(0, ns).UTC()
	return &t
}

// Finite replaces values that JSON has no number for by 0.
func Finite[T float32 | float64](v T) T {
	if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return v
}

// bound returns nil for a bound that is open: JSON has no number for infinity.
func bound(v *float64) *float64 {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return nil
	}
	return v
}

// List replaces nil by an empty list: lists in answers are never null.
func List[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// each converts the items of a list.
func each[T, V any](l []T, f func(*T) V) []V {
	out := make([]V, 0, len(l))
	for i := range l {
		out = append(out, f(&l[i]))
	}
	return out
}

// Rates holds one value for each metric, by the metric's name.
type Rates struct {
	Packets           float64 `json:"packets" doc:"Packets per second"`
	Bits              float64 `json:"bits" doc:"Bits per second of IP packets, header included"`
	Flows             float64 `json:"flows" doc:"Flow records per second"`
	TCPPackets        float64 `json:"tcp-packets" doc:"TCP packets per second"`
	UDPPackets        float64 `json:"udp-packets" doc:"UDP packets per second"`
	ICMPPackets       float64 `json:"icmp-packets" doc:"ICMP and ICMPv6 packets per second"`
	OtherPackets      float64 `json:"other-packets" doc:"Packets per second of protocols other than TCP, UDP and ICMP"`
	SYNPackets        float64 `json:"syn-packets" doc:"TCP packets per second with SYN and without ACK"`
	FragmentPackets   float64 `json:"fragment-packets" doc:"Non-initial fragments per second"`
	ReflectionPackets float64 `json:"reflection-packets" doc:"Packets per second from source ports of services that can be used as reflectors"`
	UDPBits           float64 `json:"udp-bits" doc:"Bits per second of UDP packets"`
	ReflectionBits    float64 `json:"reflection-bits" doc:"Bits per second from source ports of services that can be used as reflectors"`
}

// NewRates names the values.
func NewRates(in *model.Rates) Rates {
	r := *in
	for i := range r {
		r[i] = Finite(r[i])
	}
	return Rates{
		Packets: r[model.Packets], Bits: r[model.Bits], Flows: r[model.Flows],
		TCPPackets: r[model.TCPPackets], UDPPackets: r[model.UDPPackets], ICMPPackets: r[model.ICMPPackets],
		OtherPackets: r[model.OtherPackets], SYNPackets: r[model.SYNPackets],
		FragmentPackets: r[model.FragmentPackets], ReflectionPackets: r[model.ReflectionPackets],
		UDPBits: r[model.UDPBits], ReflectionBits: r[model.ReflectionBits],
	}
}

// Of is the value of one metric.
func (r *Rates) Of(m model.Metric) float64 {
	return [model.Metrics]float64{r.Packets, r.Bits, r.Flows, r.TCPPackets, r.UDPPackets, r.ICMPPackets, r.OtherPackets, r.SYNPackets,
		r.FragmentPackets, r.ReflectionPackets, r.UDPBits, r.ReflectionBits}[m]
}

// Share is one value's part of the packets.
type Share struct {
	Value string  `json:"value" doc:"Vector, country (ISO 3166-1 alpha-2) or network that the share belongs to"`
	Share float64 `json:"share" doc:"Share of the packets, 0 to 1"`
}

func newShare(w *model.Weight) Share { return Share{w.Value, Finite(w.Share)} }

// Weight is a Share with its counts.
type Weight struct {
	Share
	Packets uint64 `json:"packets" doc:"Packets counted for this value, corrected for sampling"`
	Bytes   uint64 `json:"bytes" doc:"IP bytes counted for this value, corrected for sampling"`
}

func newWeight(w *model.Weight) Weight { return Weight{newShare(w), w.Packets, w.Bytes} }

// Burst is one burst of traffic or reports within an incident.
type Burst struct {
	Start *time.Time `json:"start" doc:"Start of the burst"`
	End   *time.Time `json:"end" doc:"End of the burst; null while it lasts"`
	Peak  float64    `json:"peak" doc:"Highest value of the burst: weighted problem reports in 15 minutes, or traffic per second in the unit of the incident's leading metric"`
}

func newBurst(w *model.Wave) Burst { return Burst{Time(w.Start), Time(w.End), Finite(w.Peak)} }
