package app

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"floodmark/internal/scenario"
)

// TestSameBytesTwice: maps, goroutines and temporary names leave no trace.
func TestSameBytesTwice(t *testing.T) {
	for _, name := range []string{"camera-flood", "multi-vector", "carpet-bombing", "subscriber-attack", "quiet-day"} {
		p := produce(t, name, scenario.Options{Scale: 0.1})
		paths := put(t, p.file)
		var docs [2][]byte
		for i := range docs {
			a := analyze(t, AnalyzeOptions{Paths: paths, Sampling: p.truth.Sampling, Claims: []string{"more than 1 Gbps", "at least 1000 sources"}})
			var err error
			if docs[i], err = json.MarshalIndent(a, "", " "); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(docs[0], docs[1]) {
			t.Errorf("%s: two analyses differ:\n%s", name, cmp.Diff(string(docs[0]), string(docs[1])))
		}
		os.Remove(paths[0])
	}
}
