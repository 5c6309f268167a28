package live

import (
	"os"
	"strings"
	"testing"

	"floodmark/internal/act/alert"
)

// TestConditionsAreDocumented wants every code of the program's own conditions
// in docs/conditions-program.md.
func TestConditionsAreDocumented(t *testing.T) {
	b, err := os.ReadFile("../../../docs/conditions-program.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []string{JournalDown, StoreLoss, DiskShort, ClockStepped, CaptureGone, TargetsFull, EvidenceLate, alert.ReceiverFailing, alert.AlertsNotKept} {
		if !strings.Contains(string(b), "| `"+code+"` |") {
			t.Errorf("%s is not documented", code)
		}
	}
}
