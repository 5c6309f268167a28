package claim

import (
	"fmt"
	"strings"
	"testing"

	"floodmark/internal/model"
)

// measured makes data with known sizes and durations and no places.
func measured() *Data {
	d := shares(map[string]uint64{"UA": 6000, "US": 4000})
	d.Volume = Volume{PeakPPS: est(50e6, 48e6, 52e6), PeakBPS: est(2e12, 1.9e12, 2.1e12), MeanPPS: est(10e6, 10e6, 10e6), MeanBPS: est(4e11, 4e11, 4e11)}
	d.Vectors[0].Volume = Volume{PeakBPS: est(1e12, 0.9e12, 1.1e12)}
	d.Seconds, d.Resolution = 3600, 5
	d.Vectors[0].Seconds = 60
	return d
}

func whole(d *Data) { d.View = viewWhole }

func TestFigureVerdicts(t *testing.T) {
	for _, c := range []struct {
		text   string
		change []func(*Data)
		want   model.Verdict
	}{
		{"over 1 Tbps", nil, yes},
		{"over 2 Tbps", nil, maybe},                         // within the error of sampling
		{"over 3 Tbps", nil, maybe},                         // more may have gone elsewhere
		{"over 3 Tbps here", nil, no},                       // at this point it did not
		{"over 2 Tbps here", nil, maybe},                    // sampling
		{"over 3 Tbps", []func(*Data){whole}, no},           // nothing went elsewhere
		{"over 3 Tbps", []func(*Data){whole, lossy}, maybe}, // the capture dropped packets
		{"over 3 Tbps here", []func(*Data){lossy}, maybe},   // the same
		{"over 1 Tbps", []func(*Data){lossy}, yes},          // still a lower bound
		{"over 3 Tbps", []func(*Data){aPart}, maybe},        // a known part
		{"over 3 Tbps here", []func(*Data){aPart}, no},      // about this point
		{"under 3 Tbps", nil, maybe},                        // more may have gone elsewhere
		{"under 3 Tbps here", nil, yes},
		{"under 1 Tbps", nil, no},
		{"at most 1 Tbps", nil, no},
		{"at most 3 Tbps", []func(*Data){whole}, yes},
		{"at least 48 Mpps", nil, yes},
		{"at least 60 Mpps here", nil, no},
		{"average over 300 Gbps", nil, yes},
		{"average over 500 Gbps here", nil, no},
		{"average over 9 Mpps", nil, yes},
		{"over 800 Gbps in vector udp-flood", nil, yes},
		{"over 1200 Gbps in vector udp-flood here", nil, no},
		{"over 1 Gbps in vector syn-flood", nil, maybe},
		{"over 1 Gbps", []func(*Data){func(d *Data) { d.Attack = model.AttackNo }}, maybe},
		{"over 1 Gbps", []func(*Data){func(d *Data) { d.Volume.PeakBPS = model.Estimate{Value: 5e9} }}, maybe}, // open bounds
		{"massive cyberattack", nil, maybe},
		{"massive cyberattack", []func(*Data){whole}, maybe},

		{"at least 10000 sources", nil, yes},
		{"over 10000 sources", nil, maybe},
		{"over 10000 sources", []func(*Data){whole}, no},
		{"over 10000 sources here", nil, no},
		{"over 10000 sources here", []func(*Data){sampled}, maybe},
		{"at least 9000 sources", []func(*Data){sampled}, yes},
		{"over 10000 sources here", []func(*Data){func(d *Data) { d.Anonymised = true }}, maybe},
		{"at least 9000 sources", []func(*Data){func(d *Data) { d.SourcesTrusted = 100 }}, maybe}, // the rest may be spoofed
		{"at least 9000 sources in vector udp-flood", nil, yes},
		{"at least 9000 sources in vector udp-flood", []func(*Data){func(d *Data) { d.Vectors[0].Spoof = model.SpoofSpoofed }}, maybe},
		{"at most 10000 sources", []func(*Data){whole}, yes},
		{"at most 9000 sources", nil, no},
		{"over 30,000 devices", []func(*Data){whole}, maybe},
		{"over 5 devices", []func(*Data){whole}, maybe},

		{"lasted over 30 minutes", nil, yes},
		{"lasted over 1 hour", nil, maybe}, // the ends are known to five seconds
		{"lasted over 2 hours", nil, maybe},
		{"lasted over 2 hours here", nil, no},
		{"lasted over 2 hours here", []func(*Data){func(d *Data) { d.CutEnd = true }}, maybe},
		{"lasted over 2 hours here", []func(*Data){func(d *Data) { d.CutStart = true }}, maybe},
		{"lasted under 2 hours", []func(*Data){whole}, yes},
		{"at least 90 s in vector udp-flood here", nil, no},
		{"at least 40 s in vector udp-flood", nil, yes},
	} {
		got := ask(t, with(measured(), c.change...), c.text)[0].Claim
		if got.Verdict != c.want {
			t.Errorf("%s: %s, want %s: %q", c.text, got.Verdict, c.want, got.Reasons)
		}
	}
}

func lossy(d *Data) { d.Lossy = true }
func aPart(d *Data) { d.View, d.Part = viewPart, 0.5 }

func TestVagueSizeAsksForANumberAndPrintsTheSize(t *testing.T) {
	got := strings.Join(ask(t, measured(), "massive cyberattack")[0].Claim.Reasons, " ")
	for _, want := range []string{"2 Tbit/s", "50 Mpps", "is not a number"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing: %s", want, got)
		}
	}
}

