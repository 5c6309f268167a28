package opendata

import (
	"fmt"
	"slices"
)

// Reported is what came of a file.
type Reported struct {
	Lines    int      // after the header, empty ones not counted
	Taken    int      // handed on
	Skipped  int      // wrong, or of an unknown service
	Errors   []string // of the first lines that are wrong, "line 12: …"
	Unknown  []string // the first services that are not known, sorted
	Renamed  int      // taken with a component that the service does not have, as if it named none
	Backward int      // taken with a time before that of the line before of the same service

	last map[string]int64
}

const (
	maxErrors  = 20
	maxUnknown = 50
	maxLast    = 100_000 // services whose order is looked at
)

// unknown is a service that is not known.
type unknown string

func (u unknown) Error() string { return fmt.Sprintf("service %q is not known", cut(string(u))) }

// skip notes a line that was not taken; nil is one that was.
func (t *Reported) skip(line int, err error) {
	if err == nil {
		return
	}
	t.Skipped++
	if u, ok := err.(unknown); ok {
		if name := cut(string(u)); len(t.Unknown) < maxUnknown && !slices.Contains(t.Unknown, name) {
			t.Unknown = append(t.Unknown, name)
		}
		return
	}
	if len(t.Errors) < maxErrors {
		t.Errors = append(t.Errors, fmt.Sprintf("line %d: %v", line, err))
	}
}

// hand notes a row that was handed on; err is what its taker said.
func (t *Reported) hand(b base, err error) error {
	if err != nil {
		return stop{err}
	}
	t.Taken++
	if t.last == nil {
		t.last = make(map[string]int64)
	}
	key := b.service + "/" + b.component
	if before, ok := t.last[key]; ok && b.time < before {
		t.Backward++
	}
	if _, ok := t.last[key]; ok || len(t.last) < maxLast {
		t.last[key] = b.time
	}
	return nil
}
