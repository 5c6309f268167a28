package api

import (
	"math"
	"slices"
	"time"

	"floodmark/internal/model"
)

// Rates is one value for each metric, by name.
type Rates struct {
	Packets           float64 `json:"packets" doc:"packets/s"`
	Bits              float64 `json:"bits" doc:"bits/s of IP packets, header included"`
	Flows             float64 `json:"flows" doc:"flow records/s"`
	TCPPackets        float64 `json:"tcp-packets" doc:"packets/s"`
	UDPPackets        float64 `json:"udp-packets" doc:"packets/s"`
	ICMPPackets       float64 `json:"icmp-packets" doc:"packets/s"`
	OtherPackets      float64 `json:"other-packets" doc:"packets/s of any other protocol"`
	SYNPackets        float64 `json:"syn-packets" doc:"packets/s with SYN and without ACK"`
	FragmentPackets   float64 `json:"fragment-packets" doc:"packets/s of non-initial fragments"`
	ReflectionPackets float64 `json:"reflection-packets" doc:"packets/s from source ports of services that reflect"`
	UDPBits           float64 `json:"udp-bits" doc:"bits/s"`
	ReflectionBits    float64 `json:"reflection-bits" doc:"bits/s from such ports"`
}

// rates names the values.
func rates(in *model.Rates) Rates {
	r := *in
	for i := range r {
		r[i] = finite(r[i])
	}
	return Rates{r[model.Packets], r[model.Bits], r[model.Flows], r[model.TCPPackets], r[model.UDPPackets], r[model.ICMPPackets],
		r[model.OtherPackets], r[model.SYNPackets], r[model.FragmentPackets], r[model.ReflectionPackets], r[model.UDPBits], r[model.ReflectionBits]}
}

// finite makes 0 of what JSON has no number for, such as a bound that is infinite.
func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}

// at is a time of Unix ns, nil for "not yet".
func at(ns int64) *time.Time {
	if ns == 0 {
		return nil
	}
	t := time.Unix(0, ns).UTC()
	return &t
}

