package model

// ServiceIncident is the part of an Incident that only services have.
type ServiceIncident struct {
	UserReports *UserReports   `json:"crowd,omitempty"`      // user reports; nil for an incident of traffic
	Assessment  *Assessment    `json:"assessment,omitempty"` // likely cause, from all signals
	Outside     *Assessment    `json:"outside,omitempty"`    // likely cause, from user reports alone
	Phases      []Phase        `json:"phases,omitempty"`     // by start, bounded
	Traffic     []TrafficPart  `json:"traffic,omitempty"`    // incidents of traffic towards the service, bounded
	Probes      []ProbeNow     `json:"probes,omitempty"`
	Claims      []EnteredClaim `json:"claims,omitempty"` // bounded
}
