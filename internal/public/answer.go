package public

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// answer is a finished answer: its octets, plain and compressed, and its headers.
// It never changes.
type answer struct {
	of      *resource
	made    time.Time
	took    time.Duration // to make
	version uint64
	plain   []byte
	small   []byte // nil where compression gains nothing
	tag     string // of ETag without W/: weak, for it names both forms
	etag    []string
	length  []string
	short   []string // length of small
	vary    []string
}

var (
	varyLanguage = []string{"Accept-Encoding, Accept-Language"}
	varyEncoding = []string{"Accept-Encoding"}
	writers      = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}
)

// worthwhile is the least size that is compressed: smaller ones fit one packet.
const worthwhile = 1000

func newAnswer(of *resource, body []byte) *answer {
	sum := sha256.Sum256(body)
	a := &answer{of: of, plain: body, tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, vary: varyEncoding}
	if of.langs {
		a.vary = varyLanguage
	}
	a.etag = []string{"W/" + a.tag}
	a.length = []string{strconv.Itoa(len(body))}
	if len(body) < worthwhile {
		return a
	}
	var b bytes.Buffer
	z := writers.Get().(*gzip.Writer)
	defer writers.Put(z)
	z.Reset(&b)
	_, _ = z.Write(body) // to memory
	_ = z.Close()
	if b.Len() < len(body) {
		a.small = bytes.Clone(b.Bytes())
		a.short = []string{strconv.Itoa(b.Len())}
	}
	return a
}

func (a *answer) size() int { return len(a.plain) + len(a.small) }

// send writes the answer, or that the client has it already.
func (a *answer) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Etag"] = a.etag
	h["Cache-Control"] = a.of.policy
	h["Vary"] = a.vary
	if a.of.policy[0] == pagePolicy {
		h["Cdn-Cache-Control"] = farCopies
	}
	if a.of.open {
		readable(h)
	}
	if a.of.frame {
		framed(h)
	}
	if match := r.Header["If-None-Match"]; len(match) == 1 && a.of.status == 0 && (strings.Contains(match[0], a.tag) || match[0] == "*") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"] = a.of.kind
	body := a.plain
	h["Content-Length"] = a.length
	if a.small != nil && takesGzip(r.Header["Accept-Encoding"]) {
		body = a.small
		h["Content-Encoding"] = gzipped
		h["Content-Length"] = a.short
	}
	if a.of.status != 0 {
		w.WriteHeader(a.of.status)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // the client is gone
	}
}

// takesGzip reports whether gzip is named in Accept-Encoding and not refused by
// a weight of 0 (RFC 9110, 12.5.3). A bare * is not taken for it.
func takesGzip(accept []string) bool {
	for _, s := range accept {
		for s != "" {
			var part string
			part, s, _ = strings.Cut(s, ",")
			name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
			if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
				continue
			}
			q, ok := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			return !ok || strings.Trim(q, "0.") != ""
		}
	}
	return false
}
