package health

import (
	"floodmark/internal/model"
)

const second = int64(1e9)

// Code is one way to be blind or wrong. The set is closed and documented in
// docs/conditions.md.
type Code struct {
	Name     string
	Severity model.Severity
	Visible  int64 // ns that it must hold before it is told
	Clears   int64 // ns that it must not hold before it is taken back
	Distrust bool  // figures of the exporter are untrusted while it is told
	Means    string
	Do       string
}

// The codes.
const (
	ExporterSilent       = "exporter-silent"
	ExporterLoss         = "exporter-loss"
	KernelDrops          = "kernel-drops"
	NoSamplingRate       = "no-sampling-rate"
	SamplingContradicted = "sampling-contradicted"
	RateChanged          = "rate-changed"
	ClockSkew            = "clock-skew"
	TemplatesMissing     = "templates-missing"
	DuplicatedTraffic    = "duplicated-traffic"
	HorizonLong          = "horizon-long"
	Strangers            = "strangers"
	DecodeErrors         = "decode-errors"
)

// Codes returns all codes, in the order of the documentation.
func Codes() []Code {
	s := second
	return []Code{
		{ExporterSilent, model.Critical, 0, 0, false,
			"Nothing came from an exporter for three times its usual gap, at least 30 s. Attacks there cannot be seen.",
			"Look whether the exporter runs, exports to this address, and is reached."},
		{ExporterLoss, model.Warning, 0, 60 * s, true,
			"More than 1 % of what an exporter sent over a minute did not arrive, by its sequence numbers. Its figures are too small.",
			"Look for drops on the way and under kernel-drops; sample less often, or export over a better path."},
		{KernelDrops, model.Warning, 0, 60 * s, false,
			"The kernel dropped datagrams, since the receive buffer of a socket was full. Figures of every exporter on it are too small.",
			"Raise net.core.rmem_max, add readers, or spread exporters over ports."},
		{NoSamplingRate, model.Warning, 120 * s, 60 * s, true,
			"An exporter tells no sampling rate and none is configured. If it samples, figures are too small by that factor.",
			"Let it export its sampling options, or set sampling (1 where it does not sample)."},
		{SamplingContradicted, model.Warning, 0, 300 * s, true,
			"Traffic estimated from an interface's samples and its own counters differ by more than sampling error and 10 %, twice in a row.",
			"Set sampling to the rate that is really applied, or repair the exporter."},
		{RateChanged, model.Info, 0, 600 * s, false,
			"Most records of an exporter have another sampling rate than before. Figures follow at once; baselines may look odd.",
			"Nothing, if it was meant."},
		{ClockSkew, model.Warning, 60 * s, 60 * s, false,
			"An exporter's clock differs from ours by more than 2 s. Its times are corrected, but less exactly than a right clock's.",
			"Let it keep its time by NTP."},
		{TemplatesMissing, model.Warning, 30 * s, 60 * s, false,
			"For more than 30 s, data came whose template is not known. It cannot be read until the exporter sends its template.",
			"Let it send templates more often, at least every minute."},
		{DuplicatedTraffic, model.Info, 60 * s, 600 * s, false,
			"Two exporters, or two interfaces of one, tell the same traffic. It is counted once, which is exact only where both do not sample.",
			"Name the interfaces external and internal."},
		{HorizonLong, model.Warning, 60 * s, 300 * s, false,
			"An exporter tells of traffic more than 120 s later. Attacks seen through it alone are noticed that late.",
			"Set its active timeout to 60 s or less."},
		{Strangers, model.Info, 0, 300 * s, false,
			"Datagrams came from sources that are not allowed to export. They were refused, unread.",
			"Add the exporter to the list, or find out who sends."},
		{DecodeErrors, model.Warning, 0, 120 * s, false,
			"More than 1 % of the datagrams of a minute did not decode, or ten of a socket were no export. What did not decode is missing.",
			"Look at the last error; the exporter or a device between is at fault, or a form is not read yet."},
	}
}
