package settings

import "floodmark/internal/conf"

// renamed maps the keys of version 0.1.0 to their current names. There are no
// aliases: an old key is an error that names the new one. docs/renamed.csv holds
// the same table for readers.
var renamed = conf.Renamed{
	"alerts.rules[].quiet_hours.zone": "alerts.rules[].quiet_hours.timezone",
	"allow_sources":                   "ignored_sources",
	"allow_sources[].name":            "ignored_sources[].name",
	"allow_sources[].prefix":          "ignored_sources[].prefix",
	"baselines.false_alarms_per_week": "baselines.false_alarm_budget",
	"baselines.learn_for":             "baselines.min_history",
	"capture[].snap":                  "capture[].snaplen",
	"collectors[].from":               "collectors[].allowed_sources",
	"data.flows.keep":                 "data.flows.retention",
	"data.keep_incidents":             "data.incident_retention",
	"data.reserve":                    "data.min_free_space",
	"data.series.keep_hours":          "data.series.retention_1h",
	"data.series.keep_minutes":        "data.series.retention_1m",
	"data.series.keep_seconds":        "data.series.retention_1s",
	"exporters[].default_sampling":    "exporters[].default_sampling_rate",
	"exporters[].interfaces_from":     "exporters[].interfaces_file",
	"exporters[].other_interfaces":    "exporters[].default_interface_role",
	"exporters[].sampling":            "exporters[].override_sampling_rate",
	"exporters[].silent_after":        "exporters[].stale_after",
	"incidents.confirm":               "incidents.pending_for",
	"incidents.hold":                  "incidents.resolve_after",
	"incidents.longest_suspicion":     "incidents.max_pending",
	"maintenance[].zone":              "maintenance[].timezone",
	"reports":                         "user_reports",
	"reports.base_url":                "user_reports.base_url",
	"reports.comments":                "user_reports.comments",
	"reports.mail":                    "user_reports.mail",
	"reports.mail.from":               "user_reports.mail.from",
	"reports.mail.host":               "user_reports.mail.host",
	"reports.mail.password":           "user_reports.mail.password",
	"reports.mail.port":               "user_reports.mail.port",
	"reports.mail.security":           "user_reports.mail.security",
	"reports.mail.username":           "user_reports.mail.username",
	"reports.promise":                 "user_reports.false_alarm_budget",
	"reports.trusted_proxies":         "user_reports.trusted_proxies",
	"services[].owner":                "services[].organization",
	"services[].words":                "services[].aliases",
	"services[].zone":                 "services[].timezone",
	"tracked_hosts":                   "max_tracked_hosts",
}
