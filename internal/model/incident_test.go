package model_test

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"floodmark/internal/model"

	"github.com/google/go-cmp/cmp"
)

// TestIncidentsOfVersion010 decodes incidents as version 0.1.0 wrote them to its
// journal. Encoded again, they hold the same fields with the same values.
func TestIncidentsOfVersion010(t *testing.T) {
	for _, name := range []string{"traffic", "service"} {
		b, err := os.ReadFile("testdata/incident-" + name + "-0.1.0.json")
		if err != nil {
			t.Fatal(err)
		}
		var in model.Incident
		d := json.NewDecoder(bytes.NewReader(b))
		d.DisallowUnknownFields()
		if err := d.Decode(&in); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := in.IsService(); got != (name == "service") {
			t.Errorf("%s: IsService is %v", name, got)
		}
		if other := reflect.ValueOf(in.ServiceIncident); name == "traffic" && !other.IsZero() {
			t.Errorf("%s: the part for services is %+v", name, in.ServiceIncident)
		}
		again, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var was, is map[string]any
		if json.Unmarshal(b, &was) != nil || json.Unmarshal(again, &is) != nil {
			t.Fatalf("%s: not an object", name)
		}
		if d := cmp.Diff(was, is); d != "" {
			t.Errorf("%s: -written by 0.1.0 +written now\n%s", name, d)
		}
	}
}
