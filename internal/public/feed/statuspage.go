package feed

// The documents of Statuspage v2 (https://metastatuspage.com/api/v2), with all
// of their keys and in their order: programs that read a status page read these.

type page struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	URL       string `json:"url"`
	TimeZone  string `json:"time_zone"`
	UpdatedAt string `json:"updated_at"`
}

type status struct {
	Indicator   string `json:"indicator"` // none, minor or major; never critical
	Description string `json:"description"`
}

type component struct {
	ID                 string  `json:"id"`
	Name               string  `json:"name"`
	Status             string  `json:"status"` // operational, degraded_performance or partial_outage; never major_outage
	CreatedAt          string  `json:"created_at"`
	UpdatedAt          string  `json:"updated_at"`
	Position           int     `json:"position"`
	Description        *string `json:"description"`
	Showcase           bool    `json:"showcase"`
	StartDate          *string `json:"start_date"`
	GroupID            *string `json:"group_id"`
	PageID             string  `json:"page_id"`
	Group              bool    `json:"group"`
	OnlyShowIfDegraded bool    `json:"only_show_if_degraded"`
}

type incident struct {
	ID                string           `json:"id"`
	Name              string           `json:"name"`
	Status            string           `json:"status"` // investigating, identified, monitoring or resolved
	CreatedAt         string           `json:"created_at"`
	UpdatedAt         string           `json:"updated_at"`
	MonitoringAt      *string          `json:"monitoring_at"`
	ResolvedAt        *string          `json:"resolved_at"`
	Impact            string           `json:"impact"` // minor or major
	Shortlink         string           `json:"shortlink"`
	StartedAt         string           `json:"started_at"`
	PageID            string           `json:"page_id"`
	IncidentUpdates   []incidentUpdate `json:"incident_updates"` // the newest first
	Components        []component      `json:"components"`
	ReminderIntervals *string          `json:"reminder_intervals"`
}

type incidentUpdate struct {
	ID                   string     `json:"id"`
	Status               string     `json:"status"`
	Body                 string     `json:"body"`
	IncidentID           string     `json:"incident_id"`
	CreatedAt            string     `json:"created_at"`
	UpdatedAt            string     `json:"updated_at"`
	DisplayAt            string     `json:"display_at"`
	AffectedComponents   []affected `json:"affected_components"`
	DeliverNotifications bool       `json:"deliver_notifications"`
	CustomTweet          *string    `json:"custom_tweet"`
	TweetID              *string    `json:"tweet_id"`
}

type affected struct {
	Code      string `json:"code"`
	Name      string `json:"name"`
	OldStatus string `json:"old_status"`
	NewStatus string `json:"new_status"`
}

type summary struct {
	Page       page        `json:"page"`
	Components []component `json:"components"`
	Incidents  []incident  `json:"incidents"`
	Scheduled  []incident  `json:"scheduled_maintenances"`
	Status     status      `json:"status"`
	Synthetic  string      `json:"synthetic,omitempty"` // ours: name of the scenario that is replayed
}

type statusOnly struct {
	Page   page   `json:"page"`
	Status status `json:"status"`
}

type componentsOnly struct {
	Page       page        `json:"page"`
	Components []component `json:"components"`
}

type incidentsOnly struct {
	Page      page       `json:"page"`
	Incidents []incident `json:"incidents"`
}

type scheduledOnly struct {
	Page      page       `json:"page"`
	Scheduled []incident `json:"scheduled_maintenances"`
}
