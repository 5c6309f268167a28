package web

import (
	"context"
	"math"
	"strings"
	"time"

	"floodmark/internal/api"
	"floodmark/internal/api/apitest"
	"floodmark/internal/fault"
	"floodmark/internal/model"
	"floodmark/internal/report/reporttest"
)

// day is a Backend of a busy day: curves, rankings, incidents in every state.
type day struct{ *apitest.Fake }

const gbit = 1e9

func newDay() *day {
	d := &day{apitest.New()}
	now := d.Now.UnixNano()
	d.All, d.Log = nil, nil
	add := func(n int, s model.State, sev model.Severity, change func(*model.Incident)) {
		in := apitest.Incident(n, s)
		in.Severity = sev
		in.AttackVerdict, in.Because = model.AttackYes, "packets come from 812 sources that send nothing else, at a steady rate"
		in.Spoofing = model.SpoofReal
		in.Started, in.Noticed, in.Opened, in.LastSeen = now-200e9, now-198e9, now-197e9, now
		in.Vectors = []model.Weight{{Value: "udp-flood", Packets: 900, Share: 0.82}, {Value: "syn-flood", Packets: 200, Share: 0.18}}
		in.Waves = []model.Wave{{Start: in.Started, End: now - 150e9, Peak: 90e3}, {Start: now - 90e9, Peak: 142e3}}
		in.WaveCount = 2
		in.Excesses = []model.Excess{{Kind: model.ByThreshold, Metric: model.Packets, Bound: 20e3, Peak: 142e3, Since: in.Started, Active: s == model.Open},
			{Kind: model.ByBaseline, Metric: model.Bits, Bound: 0.4 * gbit, Peak: 1.4 * gbit, Since: in.Started + 2e9, Active: s == model.Open}}
		in.Rates[model.Packets], in.Rates[model.Bits] = 131e3, 1.2*gbit
		in.Countries = []model.Weight{{Value: "US", Share: 0.31}, {Value: "MX", Share: 0.17}, {Value: "ES", Share: 0.09}}
		change(&in)
		d.Log = append(d.Log, model.NumberedChange{Number: uint64(len(d.Log) + 1), Change: model.Change{At: in.Noticed, Type: model.Noticed, Incident: in, Text: "packets towards it are above the threshold"}})
		if in.Opened > 0 {
			d.Log = append(d.Log, model.NumberedChange{Number: uint64(len(d.Log) + 1), Change: model.Change{At: in.Opened, Type: model.Opened, Incident: in, Text: "udp-flood from many networks: 7.1 times the threshold"}})
		}
		if s == model.Closed {
			in.Ended, in.ClosedAt = now-100e9, now-20e9
		}
		d.All = append(d.All, in)
	}
	add(1, model.Open, model.Critical, func(in *model.Incident) {
		in.Delay = 12
		d.Documents[in.ID] = sealed(reporttest.Cameras())
		for i := range 30 {
			d.Records[in.ID] = append(d.Records[in.ID], model.RecordLine{Time: d.Now.Add(time.Duration(i-60) * time.Second).Format(time.RFC3339), Vector: "udp-flood", Src: "203.0.113.9", Dst: "198.51.100.1", Text: "udp 40123 → 443, 512 octets, ttl 49, 1 in 1000"})
		}
	})
	add(2, model.Suspected, model.Info, func(in *model.Incident) {
		in.Opened, in.Evidence, in.Vectors, in.AttackVerdict, in.Because, in.Spoofing = 0, 0, nil, model.AttackUndecided, "waits for more records: it may be a download", ""
		in.Excesses = in.Excesses[1:]
	})
	add(3, model.Easing, model.Warning, func(in *model.Incident) {
		in.Target = model.PrefixID(model.Addr4(0xc6336400), 24)
		in.ID, in.Ended, in.Direction, in.Evidence = "in-198.51.100.0_24-20261124T0150Z", now-30e9, model.Out, 0
		in.Acknowledged = &model.Remark{By: "anna", At: now - 40e9, Note: "asked the customer"}
	})
	add(4, model.Closed, model.Warning, func(in *model.Incident) { in.Evidence = 0 })
	add(5, model.Closed, model.Warning, func(in *model.Incident) {
		in.Evidence, in.FalseAlarm = 0, &model.Remark{By: "ben", At: now - 10e9, Note: "a backup"}
	})
	for n, s := range []model.State{model.Open, model.Suspected, model.Closed} {
		in := apitest.ServiceIncident(n+1, s)
		if n == 0 {
			d.join(&in, &d.All[0], &d.All[2])
		}
		d.All = append(d.All, in)
		d.Log = append(d.Log, model.NumberedChange{Number: uint64(len(d.Log) + 1), Change: model.Change{At: in.Noticed, Type: model.Noticed, Incident: in, Text: "More reports of problems with Example than usual"}})
	}
	d.watch()
	d.exporters()
	return d
}

