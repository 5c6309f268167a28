package view

import (
	"time"

	"floodmark/internal/model"
)

// PublicIncident is a service's incident as everybody may see it. Times are
// RFC 3339 in UTC, null for "not yet".
type PublicIncident struct {
	ID         string     `json:"id" doc:"ID of the incident, the same in API, feeds, alerts and pages"`
	Service    string     `json:"service" doc:"Slug of the affected service; empty for an incident of traffic"`
	Revision   uint64     `json:"revision" doc:"Number of the incident's latest change, counted from 1"`
	State      string     `json:"state" enum:"suspected,open,easing,closed" doc:"State in the incident's life cycle"`
	Severity   string     `json:"severity" enum:"info,warning,critical" doc:"Severity of the incident"`
	Withdrawn  bool       `json:"withdrawn" doc:"Whether an operator marked the incident as a false alarm"`
	StartedAt  *time.Time `json:"started_at" doc:"Estimated start of the incident"`
	DetectedAt *time.Time `json:"detected_at" doc:"Time of the first anomaly"`
	OpenedAt   *time.Time `json:"opened_at" doc:"Time at which the incident was opened; null while it is only suspected"`
	LastSeen   *time.Time `json:"last_seen" doc:"Time of the last anomaly"`
	ResolvedAt *time.Time `json:"resolved_at" doc:"End of the last burst; null while it lasts"`
	ClosedAt   *time.Time `json:"closed_at" doc:"Time at which the incident was closed"`
	Bursts     []Burst    `json:"bursts" doc:"Bursts of reports or traffic, oldest first; bounded"`
	BurstCount int        `json:"burst_count" doc:"Number of all bursts"`
	MergedInto string     `json:"merged_into,omitempty" doc:"ID of the incident that this one was merged into"`

	UserReports      *UserReports    `json:"user_reports,omitempty" doc:"User reports about the service; absent for an incident of traffic"`
	Assessment       *Assessment     `json:"assessment,omitempty" doc:"Likely cause of the incident by all signals; absent before the first assessment"`
	PublicAssessment *Assessment     `json:"public_assessment,omitempty" doc:"Likely cause by user reports alone, which anyone could observe; absent where there are no other signals"`
	Timeline         []TimelineEntry `json:"timeline" doc:"Periods in which a signal was abnormal, by their start; bounded"`
	Traffic          []PublicTraffic `json:"traffic" doc:"Abnormal traffic towards the service, bounded; empty where there is none or no traffic is monitored"`
	Probes           []Probe         `json:"probes" doc:"Current state of the probed components of the service"`
	Claims           []PublicClaim   `json:"claims" doc:"Public claims about the incident and how they were checked; bounded"`
}

// NewPublicIncident returns the public view of an incident that holds nothing
// but what the public may see.
func NewPublicIncident(in *model.Incident) PublicIncident {
	v := PublicIncident{ID: in.ID, Revision: in.Revision, State: string(in.State), Severity: string(in.Severity), Withdrawn: in.FalseAlarm != nil,
		StartedAt: Time(in.Started), DetectedAt: Time(in.Noticed), OpenedAt: Time(in.Opened), LastSeen: Time(in.LastSeen),
		ResolvedAt: Time(in.Ended), ClosedAt: Time(in.ClosedAt),
		Bursts: each(in.Waves, newBurst), BurstCount: in.WaveCount, MergedInto: in.MergedInto,
		UserReports: newUserReports(in.UserReports), Assessment: newAssessment(in.Assessment), PublicAssessment: newAssessment(in.Outside),
		Timeline: each(in.Phases, newTimelineEntry), Traffic: each(in.Traffic, newPublicTraffic),
		Probes: each(in.Probes, newProbe), Claims: each(in.Claims, newPublicClaim)}
	if in.Target.Kind == model.ServiceTarget {
		v.Service = in.Target.Name
	}
	return v
}

