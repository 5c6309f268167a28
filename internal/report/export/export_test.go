package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"floodmark/internal/model"
	"floodmark/internal/report/reporttest"
)

var update = flag.Bool("update", false, "write the golden files")

func write(t testing.TB, name string, a *model.Analysis) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(name, &b, a); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func validator(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(filepath.Join("testdata", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func attacks() map[string]*model.Analysis {
	all := reporttest.All()
	delete(all, "quiet")
	delete(all, "outside")
	redacted := reporttest.Cameras()
	redacted.Redacted = true
	for i := range redacted.Vectors {
		redacted.Vectors[i].Sources.Top = []model.Weight{{Value: "203.0.113.0/24"}, {Value: "2001:db8:77::/48"}}
	}
	all["redacted"] = redacted
	bare := reporttest.Sampled()
	bare.Target, bare.Summary, bare.NotAnswerable = nil, []model.Sentence{{Text: "x"}}, nil
	all["without target"] = bare
	return all
}

func TestExportsFollowTheirSchemas(t *testing.T) {
	for _, format := range Formats() {
		schema := validator(t, format)
		for name, a := range attacks() {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(write(t, format, a)))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); err != nil {
				t.Errorf("%s of %s: %v", format, name, err)
			}
		}
	}
}

// TestSchemasCanFail guards the schemas themselves.
func TestSchemasCanFail(t *testing.T) {
	for format, edits := range map[string][][2]string{
		"stix": {{`"type": "note"`, `"type": "threat-actor"`}, {`"spec_version": "2.1"`, `"spec_version": "2.0"`}, {`"number_observed": `, `"number_observed": -`},
			{`"relationship_type": "located-at"`, `"relationship_type": "attributed-to"`}, {`"protocols"`, `"protocol"`}, {`"country": "`, `"country": "x`}},
		"misp":   {{`"to_ids": false`, `"to_ids": true`}, {ddosTemplate, "e2f124d6-f57c-4f93-99e6-8450545fa05e"}, {`"TCP"`, `"SCTP"`}, {`"object_relation": "ip-dst"`, `"object_relation": "ip"`}},
		"ddosch": {{`"avg_Bpp"`, `"avg_bpp"`}, {`"fraction_of_attack": 0.7`, `"fraction_of_attack": 7.7`}, {`"source_port": "random"`, `"source_port": "any"`}},
	} {
		schema, good := validator(t, format), string(write(t, format, reporttest.Cameras()))
		for _, e := range edits {
			bad := strings.Replace(good, e[0], e[1], 1)
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(bad))
			if err != nil {
				t.Fatal(err)
			}
			if bad == good || schema.Validate(doc) == nil {
				t.Errorf("%s: %s in place of %s passes", format, e[1], e[0])
			}
		}
	}
}

func TestGoldenExports(t *testing.T) {
	for _, format := range Formats() {
		got := write(t, format, reporttest.Cameras())
		if !bytes.Equal(got, write(t, format, reporttest.Cameras())) {
			t.Errorf("%s: not the same bytes twice", format)
		}
		file := filepath.Join("testdata", format+".json")
		if *update {
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s: %s", format, d)
		}
	}
}

func TestSpoofedSourcesAreNowhere(t *testing.T) {
	for _, verdict := range []model.Spoofing{model.SpoofSpoofed, model.SpoofUndecided, model.SpoofNotApplicable} {
		a := reporttest.Cameras()
		a.Summary, a.Evidence = nil, nil
		for i := range a.Vectors {
			a.Vectors[i].Sources.Spoofing.Verdict = verdict
		}
		a.Spoofing.Verdict = verdict
		for _, format := range Formats() {
			out := string(write(t, format, a))
			for _, w := range a.Totals.Sources.Top {
				if strings.Contains(out, w.Value) {
					t.Errorf("%s names %s of a vector that is %s", format, w.Value, verdict)
				}
			}
			if format == "stix" && strings.Contains(out, `"location"`) {
				t.Errorf("%s places sources that are %s", format, verdict)
			}
		}
	}
}

func TestResolversAreNotListed(t *testing.T) {
	a := reporttest.Cameras()
	a.Vectors = a.Vectors[:1]
	a.Vectors[0].Name = "dns-water-torture"
	for _, format := range Formats() {
		if out := string(write(t, format, a)); strings.Contains(out, "203.0.113.7") {
			t.Errorf("%s lists a resolver in ordinary use as a source of attack", format)
		}
	}
}