func TestDevicesAreNeverCountedAsAddresses(t *testing.T) {
	c := ask(t, with(measured(), whole), "over 5 devices/IPs")[0].Claim
	if text := c.Reading + strings.Join(c.Reasons, " "); strings.Count(text, "are not devices") != 2 || !strings.Contains(text, "10,000 source addresses") {
		t.Error(text)
	}
}

// spread makes n countries with equally many sources.
func spreadOver(n int, each uint64) *Data {
	by := map[string]uint64{}
	for i := range n {
		by[fmt.Sprintf("%c%c", 'A'+i/26, 'A'+i%26)] = each
	}
	return shares(by)
}

func TestSpreadVerdicts(t *testing.T) {
	lone := func(d *Data) { // one country with nine tenths
		d.Vectors[0].Countries[0].Count = counted(90000)
		d.Vectors[0].Total = Count{}
		for _, l := range d.Vectors[0].Countries {
			d.Vectors[0].Total = d.Vectors[0].Total.plus(l.Count)
		}
		d.Vectors[0].EffPackets = 0
	}
	for _, c := range []struct {
		name, text string
		data       *Data
		want       model.Verdict
	}{
		{"forty countries", "worldwide", spreadOver(40, 500), yes},
		{"forty countries, by sources", "worldwide of sources", spreadOver(40, 500), yes},
		{"twenty countries", "worldwide", spreadOver(20, 500), yes},
		{"nineteen countries", "worldwide", spreadOver(19, 500), no},
		{"four countries", "worldwide", spreadOver(4, 5000), no},
		{"one country above half", "worldwide", with(spreadOver(40, 500), lone), no},
		{"small countries", "worldwide", with(spreadOver(30, 100), func(d *Data) { // 29 with about half a percent
			d.Vectors[0].Countries[0].Count = counted(10000)
			d.Vectors[0].Countries[1].Count = counted(9000)
			d.Vectors[0].Total = counted(10000 + 9000 + 28*100)
		}), maybe},
		{"nineteen and an unlocated rest", "worldwide", with(spreadOver(19, 500), unlocated(1000)), maybe},
		{"forty, half unlocated", "worldwide", with(spreadOver(40, 500), unlocated(30000)), maybe},
		{"in the sentence", "from all over the world", spreadOver(40, 500), yes},
		{"many countries", "at least 30 countries", spreadOver(40, 500), yes},
		{"countries within wrong labels", "at least 30 countries", with(spreadOver(40, 20), func(d *Data) {
			d.Vectors[0].Countries[0].Count = counted(20000)
			d.Vectors[0].Total = d.Vectors[0].Total.plus(counted(20000))
		}), maybe},
		{"labels that one country alone would exceed", "at least 30 countries", with(spreadOver(40, 128), func(d *Data) {
			d.Vectors[0].Countries[0].Count = counted(15800)
			d.Vectors[0].Total = d.Vectors[0].Total.plus(counted(15800 - 128))
		}), maybe},
		{"more countries elsewhere", "at least 60 countries", spreadOver(40, 500), maybe},
		{"no more countries here", "at least 60 countries here", spreadOver(40, 500), no},
		{"no more countries here, but not every source", "at least 60 countries here", with(spreadOver(40, 500), sampled), maybe},
		{"labels may have missed some", "at least 42 countries here", spreadOver(40, 500), maybe},
		{"each unlocated source may be another", "at least 60 countries here", with(spreadOver(40, 500), unlocated(100)), maybe},
		{"there are no 300 countries", "at least 300 countries", spreadOver(40, 500), no},
		{"not looked up", "worldwide", with(spreadOver(40, 500), func(d *Data) { d.GeoDone = false }), maybe},
		{"not looked up", "at least 3 countries", with(spreadOver(40, 500), func(d *Data) { d.GeoDone = false }), maybe},
		{"reflectors are no origin", "worldwide", with(spreadOver(40, 500), func(d *Data) { d.Vectors[0].Reflection = true }), maybe},
		{"networks", "at least 30 networks", with(spreadOver(40, 500), asNetworks), yes},
		{"networks missed", "at least 60 networks here", with(spreadOver(40, 500), asNetworks), no},
		{"networks unknown", "at least 30 networks", spreadOver(40, 500), maybe},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ask(t, c.data, c.text)[0].Claim; got.Verdict != c.want {
				t.Errorf("verdict %s, want %s: %q", got.Verdict, c.want, got.Reasons)
			}
		})
	}
}

// asNetworks gives every country one network.
func asNetworks(d *Data) {
	for i, l := range d.Vectors[0].Countries {
		d.Vectors[0].Networks = append(d.Vectors[0].Networks, Located{fmt.Sprint(64496 + i), l.Count})
	}
}

func TestNumbersAreStatedPlainly(t *testing.T) {
	for got, want := range map[string]string{
		count(30000): "30,000", count(999): "999", count(1234567): "1,234,567",
		rate(1.5e12, "bits/s"): "1.5 Tbit/s", rate(42e6, "packets/s"): "42 Mpps", rate(12, "bits/s"): "12 bit/s",
		percentDown(0.49996): "49.9 %", percentUp(0.50001): "50.1 %", percent(0.0042): "0.42 %", percentUp(0.3): "30 %", percentDown(0.3): "30 %",
		seconds(90): "90 seconds", seconds(3600): "1 hour", seconds(5400): "90 minutes", seconds(7200): "2 hours",
		digits(1234): "1230", digits(0.01234): "0.0123",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