// PublicChange is one step of an incident as everybody may see it.
type PublicChange struct {
	At    *time.Time `json:"at" doc:"Time of the change"`
	Type  string     `json:"type" enum:"noticed,opened,escalated,changed,updated,eased,resumed,ended,dismissed,merged,acknowledged,silenced,marked-false-alarm" doc:"Kind of the change"`
	State string     `json:"state" enum:"suspected,open,easing,closed" doc:"State of the incident after the change"`
	Text  string     `json:"text" doc:"One-sentence description of the change"`
}

// NewPublicChange returns the public view of a change.
func NewPublicChange(c *model.Change) PublicChange {
	return PublicChange{Time(c.At), string(c.Type), string(c.Incident.State), c.Text}
}

// Incident is an incident of traffic or of a service as operators see it.
type Incident struct {
	PublicIncident
	Target     string      `json:"target" doc:"Target of the incident: address, prefix, customer:NAME, network or service:SLUG"`
	Kind       string      `json:"kind" enum:"host,prefix,customer,network,service" doc:"Kind of the target"`
	Direction  string      `json:"direction,omitempty" enum:"in,out,through" doc:"Direction of the traffic seen from the monitored networks; absent for a service"`
	Customer   string      `json:"customer,omitempty" doc:"Customer that the target belongs to"`
	Group      string      `json:"group,omitempty" doc:"Group of targets whose thresholds apply"`
	Violations []Violation `json:"violations" doc:"Thresholds and baselines that were exceeded"`
	Rates      Rates       `json:"rates" doc:"Current rates, corrected for sampling"`
	Peak       Rates       `json:"peak" doc:"Highest rate so far of each metric, corrected for sampling"`
	Hosts      []string    `json:"hosts" doc:"Abnormal addresses within a prefix or customer; bounded"`
	HostCount  int         `json:"host_count" doc:"Number of all abnormal addresses within a prefix or customer"`
	QualityOK  bool        `json:"quality_ok" doc:"Whether all exporters that the incident rests on deliver reliable data"`
	Delay      float64     `json:"delay_seconds" doc:"Seconds by which exporters' flow timeouts delay detection"`

	AttackVerdict string   `json:"attack_verdict,omitempty" enum:"yes,no,undecided" doc:"Whether the evidence shows an attack; absent before it was examined and for a service"`
	Reason        string   `json:"reason,omitempty" doc:"One-sentence reason for the attack verdict"`
	Vectors       []Weight `json:"vectors" doc:"Attack vectors, the largest share of packets first"`
	Spoofing      string   `json:"spoofing,omitempty" enum:"real,spoofed,undecided,not-applicable" doc:"Whether packets come from the networks that their source addresses belong to"`
	Sources       uint64   `json:"sources" doc:"Lower bound of the number of distinct source addresses"`
	Countries     []Weight `json:"countries" doc:"Countries of the source addresses by share of packets; bounded"`
	Networks      []Weight `json:"networks" doc:"Autonomous systems of the source addresses by share of packets; bounded"`
	Evidence      uint64   `json:"evidence" doc:"Revision of the evidence document, 0 for none yet"`

	Traffic []Traffic `json:"traffic" doc:"Incidents of traffic that are part of this incident of a service"`
	Claims  []Claim   `json:"claims" doc:"Public claims about the incident and how they were checked; filled only in the answer about one incident"`
	PartOf  string    `json:"part_of,omitempty" doc:"ID of the service's incident that this incident of traffic is part of; filled only in the answer about one incident"`

	Acknowledged  *Remark    `json:"acknowledged,omitempty" doc:"Operator who acknowledged the incident"`
	FalseAlarm    *Remark    `json:"false_alarm,omitempty" doc:"Operator who marked the incident as a false alarm"`
	SilencedUntil *time.Time `json:"silenced_until,omitempty" doc:"Time until which no alerts are sent"`
	Maintenance   string     `json:"maintenance,omitempty" doc:"Name of the maintenance window that the incident fell into"`
	Merged        []string   `json:"merged,omitempty" doc:"IDs of incidents that were merged into this one"`
	SplitFrom     string     `json:"split_from,omitempty" doc:"ID of the incident that this one was split from"`
}

