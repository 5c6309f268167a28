package reporttest

import (
	"math"
	"slices"
	"time"

	"floodmark/internal/model"
)

// day is when the incident of the samples began to be seen.
var day = time.Date(2025, 3, 10, 6, 0, 0, 0, time.UTC)

// at is the minute of that day, from six in the morning.
func at(minute int) string { return day.Add(time.Duration(minute) * time.Minute).Format(time.RFC3339) }

// surge is one wave of traffic: minutes from six, and its peak in bits a second.
type surge struct {
	from, to int
	peak     float64
}

var surges = []surge{{131, 161, 3.1e9}, {185, 212, 4.4e9}, {260, 302, 6.24e9}, {350, 371, 2.9e9}, {418, 457, 5.12e9}}

const quarters = 36 // of an hour, nine hours

// Outage is an incident of a service with five waves of an attack, which people
// reported and probes felt: claims of every verdict, all kinds of signal.
func Outage() *model.Analysis {
	a := Cameras()
	const id = "in-service-example-archive-20250310T0810Z"
	a.Settings.Target = "192.0.2.80/32"
	a.Inputs = []model.Input{{Name: id + ", samples of revision 7", SHA256: hashA, Bytes: 3856880, Format: "live", Compression: "none", Kind: "packets", Exports: []string{},
		Records: 48211, First: at(131), Last: at(457), Analysed: true, Skipped: []model.Skip{}}}
	a.First, a.Last, a.Totals.Seconds = at(131), at(457), 326*60
	a.Totals.PeakBPS = 6.24e9
	a.Summary[0].Text = "A UDP flood and a SYN flood hit 192.0.2.80 in five waves, 412,300 packets a second at the peak."
	for i := range a.Vectors {
		a.Vectors[i].First, a.Vectors[i].Last = at(131), at(457)
	}
	a.Evidence[0].Statement = "Peak of 412,300 packets a second at 10:41:31 UTC."
	a.Findings = a.Findings[1:]
	for i := range a.SampledRecords {
		a.SampledRecords[i].Time = at(132 + 9*i)
	}
	udp, syn := make([]float64, 9*60), make([]float64, 9*60)
	for _, s := range surges {
		for m, v := range wave(len(udp), s.from, s.to, s.peak/8/540*60) {
			udp[m], syn[m] = udp[m]+v, syn[m]+math.Round(v*0.41)
		}
	}
	a.Series = model.Series{Start: at(0), Step: 60, Vectors: []model.VectorSeries{
		{Name: "udp-flood", Packets: udp, Bytes: scale(udp, 540)},
		{Name: "syn-flood", Packets: syn, Bytes: scale(syn, 60)},
		{Name: "background", Packets: level(len(udp), 5100*60), Bytes: level(len(udp), 4.1e6*60)},
	}}
	a.Outage = &model.OutageReport{Incident: id, Service: "example-archive", Name: "Example Archive", State: model.Closed, Started: at(130), Ended: at(470),
		Budget: "at most one false incident per service and year", Total: 2961, Works: 88, Refused: 12, Networks: 214,
		Buckets: reports(620, surges), Traffic: traffic(), Phases: phases(), Parts: parts(), Places: places(), Probes: probes(), Assessment: attacked(), Claims: stated()}
	a.Outage.Peak = fullest(a.Outage.Buckets)
	a.Claims[3].Low = P(6.24e9)
	a.Claims[1].Text = a.Claims[0].Text // two readings of one claim
	return a
}

// reports are quarters in which problems rise with each surge, up to height.
func reports(height float64, surges []surge) []model.ReportBucket {
	out := make([]model.ReportBucket, quarters)
	for i := range out {
		usual := 3.1 + 1.4*math.Sin(float64(i)/9)
		n := usual * (1 + 0.3*math.Sin(float64(i)*2.3))
		for _, s := range surges {
			if from, to := s.from/15, s.to/15+1; i >= from && i <= to {
				n += height * s.peak / 6.24e9 * (1 - 0.28*float64(i-from))
			}
		}
		problems := uint32(max(math.Round(n), 0))
		out[i] = model.ReportBucket{At: at(15 * i), Problems: problems, Effective: math.Round(float64(problems)*94) / 100, Known: true,
			Expected: math.Round(usual*100) / 100, Low: 0, High: math.Round((usual+6)*100) / 100}
	}
	return out
}

