package seal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sort"
	"testing"

	"github.com/gowebpki/jcs"
)

// byHand is a second implementation of the root of a redacted report.
func byHand(t *testing.T, body map[string]any, integrity map[string]any) string {
	t.Helper()
	suppressed := integrity["withheld"].(map[string]any)
	unhex := func(v any) []byte {
		b, err := hex.DecodeString(v.(string))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	sum := func(parts ...[]byte) []byte {
		h := sha256.New()
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	count := func(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }
	var value func(path string, v any) []byte
	value = func(path string, v any) []byte {
		switch v := v.(type) {
		case map[string]any:
			keys := []string{}
			for k := range v {
				keys = append(keys, k)
			}
			sort.Strings(keys)
			in := append([]byte{2}, count(len(keys))...)
			for _, k := range keys {
				in = append(in, count(len(k))...)
				in = append(append(in, k...), value(path+"/"+k, v[k])...)
			}
			return sum(in)
		case []any:
			in := append([]byte{3}, count(len(v))...)
			for i, e := range v {
				in = append(in, value(fmt.Sprintf("%s/%d", path, i), e)...)
			}
			return sum(in)
		}
		raw, err := json.Marshal([]any{v})
		if err == nil {
			raw, err = jcs.Transform(raw)
		}
		if err != nil {
			t.Fatal(err)
		}
		raw = raw[1 : len(raw)-1]
		if full, ok := suppressed[path]; ok {
			return sum([]byte{1}, sum([]byte{0x10}, raw), unhex(full))
		}
		return sum([]byte{0}, raw)
	}
	root := sum([]byte{4}, []byte("floodmark.seal/1\x00"), unhex(integrity["seed_commitment"]), value("", body))
	return hex.EncodeToString(root)
}
