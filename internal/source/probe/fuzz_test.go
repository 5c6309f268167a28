package probe

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// FuzzRead: words are found wherever reads end, in what is read, and not beyond.
func FuzzRead(f *testing.F) {
	f.Add([]byte("all is well"), "is", uint32(0), false)
	f.Add([]byte("x"), "xx", uint32(32<<10-1), true)
	f.Add([]byte("well"), "well", uint32(maxBody-3), false)
	f.Fuzz(func(t *testing.T, body []byte, words string, before uint32, halves bool) {
		if words == "" || len(words) > 200 {
			return
		}
		body = append(bytes.Repeat([]byte("."), int(before%(maxBody+10))), body...)
		r := bytes.NewReader(body)
		var from io.Reader = r
		if halves {
			from = iotest.HalfReader(r)
		}
		_, found, err := readUntil(from, []byte(words))
		if want := strings.Contains(string(body[:min(len(body), maxBody)]), words); err != nil || found != want {
			t.Errorf("found %v, %v; want %v", found, err, want)
		}
	})
}
