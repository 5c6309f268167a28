package web

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// exporterRow is one exporter and how far it can be trusted.
type exporterRow struct {
	Name, Address, Protocols     string
	State                        word
	Why                          string
	LastSeen                     int64
	Rate                         string
	Loss, LossDetail             string
	Sampling                     []string
	ExportDelay, ExportDelayNote string
	Skew                         string
	Duplicates                   string
	Templates                    string
	Errors                       string
	Interfaces                   []interfaceRow
}

type interfaceRow struct {
	Name, Role, In, Out, Speed string
}

// maxExporters and maxInterfaces bound the page; the API lists all.
const (
	maxExporters  = 60
	maxInterfaces = 24
)

func exporterRows(list []model.ExporterStatus, now time.Time) []exporterRow {
	var out []exporterRow
	for i := range list[:min(len(list), maxExporters)] {
		out = append(out, exporterLine(&list[i], list, now))
	}
	return out
}

func exporterLine(e *model.ExporterStatus, all []model.ExporterStatus, now time.Time) exporterRow {
	row := exporterRow{Name: text.Clean(e.Name, 60), Address: text.Clean(e.Address, 60), Protocols: text.Clean(strings.Join(e.Protocols, ", "), 60),
		LastSeen: e.LastSeen, Rate: text.Count(tidy(e.RecordsPerSec)) + " records/s", State: word{"✓", "good", "good"}}
	if row.Name == "" {
		row.Name = row.Address
	}
	row.Why = text.Clean(strings.Join(e.QualityIssues, ", "), 200)
	switch {
	case e.LastSeen == 0:
		row.State = word{"✗", "no data yet", "bad"}
	case slices.Contains(e.QualityIssues, "exporter-stale"):
		row.State = word{"✗", "stale", "bad"}
	case !e.QualityOK:
		row.State = word{"?", "unreliable", "warn"}
	}
	row.Loss, row.LossDetail = loss(e)
	for i, s := range e.Rates {
		if i == 4 {
			row.Sampling = append(row.Sampling, fmt.Sprintf("and %d more", len(e.Rates)-i))
			break
		}
		row.Sampling = append(row.Sampling, samplingWords(s))
	}
	if e.ExportDelay > 0 {
		row.ExportDelay = text.Duration(math.Round(float64(e.ExportDelay) / 1e9))
		row.ExportDelayNote = map[bool]string{true: "measured", false: "assumed: not measured yet"}[e.ExportDelayMeasured]
	}
	if abs := max(e.Skew, -e.Skew); abs >= 1e8 {
		row.Skew = seconds(abs) + map[bool]string{true: " ahead", false: " behind"}[e.Skew > 0]
	}
	row.Duplicates = duplicates(e, all)
	if e.Templates > 0 {
		row.Templates = text.Count(float64(e.Templates))
	}
	if e.Errors+e.UnknownSets > 0 {
		row.Errors = text.Count(float64(e.Errors)) + " undecoded, " + text.Count(float64(e.UnknownSets)) + " without template"
	}
	for _, f := range e.Interfaces[:min(len(e.Interfaces), maxInterfaces)] {
		r := interfaceRow{Name: text.Clean(f.Name, 40), Role: text.Clean(f.Role, 20), In: text.Bytes(float64(f.In.Bytes)), Out: text.Bytes(float64(f.Out.Bytes))}
		if r.Name == "" {
			r.Name = "interface " + fmtUint(uint64(f.Index))
		}
		if f.Speed > 0 {
			r.Speed = text.Bits(float64(f.Speed))
		}
		row.Interfaces = append(row.Interfaces, r)
	}
	return row
}

func loss(e *model.ExporterStatus) (value, detail string) {
	if e.Expected == 0 {
		return "unknown", "no sequence numbers"
	}
	if e.Lost == 0 {
		return "none", ""
	}
	return text.Percent(float64(e.Lost) / float64(e.Expected)), text.Count(float64(e.Lost)) + " " + text.Clean(e.LossUnit, 20) + " in " + text.Count(float64(e.Gaps)) + " gaps"
}

var ratesFrom = map[string]string{"advertised": "advertised by the exporter", "unknown": "not advertised", "default": "default of the configuration", "override": "set by the configuration"}

func samplingWords(s model.RateShare) string {
	from := ratesFrom[s.From]
	if from == "" {
		from = text.Clean(s.From, 40)
	}
	if s.Rate <= 1 {
		return "every packet, " + from
	}
	return "1 in " + text.Count(float64(s.Rate)) + ", " + from
}

// duplicates lists what another exporter reported first.
func duplicates(e *model.ExporterStatus, all []model.ExporterStatus) string {
	var out []string
	for _, d := range e.Duplicates {
		if d.Records == 0 || len(out) == 3 {
			continue
		}
		name := "number " + fmtUint(uint64(d.Primary))
		for i := range all {
			if all[i].Number == d.Primary {
				name = text.Clean(all[i].Name, 40)
			}
		}
		if d.Primary == e.Number {
			name = "its other interfaces"
		}
		s := text.Count(float64(d.Records)) + " records also by " + name
		if e.Records > 0 {
			s = text.Percent(float64(d.Records)/float64(e.Records)) + " also by " + name
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}
