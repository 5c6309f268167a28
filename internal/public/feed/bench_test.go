package feed

import (
	"fmt"
	"testing"

	"floodmark/internal/model"
)

// BenchmarkSummary is the largest document: 10,000 services, 50 of them with an
// incident.
func BenchmarkSummary(b *testing.B) {
	p := world()
	p.Services = nil
	for i := range 10000 {
		s := &model.ServiceNow{Service: service(fmt.Sprint("s", i), fmt.Sprint("Service ", i)), At: at(0), Since: 1}
		if i%200 == 0 {
			in := incidentOf(s.Service, model.Open, model.Warning)
			s.Incident = &in
		}
		p.Services = append(p.Services, s)
	}
	for b.Loop() {
		p.Summary()
	}
}
