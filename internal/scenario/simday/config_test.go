package simday_test

import (
	"os"
	"path/filepath"
	"testing"

	"floodmark/internal/scenario/simday"
	"floodmark/internal/settings"
)

// TestConfigurationsAreRight wants the server to take the configuration of every
// day, and to know its services.
func TestConfigurationsAreRight(t *testing.T) {
	for _, name := range simday.Names() {
		d, err := simday.Shipped(name)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), name+".yaml")
		if err := os.WriteFile(file, []byte(d.Config(simday.Addresses{Front: "127.0.0.1:8090"})), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := settings.Load(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(s.Services) != len(d.Services) || s.Synthetic != name {
			t.Errorf("%s: %d services, synthetic %q", name, len(s.Services), s.Synthetic)
		}
	}
}
