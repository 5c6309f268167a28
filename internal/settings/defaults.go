package settings

import (
	"net/netip"

	"floodmark/internal/conf"
	"floodmark/internal/model"
)

// DefaultGroup is the group of targets that name none.
const DefaultGroup = "default"

// Default returns the configuration without a file: loopback only, and every
// destination is a target.
func Default() *Settings {
	s := defaults()
	s.resolveCollectors(nil)
	return s
}

// defaults are the values before a file is read. Collectors follow from the
// exporters and are filled in afterwards.
func defaults() *Settings {
	return &Settings{
		Data: Data{
			Dir:          "data",
			MinFreeSpace: 1 << 30,
			// One million records per minute take about 20 GB per day at 14 bytes each.
			Flows:             FlowData{Raw: true, Retention: conf.Duration(7 * day), MaxSize: 20e9},
			Series:            SeriesData{conf.Duration(2 * day), conf.Duration(30 * day), conf.Duration(3 * 365 * day), 10e9},
			IncidentRetention: conf.Duration(5 * 365 * day),
		},
		Groups:          map[string]Group{DefaultGroup: {defaultThresholds()}},
		MaxTrackedHosts: 1_000_000,
		Baselines:       Baselines{Enabled: true, MinHistory: conf.Duration(7 * day), FalseAlarmBudget: model.Budget{Max: 1, Per: 7 * day}},
		Incidents:       Incidents{conf.Duration(10e9), conf.Duration(2 * minute), conf.Duration(5 * minute)},
		Probes:          Probes{Vantage: "this server"},
		UserReports:     UserReports{FalseAlarmBudget: model.Budget{Max: 1, Per: model.Year}, Mail: Mail{Security: "starttls"}},
		HTTP: HTTP{
			Operator: OperatorHTTP{Listen: loopback(8080)},
			Public:   PublicHTTP{Enabled: true, Listen: loopback(8081)},
		},
		Alerts: Alerts{Heartbeat: Heartbeat{Every: conf.Duration(minute)}},
		Log:    Log{"info", "text"},
	}
}

// defaultThresholds suit hosts on a 1 Gbit/s port. A port saturated by ordinary
// downloads carries 83,000 packets/s of 1,500 bytes, which stays below the
// packet threshold; 1 Gbit/s and 3,500 flows/s are FastNetMon's well-known
// defaults. Thresholds for typical attack traffic are much lower, because few
// hosts receive 10,000 new connections or fragments per second, or a tenth of
// their port speed from reflectors. Prefixes get five to ten times as much:
// 3,000 packets/s to each address of a /24 are 768,000. Customers and the
// network have no default because their normal rate depends on their size,
// which baselines learn.
func defaultThresholds() Thresholds {
	return Thresholds{
		Host: Bounds{
			In: Limits{
				model.Packets: pps(100e3), model.Bits: bps(1e9), model.Flows: fps(3500),
				model.UDPPackets: pps(50e3), model.ICMPPackets: pps(5e3), model.OtherPackets: pps(50e3), model.SYNPackets: pps(10e3),
				model.FragmentPackets: pps(10e3), model.ReflectionPackets: pps(10e3), model.ReflectionBits: bps(100e6),
			},
			Out: Limits{
				model.Packets: pps(100e3), model.Bits: bps(1e9), model.Flows: fps(3500),
				model.UDPPackets: pps(50e3), model.ICMPPackets: pps(5e3), model.OtherPackets: pps(50e3), model.SYNPackets: pps(5e3),
			},
		},
		Prefix: Bounds{
			In: Limits{
				model.Packets: pps(500e3), model.Bits: bps(10e9), model.UDPPackets: pps(250e3), model.ICMPPackets: pps(25e3),
				model.SYNPackets: pps(50e3), model.FragmentPackets: pps(50e3), model.ReflectionPackets: pps(50e3), model.ReflectionBits: bps(500e6),
			},
			Out: Limits{model.Packets: pps(500e3), model.Bits: bps(10e9), model.SYNPackets: pps(25e3)},
		},
	}
}

func pps(x float64) Limit { return Limit{Rate: conf.Rate{Value: x, Unit: conf.PacketRate}} }
func bps(x float64) Limit { return Limit{Rate: conf.Rate{Value: x, Unit: conf.BitRate}} }
func fps(x float64) Limit { return Limit{Rate: conf.Rate{Value: x, Unit: conf.FlowRate}} }

func loopback(port uint16) conf.AddrPort {
	return conf.AddrPort{AddrPort: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)}
}
