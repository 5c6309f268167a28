package settings

import (
	"strings"
	"testing"

	"floodmark/internal/conf"
	"floodmark/internal/model"
)

func TestOffSwitchesOffEveryMetric(t *testing.T) {
	s := parse(t, `
groups:
  direction: {thresholds: {host: {in: off}}}
  kind: {thresholds: {host: "off"}}
  group: {thresholds: off}
  all-but-one: {thresholds: {host: {in: off, out: {packets: 5kpps}}}}
`)
	for _, c := range []struct {
		group   string
		kind    model.TargetKind
		in, out bool // whether thresholds are left
	}{
		{DefaultGroup, model.HostTarget, true, true},
		{"direction", model.HostTarget, false, true}, {"direction", model.PrefixTarget, true, true},
		{"kind", model.HostTarget, false, false}, {"kind", model.PrefixTarget, true, true},
		{"group", model.HostTarget, false, false}, {"group", model.PrefixTarget, false, false},
		{"all-but-one", model.HostTarget, false, true},
	} {
		for _, d := range []struct {
			direction model.Direction
			want      bool
		}{{model.In, c.in}, {model.Out, c.out}} {
			if got := s.Rates(c.group, c.kind, d.direction) != (model.Rates{}); got != d.want {
				t.Errorf("%s, %v, %v: thresholds are left: %v", c.group, c.kind, d.direction, got)
			}
		}
	}
	f, err := conf.Parse("floodmark.yaml", []byte("groups: {x: {thresholds: {host: {in: on}}}}"), noSystem)
	if err == nil {
		_, err = load(f)
	}
	if err == nil || !strings.Contains(err.Error(), `groups.x.thresholds.host.in: "on" is not a section; write "off", or metrics below it, indented`) {
		t.Error(err)
	}
}