func fullest(list []model.ReportBucket) model.ReportBucket {
	best := list[0]
	for _, b := range list {
		if b.Problems > best.Problems {
			best = b
		}
	}
	return best
}

func traffic() []model.TrafficBucket {
	out := make([]model.TrafficBucket, quarters)
	for i := range out {
		usual := 3.2e7 + 6e6*math.Sin(float64(i)/9)
		b := model.TrafficBucket{At: at(15 * i), Mean: usual, Peak: 1.7 * usual, Usual: usual}
		for _, s := range surges {
			if over := min(s.to, 15*i+15) - max(s.from, 15*i); over > 0 {
				b.Mean += 0.8 * s.peak * float64(over) / 15
				b.Peak = max(b.Peak, s.peak*(0.7+0.3*float64(over)/15))
			}
		}
		b.Mean, b.Peak, b.Usual = math.Round(b.Mean), math.Round(b.Peak), math.Round(b.Usual)
		out[i] = b
	}
	return out
}

func phases() []model.ReportPhase {
	out := []model.ReportPhase{{Signal: model.SignalReport, Start: at(130), End: at(228), Peak: 441, Unit: "reports in 15 minutes"}}
	for _, s := range surges {
		out = append(out, model.ReportPhase{Signal: model.SignalFlow, Start: at(s.from), End: at(s.to), Peak: s.peak, Unit: "bits/s"})
		if s.peak > 3e9 {
			out = append(out, model.ReportPhase{Signal: model.SignalProbe, Part: "website", Start: at(s.from + 1), End: at(s.to + 3), Text: "No answer to a connection within 5 s."})
		}
	}
	again := model.ReportPhase{Signal: model.SignalReport, Start: at(262), End: at(470), Peak: 626, Unit: "reports in 15 minutes"}
	return slices.Insert(out, 7, again)
}

func parts() []model.PartShare {
	return []model.PartShare{
		{Slug: "website", Name: "Website", Reports: 2011, Share: 0.731, Low: 0.714, High: 0.747, Usual: 0.48, Evidence: 61.2, StandsOut: true},
		{Slug: "downloads", Name: "Downloads", Reports: 512, Share: 0.186, Low: 0.172, High: 0.201, Usual: 0.31},
		{Slug: "sign-in", Name: "Sign-in", Reports: 228, Share: 0.083, Low: 0.073, High: 0.094, Usual: 0.21},
		{Slug: "", Name: "", Reports: 210},
	}
}

func places() []model.PlaceShare {
	return []model.PlaceShare{
		{Country: "NL", Reports: 402, Effective: 389.1, Expected: 214.2, Excess: 1.82, Low: 1.55, High: 2.11, Evidence: 9.4, StandsOut: true},
		{Country: "US", Region: "CA", Reports: 610, Effective: 590.2, Expected: 571.1, Excess: 1.03, Low: 0.93, High: 1.14},
		{Country: "US", Region: "", Reports: 990, Effective: 961, Expected: 1002, Excess: 0.96, Low: 0.89, High: 1.03},
		{Country: "", Reports: 959, Effective: 901, Expected: 1054, Excess: 0.85, Low: 0.79, High: 0.92},
	}
}

func probes() []model.ReportProbe {
	return []model.ReportProbe{
		{Name: "Website", Vantage: "ams-1", State: model.ProbeOK, Since: at(460), Text: "An answer after 0.21 s, as usual."},
		{Name: "Downloads", Vantage: "ams-1", State: model.ProbeSlow, Since: at(452), Text: "An answer after 4.1 s, usually 0.6 s."},
	}
}

