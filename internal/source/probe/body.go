package probe

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"html"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// codings is what requests accept: servers may apply any coding where nothing is
// said (RFC 9110 section 12.5.3).
const codings = "gzip, deflate, br, zstd"

// maxCodings bounds the codings of one answer that are undone.
const maxCodings = 3

// unreadError is of an answer whose content cannot be read: Text says why.
type unreadError struct{ Text string }

func (e *unreadError) Error() string { return e.Text }

// contains reads what is looked at of an answer, decoded, and reports whether it
// holds text. An *unreadError is of a coding or charset that is not known, and of
// content that is not what its coding says; other errors are of the connection.
func contains(resp *http.Response, text string) (bool, error) {
	if text == "" {
		_, err := io.Copy(io.Discard, io.LimitReader(resp.Body, maxBody))
		return true, err
	}
	wire := &wireReader{from: resp.Body}
	body, err := decoded(wire, resp.Header.Values("Content-Encoding"))
	if err != nil {
		return false, wire.blame(err)
	}
	content, found, err := readUntil(body, []byte(text))
	if found {
		return true, nil
	}
	if err != nil && !wire.full() {
		return false, wire.blame(err)
	}
	return inCharset(content, text, resp.Header.Get("Content-Type"))
}

// readUntil reads at most maxBody bytes, or until it finds text.
func readUntil(r io.Reader, text []byte) (content []byte, found bool, err error) {
	content = make([]byte, 0, 32<<10)
	for len(content) < maxBody {
		content = slices.Grow(content, 4<<10)
		n, err := r.Read(content[len(content):min(cap(content), maxBody)])
		fresh := max(0, len(content)-len(text)+1) // what was read before may be the beginning of the text
		content = content[:len(content)+n]
		if bytes.Contains(content[fresh:], text) {
			return content, true, nil
		}
		if err == io.EOF {
			return content, false, nil
		}
		if err != nil {
			return content, false, err
		}
	}
	return content, false, nil
}

// wireReader keeps errors of the connection apart from those of codings. Not more
// is read from it than what is looked at: nothing that is decoded is smaller.
type wireReader struct {
	from io.Reader
	read int
	err  error
}

func (w *wireReader) Read(b []byte) (int, error) {
	if w.read >= maxBody {
		return 0, io.EOF
	}
	n, err := w.from.Read(b[:min(len(b), maxBody-w.read)])
	w.read += n
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}

// full reports whether all was read that is looked at. What is compressed may then
// end in the middle.
func (w *wireReader) full() bool { return w.err == nil && w.read >= maxBody }

func (w *wireReader) blame(err error) error {
	var unread *unreadError
	switch {
	case w.err != nil:
		return w.err
	case errors.As(err, &unread):
		return err
	}
	return &unreadError{"Its answer is not in the coding that it names, so that its text is unknown."}
}

// decoded undoes the codings of Content-Encoding, the last one first (RFC 9110
// section 8.4).
func decoded(r io.Reader, header []string) (io.Reader, error) {
	list := strings.Split(strings.Join(header, ","), ",")
	if len(list) > maxCodings {
		return nil, &unreadError{"Its answer has too many codings, so that its text is unknown."}
	}
	var err error
	for i := len(list) - 1; i >= 0 && err == nil; i-- {
		r, err = undo(r, strings.ToLower(strings.TrimSpace(list[i])))
	}
	return r, err
}

func undo(r io.Reader, coding string) (io.Reader, error) {
	switch coding {
	case "", "identity":
		return r, nil
	case "gzip", "x-gzip":
		return gzip.NewReader(r)
	case "deflate":
		return inflated(r)
	case "br":
		return brotli.NewReader(r), nil
	case "zstd":
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(8<<20), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	return nil, &unreadError{"Its answer is in the coding " + printable(coding) + ", which is not read, so that its text is unknown."}
}

// inflated reads the zlib format that deflate means (RFC 9110 section 8.4.1.2), and
// the bare one that some servers send.
func inflated(r io.Reader) (io.Reader, error) {
	b := bufio.NewReader(r)
	head, err := b.Peek(2)
	if err != nil {
		return nil, err
	}
	if head[0]&15 == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 { // RFC 1950 section 2.2
		return zlib.NewReader(b)
	}
	return flate.NewReader(b), nil
}

// inCharset looks for text in content that does not hold it as it is: in the
// charset of the answer, and in HTML with its character references resolved. Where
// no charset is named and the content is not UTF-8, it is taken for windows-1252,
// as browsers do. The error is of a charset that is not known.
func inCharset(content []byte, text, contentType string) (bool, error) {
	kind, parameters, _ := mime.ParseMediaType(contentType)
	plain := string(content)
	if name := parameters["charset"]; name != "" || !utf8.Valid(content) {
		var charset encoding.Encoding = charmap.Windows1252
		if name != "" {
			known, err := htmlindex.Get(name)
			if err != nil {
				return false, &unreadError{"Its answer is in the charset " + printable(name) + ", which is not read, so that its text is unknown."}
			}
			charset = known
		}
		b, err := charset.NewDecoder().Bytes(content)
		if err != nil {
			return false, nil
		}
		plain = string(b)
	}
	if kind == "text/html" || kind == "application/xhtml+xml" {
		plain = html.UnescapeString(plain)
	}
	return strings.Contains(plain, text), nil
}

// printable gives a name that the other side chose: its first letters, and nothing
// but ASCII.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r < '!' || r > '~' {
			return '?'
		}
		return r
	}, name[:min(len(name), 20)])
}
