package document

import (
	"floodmark/internal/evidence/share"
	"floodmark/internal/model"
)

// peaks are the fullest second of a vector or of the whole attack.
type peaks struct{ pps, bps float64 }

// intervals gives volumes with their sampling error. Those of the peak are
// Poisson limits of the packets that were sampled in that second; that it was
// chosen as the fullest makes its value a little too large, never too small.
func intervals(packets, bytes share.Sum, p peaks) model.Intervals {
	v := model.Intervals{Packets: packets.Volume(), Bytes: bytes.Volume(), PeakPPS: share.Complete(p.pps), PeakBPS: share.Complete(p.bps)}
	if packets.Samples == 0 || packets.Total <= packets.Seen {
		return v
	}
	rate := packets.Total / packets.Seen
	samples := p.pps / rate
	low, high := share.Poisson(samples, share.Alpha)
	scale := func(value float64) model.Estimate {
		return model.Estimate{Value: value, Low: ptr(value * low / max(samples, 1)), High: ptr(value * high / max(samples, 1)),
			Basis: "sampling of packets (Poisson), in the fullest second"}
	}
	v.PeakPPS, v.PeakBPS = scale(p.pps), scale(p.bps)
	return v
}