// Incident is what happened to one target. Times are RFC 3339 in UTC, null for
// "not yet".
type Incident struct {
	ID        string     `json:"id" doc:"Name, the same in alerts and pages"`
	Revision  uint64     `json:"revision" doc:"Counts its changes"`
	State     string     `json:"state" enum:"suspected,open,easing,closed" doc:"Where it stands"`
	Severity  string     `json:"severity" enum:"info,warning,critical" doc:"How heavy it is"`
	Target    string     `json:"target" doc:"Address, prefix, customer:NAME, network or service:SLUG"`
	Kind      string     `json:"kind" enum:"host,prefix,customer,network,service" doc:"What the target is"`
	Direction string     `json:"direction,omitempty" enum:"in,out,through" doc:"Seen from the networks under watch; absent for a service"`
	Customer  string     `json:"customer,omitempty" doc:"Whose the target is"`
	Group     string     `json:"group,omitempty" doc:"Of targets, whose thresholds apply"`
	Started   *time.Time `json:"started" doc:"Estimated start of the excess"`
	Noticed   *time.Time `json:"noticed" doc:"First anomaly"`
	Opened    *time.Time `json:"opened" doc:"When it was more than a suspicion"`
	LastSeen  *time.Time `json:"last_seen" doc:"Last anomaly"`
	Ended     *time.Time `json:"ended" doc:"End of the last wave"`
	ClosedAt  *time.Time `json:"closed_at" doc:"When it was closed"`
	Excesses  []Excess   `json:"excesses" doc:"Every bound that was exceeded"`
	Rates     Rates      `json:"rates" doc:"Now, corrected for sampling"`
	Peak      Rates      `json:"peak" doc:"Highest so far, each metric by itself"`
	Waves     []Wave     `json:"waves" doc:"Bursts, bounded"`
	WaveCount int        `json:"wave_count" doc:"All bursts"`
	Hosts     []string   `json:"hosts" doc:"Addresses of a prefix or customer that stand out, bounded"`
	HostCount int        `json:"host_count" doc:"All of them"`
	Untrusted bool       `json:"untrusted" doc:"Rests on an exporter in bad health"`
	Delay     float64    `json:"delay_seconds" doc:"By which exporters' timers delay the sight of it"`

	Presence  string         `json:"presence,omitempty" doc:"What evidence says: attack, none, ..."`
	Because   string         `json:"because,omitempty" doc:"Why, in a sentence"`
	Vectors   []model.Weight `json:"vectors" doc:"Ways of the attack, by packets"`
	Spoofing  string         `json:"spoofing,omitempty" doc:"Whether source addresses are real"`
	Sources   uint64         `json:"sources" doc:"Distinct addresses seen, a lower bound"`
	Countries []model.Weight `json:"countries" doc:"Of the sources, bounded"`
	Networks  []model.Weight `json:"networks" doc:"Of the sources, bounded"`
	Evidence  uint64         `json:"evidence" doc:"Revision of the evidence document, 0 for none yet"`

	Crowd *CrowdView `json:"crowd,omitempty" doc:"What people report, of a service; rates, hosts, vectors and sources are empty then"`

	Assessment *AssessmentView   `json:"assessment,omitempty" doc:"Of a service: what brought it about"`
	Outside    *AssessmentView   `json:"outside,omitempty" doc:"The same from reports alone: what everybody could know; absent where reports are all there is"`
	Phases     []PhaseView       `json:"phases,omitempty" doc:"Of a service: waves of reports and traffic, failures of probes"`
	Traffic    []TrafficPartView `json:"traffic,omitempty" doc:"Of a service: the incidents of its networks' traffic that are part of it"`
	Claims     []ClaimView       `json:"claims,omitempty" doc:"What is said of it in public, checked; only in the answer about one incident"`
	PartOf     string            `json:"part_of,omitempty" doc:"Of traffic: the service's incident that it belongs to; only in the answer about one incident"`

	Acknowledged *Remark    `json:"acknowledged,omitempty" doc:"Who took note of it"`
	FalseAlarm   *Remark    `json:"false_alarm,omitempty" doc:"Who marked it as ordinary"`
	SilencedTo   *time.Time `json:"silenced_to,omitempty" doc:"No alerts until then"`
	Maintenance  string     `json:"maintenance,omitempty" doc:"Maintenance window that it fell into"`
	MergedInto   string     `json:"merged_into,omitempty" doc:"Incident that it became part of"`
	Merged       []string   `json:"merged,omitempty" doc:"Incidents that became part of it"`
	SplitFrom    string     `json:"split_from,omitempty" doc:"Incident that it was a part of"`
}

// Excess is one bound that was exceeded.
type Excess struct {
	Kind   string     `json:"kind" enum:"threshold,baseline" doc:"What found it"`
	Metric string     `json:"metric" doc:"Which rate"`
	Unit   string     `json:"unit" doc:"Of bound and peak"`
	Bound  float64    `json:"bound" doc:"Threshold, or upper edge of what is normal"`
	Peak   float64    `json:"peak" doc:"Highest so far"`
	Since  *time.Time `json:"since" doc:"Estimated start"`
	Active bool       `json:"active" doc:"Exceeded now"`
}

// Wave is one burst of an incident.
type Wave struct {
	Start *time.Time `json:"start" doc:"Its start"`
	End   *time.Time `json:"end" doc:"Its end; null while it lasts"`
	Peak  float64    `json:"peak" doc:"Of the metric that stands out most, in its unit; of a service, problems in its highest 15 minutes"`
}

// Remark is what a person said of an incident.
type Remark struct {
	By   string     `json:"by" doc:"Name of the token"`
	At   *time.Time `json:"at" doc:"When"`
	Note string     `json:"note,omitempty" doc:"In their words"`
}

