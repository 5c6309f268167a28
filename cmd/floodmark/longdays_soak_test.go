//go:build soak

package main

// longDays are days that only make soak plays: this one differs from another in
// what its routers export.
var longDays = []played{{"x-2025-03-10-netflow5", 1, "05:00", "17:30", 0.05, 0.1}}
