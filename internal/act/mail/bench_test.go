package mail

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"floodmark/internal/act/mail/mailtest"
	"floodmark/internal/model"
)

// BenchmarkNotice tells 10,000 subscribers of one opening, over loopback.
func BenchmarkNotice(b *testing.B) {
	const people = 10000
	s, err := mailtest.Start(mailtest.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	store := &memory{values: make(map[string][]byte)}
	for i := range people {
		v, _ := json.Marshal(&sub{Address: fmt.Sprintf("p%d@example.org", i), Service: "chat", Asked: 1, Mailed: 1, Confirmed: 1})
		store.values[fmt.Sprintf("%s%032x", subKeys, i)] = v
	}
	m, err := New(ctx, Config{Host: "127.0.0.1", Port: s.Port, Security: securityNone, From: "a@floodmark.example", BaseURL: "https://status.example", Store: store,
		Name: func(string) (string, bool) { return "Chat", true }})
	if err != nil {
		b.Fatal(err)
	}
	run, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); m.Run(run) }()
	defer func() { stop(); <-done }()
	for n := 0; b.Loop(); n++ {
		now := m.c.Now().UnixNano()
		in := model.Incident{Header: model.Header{ID: fmt.Sprint(n), Revision: 1, State: model.Open, Target: model.ServiceID("chat"), Opened: now, Started: now}}
		if err := m.Handle(ctx, model.Change{At: now, Type: model.Opened, Incident: in}); err != nil {
			b.Fatal(err)
		}
		for range people {
			<-s.Got
		}
	}
	b.ReportMetric(float64(people)*float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