// Change is one step of an incident's life.
type Change struct {
	Number   uint64     `json:"number" doc:"Place among the changes of all incidents; grows"`
	At       *time.Time `json:"at" doc:"When it happened"`
	Type     string     `json:"type" doc:"noticed, opened, escalated, changed, updated, eased, resumed, ended, dismissed, merged, acknowledged, silenced or marked-false-alarm"`
	Text     string     `json:"text" doc:"One sentence"`
	Incident Incident   `json:"incident" doc:"The incident as it was afterwards"`
}

// ViewIncident is the API's form of an incident, which pages may use as well.
func ViewIncident(in *model.Incident) Incident {
	out := Incident{
		ID: in.ID, Revision: in.Revision, State: string(in.State), Severity: string(in.Severity), Target: in.Target.String(),
		Kind: kindName(in.Target.Kind), Customer: in.Customer, Group: in.Group,
		Started: at(in.Started), Noticed: at(in.Noticed), Opened: at(in.Opened), LastSeen: at(in.LastSeen), Ended: at(in.Ended), ClosedAt: at(in.ClosedAt),
		Excesses: make([]Excess, 0, len(in.Excesses)), Rates: rates(&in.Rates), Peak: rates(&in.Peak),
		Waves: make([]Wave, 0, len(in.Waves)), WaveCount: in.WaveCount, Hosts: make([]string, 0, len(in.Hosts)), HostCount: in.HostCount,
		Untrusted: in.Untrusted, Delay: finite(in.Delay),
		Presence: string(in.Presence), Because: in.Because, Vectors: list(in.Vectors), Spoofing: string(in.Spoofing), Sources: in.Sources,
		Countries: list(in.Countries), Networks: list(in.Networks), Evidence: in.Evidence, Crowd: viewCrowd(in.Crowd),
		Acknowledged: remark(in.Acknowledged), FalseAlarm: remark(in.FalseAlarm), SilencedTo: at(in.SilencedTo), Maintenance: in.Maintenance,
		MergedInto: in.MergedInto, Merged: in.Merged, SplitFrom: in.SplitFrom,
		Assessment: viewAssessment(in.Assessment), Outside: viewAssessment(in.Outside), Phases: viewPhases(in.Phases), Traffic: viewTrafficParts(in.Traffic), Claims: viewClaims(in.Claims), PartOf: in.PartOf,
	}
	if in.Target.Kind != model.ServiceTarget {
		out.Direction = in.Direction.String()
	}
	for _, e := range in.Excesses {
		out.Excesses = append(out.Excesses, Excess{string(e.Kind), e.Metric.String(), e.Metric.Unit(), finite(e.Bound), finite(e.Peak), at(e.Since), e.Active})
	}
	for _, w := range in.Waves {
		out.Waves = append(out.Waves, Wave{at(w.Start), at(w.End), finite(w.Peak)})
	}
	for _, h := range in.Hosts {
		out.Hosts = append(out.Hosts, h.String())
	}
	return out
}

func remark(r *model.Remark) *Remark {
	if r == nil {
		return nil
	}
	return &Remark{r.By, at(r.At), r.Note}
}

// list makes no list an empty one: lists of answers are never null.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// ViewChange is the API's form of a change.
func ViewChange(c *model.NumberedChange) Change {
	return Change{c.Number, at(c.Change.At), string(c.Change.Type), c.Change.Text, ViewIncident(&c.Change.Incident)}
}

// Target is one target and its traffic now.
type Target struct {
	Target    string     `json:"target" doc:"Address, prefix, customer:NAME or network"`
	Kind      string     `json:"kind" enum:"host,prefix,customer,network" doc:"What it is"`
	Group     string     `json:"group,omitempty" doc:"Of targets, whose thresholds apply"`
	Customer  string     `json:"customer,omitempty" doc:"Whose it is"`
	At        *time.Time `json:"at" doc:"End of the second that the rates are of"`
	Delay     float64    `json:"delay_seconds" doc:"By which exporters' timers may delay the sight of it"`
	Untrusted bool       `json:"untrusted" doc:"Rests on an exporter in bad health"`
	In        Traffic    `json:"in" doc:"Towards it"`
	Out       Traffic    `json:"out" doc:"From it"`
	Incidents []string   `json:"incidents" doc:"Ids of those that are not closed"`
}