// Violation is one threshold or baseline that was exceeded.
type Violation struct {
	Kind      string     `json:"kind" enum:"threshold,baseline" doc:"Detector that found the violation: a configured threshold or the learned baseline"`
	Metric    string     `json:"metric" enum:"packets,bits,flows,tcp-packets,udp-packets,icmp-packets,other-packets,syn-packets,fragment-packets,reflection-packets,udp-bits,reflection-bits" doc:"Metric that exceeded the threshold"`
	Unit      string     `json:"unit" enum:"packets/s,bits/s,flows/s" doc:"Unit of threshold and peak"`
	Threshold float64    `json:"threshold" doc:"Configured threshold or upper edge of the baseline, in unit"`
	Peak      float64    `json:"peak" doc:"Highest rate so far, in unit"`
	Since     *time.Time `json:"since" doc:"Estimated start of the violation"`
	Active    bool       `json:"active" doc:"Whether the threshold is exceeded now"`
}

func newViolation(e *model.Excess) Violation {
	return Violation{string(e.Kind), e.Metric.String(), e.Metric.Unit(), Finite(e.Bound), Finite(e.Peak), Time(e.Since), e.Active}
}

// Remark is what an operator did to an incident.
type Remark struct {
	By   string     `json:"by" doc:"Name of the operator's token"`
	At   *time.Time `json:"at" doc:"Time of the action"`
	Note string     `json:"note,omitempty" doc:"Note that the operator left"`
}

func newRemark(r *model.Remark) *Remark {
	if r == nil {
		return nil
	}
	return &Remark{r.By, Time(r.At), r.Note}
}

// NewIncident returns the operator's view of an incident.
func NewIncident(in *model.Incident) Incident {
	v := Incident{PublicIncident: NewPublicIncident(in),
		Target: in.Target.String(), Kind: KindName(in.Target.Kind), Customer: in.Customer, Group: in.Group,
		Violations: each(in.Excesses, newViolation), Rates: NewRates(&in.Rates), Peak: NewRates(&in.Peak),
		Hosts:     each(in.Hosts, func(t *model.TargetID) string { return t.String() }),
		HostCount: in.HostCount, QualityOK: !in.Untrusted, Delay: Finite(in.Delay),
		AttackVerdict: string(in.AttackVerdict), Reason: in.Because, Vectors: each(in.Vectors, newWeight), Spoofing: string(in.Spoofing),
		Sources: in.Sources, Countries: each(in.Countries, newWeight), Networks: each(in.Networks, newWeight), Evidence: in.Evidence,
		Traffic: each(in.Traffic, newTraffic), Claims: each(in.Claims, NewClaim), PartOf: in.PartOf,
		Acknowledged: newRemark(in.Acknowledged), FalseAlarm: newRemark(in.FalseAlarm), SilencedUntil: Time(in.SilencedTo),
		Maintenance: in.Maintenance, Merged: in.Merged, SplitFrom: in.SplitFrom}
	if in.Target.Kind != model.ServiceTarget {
		v.Direction = in.Direction.String()
	}
	return v
}

// Change is one step of an incident as operators see it.
type Change struct {
	Number uint64 `json:"number" doc:"Position among the changes of all incidents; increasing, with gaps"`
	PublicChange
	Incident Incident `json:"incident" doc:"The incident after the change"`
}

// NewChange returns the operator's view of a change.
func NewChange(c *model.NumberedChange) Change {
	return Change{c.Number, NewPublicChange(&c.Change), NewIncident(&c.Change.Incident)}
}

var kindNames = [...]string{"host", "prefix", "customer", "network", "service"}

// KindName is the name of a kind of target.
func KindName(k model.TargetKind) string { return kindNames[min(int(k), len(kindNames)-1)] }
