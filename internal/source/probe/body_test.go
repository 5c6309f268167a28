package probe

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"floodmark/internal/model"
)

// coded applies a coding that is not in net/http.
func coded(t *testing.T, coding, text string) []byte {
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "flate":
		w, err = flate.NewWriter(&b, 6)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, err = zstd.NewWriter(&b)
	default:
		return []byte(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAnswersAreDecoded before words are looked for, and what cannot be decoded
// is named.
func TestAnswersAreDecoded(t *testing.T) {
	const page = "<h1>Welcome to the shop</h1>\n"
	gzipped := coded(t, "gzip", page)
	far := strings.Repeat(".", 4<<20) + "Welcome" // a few kilobytes on the wire
	for _, c := range []struct {
		name, coding, kind string
		body               []byte
		want               string // in the text of a failure; "" where the probe is well
	}{
		{"plain", "", "", []byte(page), ""},
		{"identity", "identity", "", []byte(page), ""},
		{"gzip", "gzip", "", gzipped, ""},
		{"in capitals", "GZIP", "", gzipped, ""},
		{"x-gzip", "x-gzip", "", gzipped, ""},
		{"deflate", "deflate", "", coded(t, "zlib", page), ""},
		{"deflate without its frame", "deflate", "", coded(t, "flate", page), ""},
		{"Brotli", "br", "", coded(t, "br", page), ""},
		{"Zstandard", "zstd", "", coded(t, "zstd", page), ""},
		{"two codings", "deflate, gzip", "", coded(t, "gzip", string(coded(t, "zlib", page))), ""},
		{"a coding that is not known", "compress", "", []byte("\x1f\x9d.."), "coding compress,"},
		{"a coding of control characters", "a\x7fb", "", []byte(".."), "coding a?b,"},
		{"four codings", "gzip, gzip, gzip, gzip", "", gzipped, "too many codings"},
		{"not what it says", "gzip", "", []byte(page), "not in the coding that it names"},
		{"damaged", "gzip", "", append(bytes.Clone(gzipped[:12]), 0xff, 0xff, 0xff), "not in the coding that it names"},
		{"beyond what is read, decoded", "gzip", "", coded(t, "gzip", far), "lacks the words"},
		{"Latin-1", "", "text/html; charset=ISO-8859-1", []byte("St\xf6rung, Welcome"), ""},
		{"Latin-1, compressed", "gzip", "text/html; charset=iso-8859-1", coded(t, "gzip", "Welcome, St\xf6rung"), ""},
		{"UTF-16", "", "text/plain; charset=utf-16le", []byte("W\x00e\x00l\x00c\x00o\x00m\x00e\x00"), ""},
		{"a charset that is not known", "", "text/html; charset=klingon", []byte("\xf6"), "charset klingon,"},
		{"character references", "", "text/html", []byte("<p>Welc&#111;me</p>"), ""},
		{"character references of what is no HTML", "", "text/plain", []byte("Welc&#111;me"), "lacks the words"},
		{"nothing of it", "gzip", "", coded(t, "gzip", "Closed"), "lacks the words"},
	} {
		url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if c.coding != "" {
				w.Header()["Content-Encoding"] = []string{c.coding}
			}
			if c.kind != "" {
				w.Header().Set("Content-Type", c.kind)
			}
			w.Write(c.body)
		})
		p := prober(t, Config{})
		x, err := ready(Target{Service: "shop", URL: url, Contains: "Welcome", Timeout: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		r := p.ask(context.Background(), x)
		switch {
		case c.coding == "a\x7fb" && r.Failure == model.ResponseFailed: // no such header passes net/http
		case c.want == "" && r.Failure != model.NoFailure:
			t.Errorf("%s: %s, %s", c.name, r.Failure, r.Text)
		case c.want != "" && (r.Failure != model.ResponseUnlike || !strings.Contains(r.Text, c.want)):
			t.Errorf("%s: %s, %q; want %q", c.name, r.Failure, r.Text, c.want)
		}
	}
}

// TestUmlautsOfOldServers: a text that is not ASCII is found in the charset of the
// answer, or of none.
func TestUmlautsOfOldServers(t *testing.T) {
	for _, kind := range []string{"text/html; charset=iso-8859-1", "text/html"} {
		if found, err := inCharset([]byte("St\xf6rung behoben"), "Störung", kind); !found || err != nil {
			t.Errorf("%s: %v, %v", kind, found, err)
		}
	}
	if found, err := inCharset([]byte("St\xf6rung"), "Störung", "text/html; charset=utf-8"); found || err != nil {
		t.Errorf("UTF-8 that is none: %v, %v", found, err)
	}
}