// Traffic is one direction of a target.
type Traffic struct {
	Rates   Rates   `json:"rates" doc:"Now, corrected for sampling"`
	Bounds  Rates   `json:"bounds" doc:"Thresholds; 0 for none"`
	Samples float64 `json:"samples" doc:"Independent samples that the rates rest on"`
	Normal  *Band   `json:"normal,omitempty" doc:"What is normal now; absent where that is not known yet"`
}

// Band is what is normal, in bits/s.
type Band struct {
	Low  float64 `json:"low" doc:"bits/s"`
	High float64 `json:"high" doc:"bits/s"`
}

var kindNames = [...]string{"host", "prefix", "customer", "network", "service"}

func kindName(k model.TargetKind) string { return kindNames[min(int(k), len(kindNames)-1)] }

// kindsOf are the kinds of such names.
func kindsOf(names []string) []model.TargetKind {
	var out []model.TargetKind
	for i, name := range kindNames {
		if slices.Contains(names, name) {
			out = append(out, model.TargetKind(i))
		}
	}
	return out
}

// ViewTarget is the API's form of a target.
func ViewTarget(t *TargetNow) Target {
	return Target{t.Target.String(), kindName(t.Target.Kind), t.Group, t.Customer, at(t.At), finite(t.Delay), t.Untrusted,
		viewTraffic(&t.In), viewTraffic(&t.Out), list(t.Incidents)}
}

func viewTraffic(t *TrafficNow) Traffic {
	out := Traffic{Rates: rates(&t.Rates), Bounds: rates(&t.Bounds), Samples: finite(t.Samples)}
	if t.Known {
		out.Normal = &Band{finite(t.Low), finite(t.High)}
	}
	return out
}

// SeriesPoint is the traffic of a target during one step.
type SeriesPoint struct {
	Time    time.Time `json:"time" doc:"Start of the step"`
	Rates   Rates     `json:"rates" doc:"Mean over the step, corrected for sampling"`
	Samples float64   `json:"samples" doc:"Independent samples that they rest on"`
	Normal  *Band     `json:"normal,omitempty" doc:"What was normal then; absent where that was not known"`
}

// Exporter is a device that sends flows or samples, with times instead of numbers.
type Exporter struct {
	model.ExporterStatus
	LastSeen *time.Time `json:"last_seen" doc:"Arrival of the last datagram, null if there was none"`
}

// Condition is one way in which the program is blind or broken now.
type Condition struct {
	Code     string     `json:"code" doc:"Of a closed set: docs/conditions.md"`
	Subject  string     `json:"subject" doc:"Exporter, file or queue; empty for the whole"`
	Severity string     `json:"severity" enum:"info,warning,critical" doc:"How bad it is"`
	Text     string     `json:"text" doc:"What cannot be seen, and what to do"`
	Since    *time.Time `json:"since" doc:"Since when"`
}

// Receiver is one receiver of alerts and how it does.
type Receiver struct {
	Name      string     `json:"name" doc:"Of the configuration"`
	Kind      string     `json:"kind" doc:"webhook, alertmanager, ..."`
	Sent      uint64     `json:"sent" doc:"Since the start"`
	Failed    uint64     `json:"failed" doc:"Attempts that failed"`
	Pending   int        `json:"pending" doc:"Alerts that wait to be sent or sent again"`
	LastSent  *time.Time `json:"last_sent" doc:"null for never"`
	LastError string     `json:"last_error,omitempty" doc:"Of the last attempt"`
}
