package conf

import (
	"fmt"
	"time"
	_ "time/tzdata" // so that a zone's name does not depend on the machine
)

// Moment is a point in time, written as in RFC 3339: 2026-03-10T22:00:00Z.
type Moment struct{ time.Time }

// Form names the form of a moment.
func (Moment) Form() string { return "time, such as 2026-03-10T22:00:00Z" }

// UnmarshalText reads a moment.
func (m *Moment) UnmarshalText(b []byte) error {
	t, err := time.Parse(time.RFC3339, string(b))
	if err != nil {
		return Hint(fmt.Sprintf("%q is not a time", b), "write it with its zone, such as 2026-03-10T22:00:00Z or 2026-03-10T22:00:00+01:00")
	}
	m.Time = t
	return nil
}

// TimeOfDay is the minutes since midnight, written as 22:30.
type TimeOfDay int

// Form names the form of a time of day.
func (TimeOfDay) Form() string { return "time of day, such as \"22:30\"" }

// UnmarshalText reads a time of day.
func (t *TimeOfDay) UnmarshalText(b []byte) error {
	v, err := time.Parse("15:04", string(b))
	if err != nil {
		return Hint(fmt.Sprintf("%q is not a time of day", b), "write it such as \"22:30\"")
	}
	*t = TimeOfDay(v.Hour()*60 + v.Minute())
	return nil
}

// String prints the time of day.
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// Zone is a time zone by its IANA name. The zero value is UTC.
type Zone string

// Form names the form of a zone.
func (Zone) Form() string { return "time zone, such as Europe/Berlin" }

// UnmarshalText reads a zone's name.
func (z *Zone) UnmarshalText(b []byte) error {
	if _, err := time.LoadLocation(string(b)); err != nil || len(b) == 0 || string(b) == "Local" {
		return Hint(fmt.Sprintf("%q is not a time zone", b), "write its IANA name, such as Europe/Berlin, or UTC")
	}
	*z = Zone(b)
	return nil
}

// Location converts to the standard library's form.
func (z Zone) Location() *time.Location {
	l, err := time.LoadLocation(string(z))
	if err != nil {
		return time.UTC
	}
	return l
}
