//go:build soak

package main

// longDays are days that only make soak plays, since a server writes a document
// of their long attack again and again. make browser plays the first one, too.
var longDays = []played{
	{"x-2025-03-10", 1, "05:00", "17:30", 0.05, 0.2},
	{"x-2025-03-10-netflow5", 1, "05:00", "17:30", 0.05, 0.1},
}
