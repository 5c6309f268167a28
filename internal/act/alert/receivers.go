package alert

// Alertmanager, PagerDuty, Syslog and Shoutrrr follow.
type (
	Alertmanager struct{ URL, Token string }
	PagerDuty    struct{ RoutingKey, URL string }
	Syslog       struct{ Address string }
	Shoutrrr     struct{ URL string }
)
