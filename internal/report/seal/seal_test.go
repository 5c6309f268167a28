package seal

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gowebpki/jcs"
	"pgregory.net/rapid"

	"floodmark/internal/model"
	"floodmark/internal/report/reporttest"
)

var (
	seed = bytes.Repeat([]byte{7, 9}, 16)
	key  = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, 32))
	pub  = key.Public().(ed25519.PublicKey)
)

func mustSeal(t testing.TB, a *model.Analysis, k ed25519.PrivateKey) []byte {
	t.Helper()
	b, err := Seal(a, seed, k)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustRedact(t testing.TB, full []byte) []byte {
	t.Helper()
	b, err := Redact(full)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func states(checks []Check) map[string]State {
	m := map[string]State{}
	for _, c := range checks {
		m[c.Name] = c.State
	}
	return m
}

func TestFullAndRedactedVerifyAgainstTheSameRoot(t *testing.T) {
	for name, a := range reporttest.All() {
		full := mustSeal(t, a, key)
		cut := mustRedact(t, full)
		for form, b := range map[string][]byte{"full": full, "redacted": cut} {
			checks := Verify(b, pub)
			if Failed(checks) {
				t.Errorf("%s %s: %v", name, form, checks)
			}
			if s := states(checks); s["root"] != Holds || s["signature"] != Holds {
				t.Errorf("%s %s: %v", name, form, checks)
			}
			if c, err := jcs.Transform(b); err != nil || !bytes.Equal(c, b) {
				t.Errorf("%s %s: not canonical (%v)", name, form, err)
			}
		}
		f, _ := Decode(full)
		r, err := Decode(cut)
		if err != nil || f.Integrity.Root != r.Integrity.Root {
			t.Errorf("%s: roots differ or redacted form unreadable: %v", name, err)
		}
	}
}

func TestSameInputGivesTheSameBytes(t *testing.T) {
	a, b := mustSeal(t, reporttest.Cameras(), key), mustSeal(t, reporttest.Cameras(), key)
	if !bytes.Equal(a, b) {
		t.Fatal("two seals of one analysis differ")
	}
	f, err := Decode(a)
	if err != nil {
		t.Fatal(err)
	}
	// The root of the sample, as computed on another machine: a change of the
	// form must change its name.
	const want = "cd40647a155fd0f6a3999d34d0e4d6a329810db9c633292e4afb6edaef126a0d"
	if f.Integrity.Root != want {
		t.Errorf("root %s, want %s", f.Integrity.Root, want)
	}
	again := mustSeal(t, f, key)
	if !bytes.Equal(a, again) {
		t.Error("sealing a decoded report changes it: rounding is not stable")
	}
}

func TestRedactedFormShowsNoThirdPartyAddress(t *testing.T) {
	cut := string(mustRedact(t, mustSeal(t, reporttest.Cameras(), nil)))
	for _, bad := range []string{"203.0.113.7", "203.0.113.99", "198.51.100.23", "198.51.100.1:", "2001:db8:77:1::15", "cb007163", hex.EncodeToString(seed)} {
		if strings.Contains(cut, bad) {
			t.Errorf("the redacted form shows %s", bad)
		}
	}
	for _, want := range []string{"203.0.113.0/24", "198.51.100.0/24", "2001:db8:77::/48", "192.0.2.80", "c0000250cb007100"} {
		if !strings.Contains(cut, want) {
			t.Errorf("the redacted form lacks %s", want)
		}
	}
	full := mustSeal(t, reporttest.Cameras(), nil)
	if len(cut) > 2*len(full) {
		t.Errorf("redacted form is %d bytes, full %d", len(cut), len(full))
	}
}

// TestEveryChangedValueIsNoticed changes one leaf at a time, two of each kind, keeping the form
// canonical, so that only the root can notice.
func TestEveryChangedValueIsNoticed(t *testing.T) {
	full := mustSeal(t, reporttest.Cameras(), nil)
	for form, b := range map[string][]byte{"full": full, "redacted": mustRedact(t, full)} {
		tree, err := parse(b)
		if err != nil {
			t.Fatal(err)
		}
		tried := map[string]int{}
		tree.walk("", func(path string, _ *node) {
			kind := regexp.MustCompile(`/\d+`).ReplaceAllString(path, "/N")
			if tried[kind]++; tried[kind] > 2 {
				return
			}
			changed := tree.write(nil, "", func(p string, raw []byte) []byte {
				if p != path {
					return raw
				}
				switch raw[0] {
				case '"':
					return quote(unquote(raw) + "x")
				case 't':
					return []byte("false")
				case 'f':
					return []byte("true")
				case 'n':
					return []byte("1")
				}
				if raw[0] == '1' {
					return []byte("2")
				}
				return []byte("1")
			})
			if !Failed(Verify(changed, nil)) {
				t.Errorf("%s: a change at %s is not noticed", form, path)
			}
		})
		if len(tried) < 200 {
			t.Errorf("%s: only %d kinds of value tried", form, len(tried))
		}
	}
}

func TestEveryFlippedByteIsNoticed(t *testing.T) {
	full := mustSeal(t, reporttest.Quiet(), key)
	cut := mustRedact(t, full)
	rapid.Check(t, func(t *rapid.T) {
		b := bytes.Clone(rapid.SampledFrom([][]byte{full, cut}).Draw(t, "form"))
		at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		b[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "with"))
		if !Failed(Verify(b, nil)) {
			t.Fatalf("byte %d (%.60q) is not covered", at, b[max(0, at-30):])
		}
	})
}

func TestTamperingIsNoticed(t *testing.T) {
	full := mustSeal(t, reporttest.Cameras(), key)
	cut := mustRedact(t, full)
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{4}, 32)).Public().(ed25519.PublicKey)
	swap := func(b []byte, from, to string) []byte {
		if !bytes.Contains(b, []byte(from)) {
			t.Fatalf("no %s in the report", from)
		}
		return bytes.Replace(b, []byte(from), []byte(to), 1)
	}
	unsigned := regexp.MustCompile(`"signature":\{[^}]*\},`).ReplaceAll(cut, nil)
	for _, c := range []struct {
		name, check string
		report      []byte
		key         ed25519.PublicKey
	}{
		{"synthetic turned off", "root", swap(full, `"synthetic":true`, `"synthetic":false`), nil},
		{"synthetic turned off in the redacted form", "root", swap(cut, `"synthetic":true`, `"synthetic":false`), nil},
		{"synthetic removed", "synthetic", swap(cut, `"synthetic":true,`, ``), nil},
		{"full called redacted", "root", swap(full, `"redacted":false`, `"redacted":true`), nil},
		{"redacted called full", "root", swap(cut, `"redacted":true`, `"redacted":false`), nil},
		{"another network shown", "root", swap(cut, `"value":"203.0.113.0/24"`, `"value":"203.0.112.0/24"`), nil},
		{"address put back", "root", swap(cut, `"value":"203.0.113.0/24"`, `"value":"203.0.113.7"`), nil},
		{"address put back is named", "addresses", swap(cut, `"value":"203.0.113.0/24"`, `"value":"203.0.113.7"`), nil},
		{"an extra member", "schema", swap(full, `"schema":`, `"aaa":1,"schema":`), nil},
		{"another case of a member", "root", swap(full, `"synthetic":`, `"synthetiC":false,"synthetic":`), nil},
		{"white space", "form", swap(full, `"redacted":false`, `"redacted": false`), nil},
		{"duplicate key", "form", swap(full, `"redacted":false`, `"redacted":false,"redacted":false`), nil},
		{"another key", "signature", full, other},
		{"signature removed", "signature", unsigned, pub},
		{"another form", "root", swap(full, Form, "floodmark.seal/9"), nil},
	} {
		if got := states(Verify(c.report, c.key)); got[c.check] != Fails {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if got := states(Verify(unsigned, nil)); got["signature"] != Unchecked || got["root"] != Holds {
		t.Errorf("a report without signature: %v", got)
	}
	if got := states(Verify(full, nil)); got["signature"] != Note {
		t.Errorf("an unknown key: %v", got)
	}
}

func TestSyntheticComesFirst(t *testing.T) {
	reports := [][]byte{mustSeal(t, reporttest.Cameras(), nil), mustSeal(t, reporttest.Quiet(), nil), nil, []byte("x"), []byte(`{"synthetic":true}`), []byte(`[]`)}
	for _, b := range reports {
		checks := Verify(b, nil)
		if len(checks) < 2 || checks[0].Name != "synthetic" {
			t.Errorf("%.20q: %v", b, checks)
		}
	}
	if c := Verify(reports[0], nil)[0]; !strings.HasPrefix(c.Text, "SYNTHETIC") {
		t.Error(c.Text)
	}
	names := []string{}
	for _, c := range Verify(reports[0], nil) {
		names = append(names, c.Name)
	}
	if d := cmp.Diff([]string{"synthetic", "redacted", "schema", "form", "root", "addresses", "signature", "beyond"}, names); d != "" {
		t.Error(d)
	}
}

func TestAbsurdReportsAreRefusedWithOneLine(t *testing.T) {
	for name, b := range map[string][]byte{
		"depth":        bytes.Repeat([]byte("["), 1<<20),
		"objects":      bytes.Repeat([]byte(`{"a":`), 1<<18),
		"number":       append([]byte(`{"n":`), bytes.Repeat([]byte("9"), 1<<20)...),
		"exponent":     []byte(`{"n":1e999}`),
		"duplicate":    []byte(`{"synthetic":true,"synthetic":false}`),
		"escaped twin": []byte(`{"synthetic":true,"synth\u0065tic":false}`),
		"utf-8":        []byte("{\"a\":\"\xff\"}"),
		"surrogate":    []byte(`{"a":"\ud800"}`),
		"trailing":     []byte(`{} {}`),
		"empty":        {},
		"open string":  []byte(`{"a":"`),
		"backslash":    []byte(`{"a":"\`),
		"too long":     make([]byte, MaxReport+1),
	} {
		checks := Verify(b, nil)
		if !Failed(checks) {
			t.Errorf("%s: accepted: %v", name, checks)
		}
		for _, c := range checks {
			if strings.ContainsAny(c.Text, "\n\x1b") || len(c.Text) > 300 {
				t.Errorf("%s: unclear line %q", name, c.Text)
			}
		}
	}
}

func TestSealRefuses(t *testing.T) {
	if _, err := Seal(reporttest.Cameras(), []byte("short"), nil); err == nil {
		t.Error("a short seed was accepted")
	}
	cut := mustRedact(t, mustSeal(t, reporttest.Cameras(), nil))
	if _, err := Redact(cut); err == nil {
		t.Error("a redacted report was redacted again")
	}
	full := mustSeal(t, reporttest.Cameras(), nil)
	if _, err := Redact(bytes.Replace(full, []byte(`"packets":`), []byte(`"packets":1`), 1)); err == nil {
		t.Error("a report whose root does not hold was redacted")
	}
}

func TestSuppressedHashesDifferForTheSameAddress(t *testing.T) {
	doc, err := Decode(mustRedact(t, mustSeal(t, reporttest.Cameras(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for p, h := range doc.Integrity.Suppressed {
		if q, ok := seen[h]; ok {
			t.Errorf("%s and %s have the same hash: equal addresses can be told", p, q)
		}
		seen[h] = p
	}
	if len(seen) < 10 {
		t.Errorf("%d values withheld", len(seen))
	}
}

// TestRootByHand computes a root as docs/analysis.md tells it, from generic
// JSON, without the tree of this package.
func TestRootByHand(t *testing.T) {
	full := mustSeal(t, reporttest.Cameras(), nil)
	cut := mustRedact(t, full)
	var doc map[string]any
	dec := json.NewDecoder(bytes.NewReader(cut))
	dec.UseNumber()
	if err := dec.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	in := doc["integrity"].(map[string]any)
	delete(doc, "integrity")
	delete(doc, "redacted")
	if got := byHand(t, doc, in); got != in["root"] {
		t.Errorf("by hand %s, report says %s", got, in["root"])
	}
}

func TestRecomputed(t *testing.T) {
	a := reporttest.Cameras()
	full := mustSeal(t, a, key)
	a.Tool.Version = "9.9.9"
	same := mustSeal(t, a, nil)
	a.Countries[0].Sources++
	other := mustSeal(t, a, nil)
	a.Inputs[0].SHA256 = strings.Repeat("0", 64)
	elsewhere := mustSeal(t, a, nil)
	for form, b := range map[string][]byte{"full": full, "redacted": mustRedact(t, full)} {
		if c := Recomputed(b, same); c.State != Holds {
			t.Errorf("%s: %v", form, c)
		}
		if c := Recomputed(b, other); c.State != Fails || !strings.Contains(c.Text, "/countries/0/sources: 1402 in the report, 1403 from") {
			t.Errorf("%s: %v", form, c)
		}
		if c := Recomputed(b, elsewhere); c.State != Fails || !strings.Contains(c.Text, "not the inputs of the report") {
			t.Errorf("%s: %v", form, c)
		}
		if c := Recomputed(b, []byte("{}")); c.State != Fails {
			t.Errorf("%s: %v", form, c)
		}
	}
}

func TestKeysAreRead(t *testing.T) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParsePrivateKey(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	if err != nil || !got.Equal(key) {
		t.Errorf("private key: %v", err)
	}
	if der, err = x509.MarshalPKIXPublicKey(pub); err != nil {
		t.Fatal(err)
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	p, err := ParsePublicKey(public)
	if err != nil || !p.Equal(pub) {
		t.Errorf("public key: %v", err)
	}
	for _, bad := range [][]byte{nil, []byte("x"), public, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte{1}})} {
		if _, err := ParsePrivateKey(bad); err == nil {
			t.Errorf("%.30q was read as a private key", bad)
		}
	}
	if _, err := ParsePublicKey([]byte("x")); err == nil {
		t.Error("x was read as a public key")
	}
}

func BenchmarkVerify(b *testing.B) {
	full := mustSeal(b, reporttest.Cameras(), key)
	b.SetBytes(int64(len(full)))
	for b.Loop() {
		Verify(full, pub)
	}
}

// FuzzVerify forges reports. Its seeds are small, for the fuzzer shortens what it finds
// (run it with -fuzzminimizetime 1s).
func FuzzVerify(f *testing.F) {
	full, err := Seal(&model.Analysis{Schema: model.AnalysisSchema, Summary: []model.Sentence{{Text: "from 203.0.113.7"}}}, seed, key)
	if err != nil {
		f.Fatal(err)
	}
	cut, err := Redact(full)
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range [][]byte{full, cut, []byte(`{"synthetic":true}`), []byte(`{"a":[1,2,{"b":null}]}`)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		checks := Verify(b, pub)
		if checks[0].Name != "synthetic" {
			t.Fatalf("first check is %s", checks[0].Name)
		}
		same := bytes.Equal(bytes.TrimSuffix(b, []byte("\n")), full) || bytes.Equal(bytes.TrimSuffix(b, []byte("\n")), cut)
		if !Failed(checks) && !same {
			t.Fatalf("a forged report passes: %v", checks)
		}
	})
}
