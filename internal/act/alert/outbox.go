package alert

import (
	"context"

	"floodmark/internal/model"
)

// Outbox keeps what is to be sent until it is done. Any goroutine may call it.
type Outbox interface {
	// Put keeps all of d, each in place of what has the same Key, and returns when
	// it is durable.
	Put(ctx context.Context, d ...Delivery) error
	// Done forgets the delivery; outcome says in words what came of it.
	Done(ctx context.Context, key, outcome string) error
	// Pending returns what was put and is not done, in any order.
	Pending(ctx context.Context) ([]Delivery, error)
}

// Delivery is one thing that the outbox keeps: a message to a receiver, or what
// is remembered of a thread. It is kept as JSON by whoever implements Outbox.
type Delivery struct {
	Key      string   `json:"key"` // at most 160 octets: letters, digits and -_. unless an incident's id has others
	Receiver string   `json:"receiver,omitempty"`
	At       int64    `json:"at"`              // Unix ns by the machine's clock; its age counts from here
	Due      int64    `json:"due,omitempty"`   // Unix ns; it waits so long to be joined with others
	Parts    []string `json:"parts,omitempty"` // keys of the deliveries that were joined in it
	Message  *Message `json:"message,omitempty"`
	Thread   *Thread  `json:"thread,omitempty"`
}

// Thread is the messages about one incident, by receiver.
type Thread struct {
	Change model.Change      `json:"change"` // the last one
	Notice map[string]Notice `json:"heard"`  // by receiver
	Over   int64             `json:"over"`   // Unix ns when the incident ended, 0 while it lasts
}

// Notice is what one receiver was sent about an incident.
type Notice struct {
	Sent     bool             `json:"told,omitempty"`     // at least one message
	Over     bool             `json:"over,omitempty"`     // the end
	False    bool             `json:"false,omitempty"`    // the correction of a false alarm
	Held     model.ChangeType `json:"held,omitempty"`     // latest change held back by quiet hours
	Severity model.Severity   `json:"severity,omitempty"` // in the last message
	Last     int64            `json:"last,omitempty"`     // Unix ns of the last message
}

const threadKey = "thread."
