package page

import (
	"strings"

	"floodmark/internal/chart"
	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// attackOf is an attack in the traffic towards a service, as the public may
// know it.
type attackOf struct {
	From, To           int64
	Peak, Packets      string
	Waves, Sources     string
	Real, RealWhy      string
	Forged             bool
	Vectors, Countries []meterRow
	Lasts              bool
}

// otherTraffic is unusual traffic that is no attack, or may be one.
type otherTraffic struct {
	From, To int64
	Text     string
}

// meterRow is a share with its bar.
type meterRow struct{ Name, Share, Width string }

const (
	maxAttackParts = 3
	maxVectors     = 6
	maxCountries   = 8
)

func newAttacks(l *locale, parts []model.TrafficPart) (attacks []attackOf, others []otherTraffic) {
	for i := range parts {
		p := &parts[i]
		if p.AttackVerdict != model.AttackYes {
			key := "attack.undecided"
			if p.AttackVerdict == model.AttackNo {
				key = "attack.no"
			}
			if len(others) < maxAttackParts {
				others = append(others, otherTraffic{p.Started, p.Ended, l.t(key)})
			}
			continue
		}
		if len(attacks) == maxAttackParts {
			continue
		}
		spoof := p.Spoofing
		if l.strings["spoof."+string(spoof)] == "" {
			spoof = model.SpoofUndecided
		}
		a := attackOf{From: p.Started, To: p.Ended, Lasts: p.Ended == 0, Waves: l.count(float64(max(len(p.Waves), 1))), Real: l.t("spoof." + string(spoof)), RealWhy: l.t("spoof." + string(spoof) + ".why"),
			Forged: spoof == model.SpoofSpoofed, Vectors: l.meters(p.Vectors, maxVectors, wording.Vector)}
		if v := sane(p.Peak[model.Bits]); v > 0 {
			a.Peak = l.bits(v)
		}
		if v := sane(p.Peak[model.Packets]); v > 0 {
			a.Packets = l.t("attack.packets", l.short(v))
		}
		if p.Sources > 0 {
			a.Sources = l.t("attack.atleast", l.count(float64(p.Sources)))
		}
		if !a.Forged {
			a.Countries = l.meters(p.Countries, maxCountries, l.land)
		}
		attacks = append(attacks, a)
	}
	return attacks, others
}

func (l *locale) meters(all []model.Weight, largest int, name func(string) string) (out []meterRow) {
	for i, w := range all {
		if i < largest {
			out = append(out, meterRow{name(w.Value), l.pct(w.Share), chart.Percent(chart.Clamp(w.Share))})
		}
	}
	return out
}

// bits writes a rate, packets counts with few digits.
func (l *locale) bits(v float64) string { return l.pointed(text.Bits(sane(v))) }

func (l *locale) short(v float64) string { return l.pointed(strings.TrimSpace(text.Short(sane(v)))) }

func (l *locale) pointed(s string) string {
	return strings.ReplaceAll(strings.Replace(s, ".", l.point, 1), " ", "\u00a0")
}