// Outside is an incident of a service whose traffic nobody saw: reports, probes
// and an assessment that cannot decide.
func Outside() *model.Analysis {
	const id = "in-service-example-mail-20250310T1020Z"
	why := "No traffic towards the service was recorded here, so whether it was attacked is not known."
	a := &model.Analysis{Schema: model.AnalysisSchema, Tool: model.Tool{Name: "floodmark", Version: "0.1.0"},
		Settings: model.Settings{Claims: []string{"over 1 Tbps"}, Seed: 7},
		Inputs: []model.Input{{Name: id + ", samples of revision 2", SHA256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
			Format: "live", Compression: "none", Kind: "flows", Exports: []string{}, Analysed: true, Skipped: []model.Skip{}}},
		Attack: model.AttackUndecided, AttackReasons: []model.Sentence{progress(why, "E1")}, Summary: []model.Sentence{progress(why, "E1")},
		Totals:     model.Totals{Packets: Exact(0), Bytes: Exact(0), Sampling: model.Sampling{From: "none", Rates: []uint32{}, Evidence: []string{}}, Sources: model.Sources{Bound: "complete", Top: []model.Weight{}}},
		Background: model.Background{How: []model.Sentence{}, Ordinary: []model.Weight{}}, Series: model.Series{Vectors: []model.VectorSeries{}},
		Vectors: []model.Vector{}, Spoofing: model.SpoofSummary{Verdict: model.SpoofNotApplicable, Text: []model.Sentence{}},
		Countries: []model.Country{}, Networks: []model.Network{}, NetworkKinds: []model.KindShare{}, Families: []model.Family{}, Findings: []model.Finding{}, SampledRecords: []model.RecordLine{},
		Geo: model.GeoInfo{Status: "not-looked-up", Sources: []string{}, Attributed: []string{}},
		Claims: []model.Claim{{Text: "over 1 Tbps", Reading: "the peak of one second is above 1 Tbit/s", Verdict: model.CannotBeDetermined, Unit: "bits/s", Evidence: []string{"E2"},
			Reasons: []string{"No traffic towards the service was recorded here: where an attack came from, how large it was, and whether there was one, cannot be told from outside."}}},
		NotAnswerable: append(unknowns()[:3], model.Unknown{Question: "Was it an attack, of what kind, how large and from where?", Why: "No traffic towards the service was recorded here."}),
		Evidence: []model.Evidence{
			{ID: "E1", Statement: why, Kind: "measured", Method: "presence/none", Version: 1, Inputs: []string{}, Alternatives: []string{}},
			{ID: "E2", Statement: "The peak bit rate was not recorded here.", Kind: "measured", Method: "claim", Version: 1, Inputs: []string{}, Alternatives: []string{}},
		},
	}
	a.Outage = &model.OutageReport{Incident: id, Service: "example-mail", Name: "Example Mail", State: model.Open, Started: at(258),
		Budget: "at most one false incident per service and year", Total: 411, Works: 9, Networks: 61,
		Buckets: reports(140, surges[2:3])[8:22], Traffic: []model.TrafficBucket{}, Parts: []model.PartShare{}, Places: []model.PlaceShare{}, Assessment: undecided(),
		Phases: []model.ReportPhase{{Signal: model.SignalReport, Start: at(258), Peak: 146, Unit: "reports in 15 minutes"},
			{Signal: model.SignalProbe, Part: "website", Start: at(261), Text: "No answer to a connection within 5 s."}},
		Probes: []model.ReportProbe{{Name: "Website", Vantage: "ams-1", State: model.ProbeFailing, Since: at(261), Text: "No answer to a connection within 5 s."}},
		Claims: []model.ReportClaim{{Text: "over 1 Tbps", Source: "a post in a forum", Stated: at(290), Checks: []model.ReportCheck{
			{At: at(292), Verdicts: []model.ReportAnswer{{Reading: "the peak of one second is above 1 Tbit/s", Verdict: model.CannotBeDetermined}}}}}}}
	a.Outage.Peak = fullest(a.Outage.Buckets)
	return a
}

// NastyOutage is Outage with hostile text in all that it adds to an analysis.
func NastyOutage() *model.Analysis {
	a := Outage()
	spoilAll(a.Outage)
	return a
}