func (d *day) watch() {
	d.Watched = nil
	at := d.Now.UnixNano()
	way := func(bits, bound float64) api.TrafficNow {
		t := api.TrafficNow{Samples: 240, Low: bits * 0.6, High: bits * 1.3, Known: true}
		t.Rates[model.Bits], t.Rates[model.Packets], t.Rates[model.Flows] = bits, bits/5200, bits/410000
		t.Bounds[model.Bits], t.Bounds[model.Packets] = bound, bound/10000
		return t
	}
	d.Watched = append(d.Watched, api.TargetNow{Target: model.NetworkID(), Group: "default", At: at, Delay: 12, In: way(18.4*gbit, 40*gbit), Out: way(31.2*gbit, math.Inf(1))})
	for i := range 14 {
		bits := 2.1 * gbit / float64(i+1)
		t := api.TargetNow{Target: apitest.Host(i + 1), Group: "default", Customer: []string{"acme", "", "Grün & Söhne GmbH"}[i%3], At: at, In: way(bits, gbit), Out: way(bits/9, gbit)}
		t.In.Known = i%4 != 3
		t.Untrusted = i == 5
		if i == 0 {
			t.Incidents = []string{d.All[0].ID}
		}
		d.Watched = append(d.Watched, t)
	}
	d.Watched = append(d.Watched, api.TargetNow{Target: model.PrefixID(model.Addr4(0xc6336400), 24), Group: "default", At: at, In: way(6*gbit, 8*gbit), Out: way(2*gbit, 0)},
		api.TargetNow{Target: model.CustomerID("acme"), Group: "default", Customer: "acme", At: at, In: way(3*gbit, 0), Out: way(gbit, 0)})
}

func (d *day) exporters() {
	at := d.Now.UnixNano()
	d.Sources = []model.ExporterStatus{
		{Number: 1, Address: "192.0.2.1", Name: "edge-1", Protocols: []string{"ipfix"}, Datagrams: 91e4, Records: 27e6, RecordsPerSec: 21480, LastSeen: at - 3e8, Lost: 12, Expected: 912345, LossUnit: "datagrams", Gaps: 3, Templates: 8,
			Rates: []model.RateShare{{Rate: 1000, From: "advertised", Records: 27e6}}, ExportDelay: 12e9, ExportDelayMeasured: true, QualityOK: true,
			Duplicates: []model.DuplicateTraffic{{Primary: 2, Records: 81e4}}, Interfaces: []model.InterfaceStatus{{Index: 3, Name: "xe-0/0/3 transit", Role: "external", Speed: 100e9, In: model.InterfaceTraffic{Bytes: 91e12}}, {Index: 9, Role: "internal"}}},
		{Number: 2, Address: "192.0.2.2", Name: "edge-2", Protocols: []string{"netflow9"}, LastSeen: at - 240e9, Records: 9e6, Expected: 100, Lost: 4, LossUnit: "records", Gaps: 2, Rates: []model.RateShare{{Rate: 1, From: "unknown", Records: 9e6}},
			ExportDelay: 60e9, Skew: -42e8, QualityIssues: []string{"exporter-stale", "sampling-rate-unknown"}, Errors: 3, UnknownSets: 7},
		{Number: 3, Address: "2001:db8::53", Name: "2001:db8::53", Protocols: []string{"sflow"}, LastSeen: at - 1e9, RecordsPerSec: 812, Records: 1e6, QualityOK: true, Rates: []model.RateShare{{Rate: 4096, From: "advertised", Records: 1e6}}},
	}
	d.Blind = []model.Condition{{Code: "exporter-stale", Subject: "edge-2", Severity: model.Critical, Text: "no flows from edge-2 since 02:01: attacks there cannot be seen", Since: at - 240e9},
		{Code: "sampling-rate-unknown", Subject: "edge-2", Severity: model.Warning, Text: "edge-2 tells no sampling rate: its figures may be too small", Since: at - 900e9},
		{Code: "sampling-rate-changed", Subject: "edge-1", Severity: model.Info, Text: "edge-1 samples 1 in 1,000 now, 1 in 2,000 before", Since: at - 300e9}}
}

