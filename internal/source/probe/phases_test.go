package probe

import (
	"errors"
	"testing"
)

// TestPhases: of several addresses the one that took the connection counts, and
// what comes after the end is not noted.
func TestPhases(t *testing.T) {
	var p phases
	tr := p.trace()
	tr.ConnectStart("tcp", "[2001:db8::1]:80")
	tr.ConnectDone("tcp", "[2001:db8::1]:80", errors.New("no way"))
	if p.at[connectDone] != p.at[dnsStart] {
		t.Error("a failure is noted as done")
	}
	tr.ConnectDone("tcp", "192.0.2.1:80", nil)
	first := p.at[connectDone]
	tr.ConnectDone("tcp", "192.0.2.2:80", nil)
	r := p.close()
	tr.TLSHandshakeStart()
	if r.at[connectDone] != first || first.IsZero() || !p.at[tlsStart].IsZero() {
		t.Errorf("%v", r.at)
	}
	if r.stage() != connecting || r.span(connectStart, connectDone) <= 0 || r.span(dnsStart, dnsDone) != 0 {
		t.Errorf("stage %d", r.stage())
	}
}