func TestNobodyIsAccused(t *testing.T) {
	for name, a := range attacks() {
		if name == "nasty" {
			continue
		}
		for _, format := range Formats() {
			out := string(write(t, format, a))
			for _, bad := range []string{"threat-actor", "attributed-to", "intrusion-set", "campaign"} {
				if strings.Contains(out, bad) {
					t.Errorf("%s of %s holds %q", format, name, bad)
				}
			}
		}
	}
}

func TestSyntheticIsMarked(t *testing.T) {
	for _, format := range Formats() {
		if out := string(write(t, format, reporttest.Cameras())); !strings.Contains(strings.ToLower(out), "synthetic") {
			t.Errorf("%s does not say that it is synthetic", format)
		}
		if out := string(write(t, format, reporttest.Reflection())); strings.Contains(strings.ToLower(out), "synthetic") {
			t.Errorf("%s calls a real recording synthetic", format)
		}
	}
}

func TestRedactedTargetIsAnonymousInTheFingerprint(t *testing.T) {
	out := string(write(t, "ddosch", attacks()["redacted"]))
	if !strings.Contains(out, `"target": "Anonymous"`) || strings.Contains(out, "192.0.2.80") {
		t.Error("the redacted fingerprint names its target")
	}
}

// TestIncidentExportsItsTraffic wants the report of an incident of a service to
// export what the analysis of its traffic alone would.
func TestIncidentExportsItsTraffic(t *testing.T) {
	alone := reporttest.Outage()
	alone.Outage = nil
	for _, format := range Formats() {
		got, want := string(write(t, format, reporttest.Outage())), string(write(t, format, alone))
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", format, d)
		}
		if strings.Contains(got, "Example Archive") {
			t.Errorf("%s names the service", format)
		}
	}
}

func TestErrors(t *testing.T) {
	var b bytes.Buffer
	if err := Write("stix", &b, reporttest.Quiet()); !errors.Is(err, errNoAttack) {
		t.Errorf("no attack: %v", err)
	}
	for _, format := range Formats() {
		err := Write(format, &b, reporttest.Outside())
		if !errors.Is(err, errNoAttack) || !strings.Contains(err.Error(), "no traffic towards the service was recorded") {
			t.Errorf("%s of what is seen from outside: %v", format, err)
		}
	}
	if err := Write("csv", &b, reporttest.Cameras()); err == nil || err.Error() != "export csv: unknown format, want one of ddosch, misp, stix" {
		t.Errorf("unknown format: %v", err)
	}
	if b.Len() > 0 {
		t.Error("an error wrote something")
	}
}

// TestIdentifiers checks the identifiers that the STIX 2.1 specification and
// other programs give, that every reference resolves and that no UUID is used twice.
func TestIdentifiers(t *testing.T) {
	for name, want := range map[string]string{
		`{"value":"198.51.100.3"}`: "28bb3599-77cd-5a82-a950-b5bc3caf07c4",
		`{"value":"2001:db8::1"}`:  "6469e3a9-b053-5e34-a025-9396ae051d26",
		`{"number":15139}`:         "3aa27478-50b5-5ab8-9da9-cdc12b657fff",
	} {
		if got := uuid5(scoNamespace, name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for name, a := range attacks() {
		var doc struct{ Objects []map[string]any }
		if err := json.Unmarshal(write(t, "stix", a), &doc); err != nil {
			t.Fatal(err)
		}
		ids, uuids := map[string]bool{}, map[string]bool{}
		for _, o := range doc.Objects {
			id := o["id"].(string)
			_, uuid, _ := strings.Cut(id, "--")
			if ids[id] || uuids[uuid] {
				t.Errorf("%s: %s is used twice", name, id)
			}
			ids[id], uuids[uuid] = true, true
		}
		for _, o := range doc.Objects {
			for k, v := range o {
				refs := []any{v}
				switch {
				case strings.HasSuffix(k, "_refs"):
					refs = v.([]any)
				case !strings.HasSuffix(k, "_ref"):
					continue
				}
				for _, r := range refs {
					if !ids[r.(string)] {
						t.Errorf("%s: %s of %s is not in the bundle", name, r, o["id"])
					}
				}
			}
		}
	}
}