// Targets heeds kinds as well.
func (d *day) Targets(q api.TargetQuery) ([]api.TargetNow, int) {
	var out []api.TargetNow
	for _, t := range d.Watched {
		ok := len(q.Kinds) == 0
		for _, k := range q.Kinds {
			ok = ok || t.Target.Kind == k
		}
		if ok {
			out = append(out, t)
		}
	}
	return out[:min(q.Limit, len(out))], len(out)
}

// Series is a curve with noise, an attack and a band.
func (d *day) Series(_ context.Context, q api.SeriesQuery) ([]model.Point, error) {
	level := 0.3 * gbit
	if q.Target.Kind == model.NetworkTarget {
		level = 15 * gbit
	}
	var out []model.Point
	for t := q.From; t < q.To; t += q.Step {
		usual := level * (1 + 0.25*math.Sin(float64(t)/9000))
		v := usual * (1 + 0.06*math.Sin(float64(t)*1.7) + 0.04*math.Sin(float64(t)*0.31))
		if ago := d.Now.Unix() - t; ago < 200 && ago > 150 || ago < 90 {
			v += 1.1 * gbit
		}
		p := model.Point{Time: t, Target: q.Target, Direction: q.Direction, Samples: 200, Low: usual * 0.7, High: usual * 1.3}
		p.Rates[model.Bits], p.Rates[model.Packets], p.Rates[model.Flows] = v, v/9000, v/500000
		out = append(out, p)
	}
	return out, nil
}

// Flows answers by what is grouped by.
func (d *day) Flows(ctx context.Context, q string) (api.FlowAnswer, error) {
	if strings.Contains(q, "scr") {
		return api.FlowAnswer{}, &fault.Error{Kind: fault.Invalid, Text: `unknown field "scr"`, Hint: `did you mean "src"?`, Column: strings.Index(q, "scr") + 1}
	}
	a := api.FlowAnswer{Question: q, Table: "networks_1m", From: d.Now.Add(-5 * time.Minute), To: d.Now, Took: 0.0213, Truncated: strings.Contains(q, "top 1000")}
	_, by, _ := strings.Cut(q, "group by ")
	by, _, _ = strings.Cut(by+" top", " top")
	names := map[string][]any{"src_as": {"AS64500", "AS64511", "AS65551", nil}, "src_country": {"DE", "US", "BR", nil}, "vector": {"udp-flood", "reflection-dns", "none", "syn-flood"},
		"exporter": {"edge-1", "edge-1", "edge-2", "edge-2"}, "in_if": {"xe-0/0/3 transit", "et-0/1/0", 7.0, 9.0}, "proto": {"tcp", "udp", "icmp", "gre"}, "src": {"203.0.113.9", "203.0.113.77", "2001:db8:1::9", "198.18.3.4"}}
	fields := strings.Split(by, ", ")
	values := []api.FlowColumn{{Name: "packets", Kind: "number", Unit: "packets"}, {Name: "packets_error", Kind: "number", Unit: "packets"}, {Name: "bytes", Kind: "number", Unit: "bytes"},
		{Name: "bytes_error", Kind: "number", Unit: "bytes"}, {Name: "flows", Kind: "number", Unit: "flows"}, {Name: "packets_per_second", Kind: "number", Unit: "packets/s"}, {Name: "bits_per_second", Kind: "number", Unit: "bits/s"}}
	for _, f := range fields {
		a.Columns = append(a.Columns, api.FlowColumn{Name: f, Kind: map[bool]string{true: "time", false: "text"}[f == "time"]})
	}
	a.Columns = append(a.Columns, values...)
	steps := 1
	if fields[0] == "time" {
		steps = 60
	}
	for s := range steps {
		for i := range 4 {
			var row []any
			for _, f := range fields {
				switch v := names[f]; {
				case f == "time":
					row = append(row, d.Now.Add(time.Duration(s-60)*time.Minute).Format(time.RFC3339))
				case v != nil:
					row = append(row, v[i])
				default:
					row = append(row, strings.ToUpper(f[:1])+"-"+string(rune('a'+i)))
				}
			}
			n := 4.1e8 / float64(i*i+1) * (1 + 0.2*math.Sin(float64(s)/7+float64(i)))
			a.Rows = append(a.Rows, append(row, n, n*0.04*float64(i+1), n*812, n*812*0.05, math.Round(n/90), n/300, n*812*8/300))
		}
	}
	return a, nil
}

var _ api.Backend = (*day)(nil)
