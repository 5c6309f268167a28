package engine

import (
	"slices"
	"sync"

	"floodmark/internal/incident"
	"floodmark/internal/model"
)

// maxAnomalies bounds one input, so that it fits in an entry of the journal.
const maxAnomalies = 1000

// inbox gathers messages until the next step.
type inbox struct {
	wake chan struct{} // something came

	mu      sync.Mutex // guards what follows
	pending incident.Input
	replies []reply
}

func newInbox() *inbox { return &inbox{wake: make(chan struct{}, 1)} }

func (b *inbox) add(m Message) {
	b.mu.Lock()
	m.addTo(&b.pending)
	b.mu.Unlock()
	b.signal()
}

// command adds an operator's command and returns where its outcome arrives.
func (b *inbox) command(c model.Command) <-chan error {
	done := make(chan error, 1)
	b.mu.Lock()
	b.pending.Commands = append(b.pending.Commands, c)
	b.replies = append(b.replies, reply{c, done})
	b.mu.Unlock()
	b.signal()
	return done
}

func (b *inbox) signal() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// take empties the inbox. sorted puts anomalies in an order that does not depend
// on when they came.
func (b *inbox) take(sorted bool) (incident.Input, []reply) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if sorted {
		slices.SortStableFunc(b.pending.Anomalies, compareAnomalies)
	}
	in, replies := b.pending, b.replies
	b.pending, b.replies = incident.Input{}, nil
	if len(in.Anomalies) > maxAnomalies {
		b.pending.Anomalies = in.Anomalies[maxAnomalies:]
		in.Anomalies = in.Anomalies[:maxAnomalies:maxAnomalies]
		b.signal()
	}
	return in, replies
}

// idle reports whether a machine has nothing to do with an input.
func idle(m *incident.Machine, in *incident.Input) bool {
	due := m.Next()
	return len(in.Anomalies)+len(in.Findings)+len(in.Commands) == 0 && in.Blind == nil && in.Windows == nil && (due == 0 || due > in.Now)
}
