package model

// CaptureTarget is what records are kept of while an incident is open.
type CaptureTarget struct {
	Incident  string
	Target    TargetID
	Direction Direction // of the incident; both are kept
	Customer  uint16    // number of the customer, 0 for other targets
	Since     int64     // Unix ns
}
