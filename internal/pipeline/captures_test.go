package pipeline

import (
	"fmt"
	"testing"

	"floodmark/internal/model"
)

func record(src, dst uint32, at int64) *model.Record {
	return &model.Record{First: at, Last: at, Src: model.Addr4(src), Dst: model.Addr4(dst), Packets: 1, Bytes: 100, Sampling: 1, Payload: []byte("x")}
}

func TestCapturesTakeTheirTargetOnly(t *testing.T) {
	var c Captures
	host, other := uint32(0xc6336407), uint32(0xc6336501) // 198.51.100.7, 198.51.101.1
	c.Start(model.CaptureTarget{Incident: "host", Target: model.HostID(model.Addr4(host)), Direction: model.In, Customer: 0})
	c.Start(model.CaptureTarget{Incident: "prefix", Target: model.PrefixID(model.Addr4(host), 24), Direction: model.In, Customer: 0})
	c.Start(model.CaptureTarget{Incident: "customer", Target: model.CustomerID("acme"), Direction: model.In, Customer: 3})
	c.Start(model.CaptureTarget{Incident: "all", Target: model.NetworkID(), Direction: model.In, Customer: 0})
	c.add(record(1, host, 1), endpoint{model.Addr4(host), 0, model.In, 1})
	c.add(record(1, host+1, 2), endpoint{model.Addr4(host + 1), 3, model.In, 2})
	c.add(record(1, other, 3), endpoint{model.Addr4(other), 0, model.In, 3})
	for name, want := range map[string]int{"host": 1, "prefix": 2, "customer": 1, "all": 3} {
		if got := len(c.of(name).records()); got != want {
			t.Errorf("%s: %d records, want %d", name, got, want)
		}
		c.Stop(name)
	}
	if c.open.Load() != nil || c.of("host") != nil {
		t.Error("something is left")
	}
}

func TestCapturesAreBounded(t *testing.T) {
	var c Captures
	for i := range maxCaptures {
		if !c.Start(model.CaptureTarget{Incident: fmt.Sprint(i), Target: model.HostID(model.Addr4(uint32(i + 1))), Direction: model.In, Customer: 0}) {
			t.Fatal("refused")
		}
	}
	if c.Start(model.CaptureTarget{Incident: "more", Target: model.HostID(model.Addr4(99)), Direction: model.In, Customer: 0}) {
		t.Error("accepted more than the bound")
	}
	if !c.Start(model.CaptureTarget{Incident: "0", Target: model.HostID(model.Addr4(1)), Direction: model.In, Customer: 0}) {
		t.Error("a second start is an error")
	}
}
