package simday

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"floodmark/internal/conf"
)

//go:embed shipped/*.yaml
var shipped embed.FS

// Parse reads a file. The error is conf.Problems: all that is wrong, with line
// and column.
func Parse(name string, data []byte) (*Day, error) {
	f, err := conf.Parse(name, data, conf.System{
		Env:      func(string) (string, bool) { return "", false },
		ReadFile: func(string, int64) ([]byte, error) { return nil, fmt.Errorf("a scenario names no files") },
	})
	if err != nil {
		return nil, err
	}
	d := new(Day)
	d.SetDefaults()
	f.Decode(d, nil)
	if d.Like != "" && !f.Bad("like") {
		if d, err = other(d.Like); err != nil {
			f.Problem("like", err)
		} else {
			f.Decode(d, nil)
		}
	}
	if wrong, _ := f.Problems(); len(wrong) > 0 {
		return nil, wrong
	}
	d.complete()
	d.check(f)
	if wrong, _ := f.Problems(); len(wrong) > 0 {
		return nil, wrong
	}
	return d, nil
}

// Names lists the days that come with the program, in alphabetical order.
func Names() []string {
	files, _ := shipped.ReadDir("shipped")
	var out []string
	for _, f := range files {
		out = append(out, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	slices.Sort(out)
	return out
}

// Source gives the text of a day that comes with the program, and whether there
// is one of that name.
func Source(name string) ([]byte, bool) {
	if !slices.Contains(Names(), name) {
		return nil, false
	}
	b, err := shipped.ReadFile("shipped/" + name + ".yaml")
	return b, err == nil
}

// Shipped reads a day that comes with the program.
func Shipped(name string) (*Day, error) {
	b, ok := Source(name)
	if !ok {
		return nil, conf.DidYouMean("scenario of a day", name, Names())
	}
	return Parse(name+".yaml", b)
}

// other decodes a day that comes with the program, as a beginning of another.
func other(name string) (*Day, error) {
	b, ok := Source(name)
	if !ok {
		return nil, conf.DidYouMean("scenario of a day", name, Names())
	}
	f, err := conf.Parse(name+".yaml", b, conf.System{})
	if err != nil {
		return nil, err
	}
	d := new(Day)
	d.SetDefaults()
	f.Decode(d, nil)
	if d.Like != "" {
		return nil, fmt.Errorf("%s is like %s itself: name that", name, d.Like)
	}
	return d, nil
}

// complete fills in what follows from other values.
func (d *Day) complete() {
	for i := range d.Services {
		s := &d.Services[i]
		if s.Zone == "" {
			s.Zone = d.Zone
		}
		if s.Name == "" {
			s.Name = s.Slug
		}
	}
	for i := range d.Events {
		e := &d.Events[i]
		for k := range e.Reports {
			if e.Reports[k].Service == "" {
				e.Reports[k].Service = e.Service
			}
		}
		for k := range e.Answers {
			if e.Answers[k].Service == "" {
				e.Answers[k].Service = e.Service
			}
		}
	}
}

// Begin is midnight of the first day, in the zone of the file.
func (d *Day) Begin() time.Time { return d.at(1, 0) }

// End is midnight after the last day.
func (d *Day) End() time.Time { return d.at(d.Days+1, 0) }

// at is a time of day of one of the days, counted from 1.
func (d *Day) at(day int, t conf.TimeOfDay) time.Time {
	date, err := time.Parse(time.DateOnly, d.Date)
	if err != nil {
		return time.Time{}
	}
	return time.Date(date.Year(), date.Month(), date.Day()+day-1, int(t)/60, int(t)%60, 0, 0, d.Zone.Location())
}

// When is the time of an event.
func (d *Day) When(e *Event) time.Time { return d.at(e.Day, e.At) }

// Service finds a service by its slug; nil where there is none.
func (d *Day) Service(slug string) *Service {
	for i := range d.Services {
		if d.Services[i].Slug == slug {
			return &d.Services[i]
		}
	}
	return nil
}
