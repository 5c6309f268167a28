package vector

import "bytes"

// Request is the head of an HTTP/1 request. Its slices point into the payload.
type Request struct {
	Method    []byte
	Target    []byte // as sent: path and query, or an absolute address
	Host      []byte // value of Host, nil where it was not seen
	UserAgent []byte // value of User-Agent, nil where it was not seen
	Complete  bool   // the blank line that ends the head is in the payload
}

// Path is the target without its query.
func (q *Request) Path() []byte {
	if i := bytes.IndexByte(q.Target, '?'); i >= 0 {
		return q.Target[:i]
	}
	return q.Target
}

// A head longer than this, in bytes or in lines, is read no further: the
// usual servers refuse it too.
const (
	maxHead  = 16 << 10
	maxLines = 128
)

// HTTPRequest reads the head of an HTTP/1.0 or HTTP/1.1 request at the start of
// a segment (RFC 9112 sections 2 and 3). ok is false where the segment does not
// start with a method and a target; what the segment does not hold is left
// empty. It allocates nothing and reads at most 16 KiB and 128 lines.
func HTTPRequest(payload []byte) (q Request, ok bool) {
	n := httpMethod(payload)
	if n == 0 {
		return Request{}, false
	}
	p := payload[:min(len(payload), maxHead)]
	line, rest, ended := cutLine(p)
	target := line[n+1:]
	if i := bytes.LastIndex(target, []byte(" HTTP/1.")); i >= 0 {
		target = target[:i]
	} else if ended {
		return Request{}, false
	}
	if len(target) == 0 {
		return Request{}, false
	}
	q.Method, q.Target = line[:n], target
	for range maxLines {
		if !ended {
			break
		}
		line, rest, ended = cutLine(rest)
		if len(line) == 0 {
			q.Complete = ended
			break
		}
		q.header(line)
	}
	return q, true
}

// header keeps the two fields that matter, the first of each (RFC 9110 sections
// 7.2 and 10.1.5).
func (q *Request) header(line []byte) {
	switch {
	case q.Host == nil && len(line) > 5 && line[4] == ':' && sameFold(line[:4], "HOST"):
		q.Host = bytes.TrimSpace(line[5:])
	case q.UserAgent == nil && len(line) > 11 && line[10] == ':' && sameFold(line[:10], "USER-AGENT"):
		q.UserAgent = bytes.TrimSpace(line[11:])
	}
}

// cutLine splits a line off; a lone line feed ends it too (RFC 9112 section
// 2.2). ended is false where p holds no end of line.
func cutLine(p []byte) (line, rest []byte, ended bool) {
	i := bytes.IndexByte(p, '\n')
	if i < 0 {
		return p, nil, false
	}
	line = p[:i]
	if i > 0 && line[i-1] == '\r' {
		line = line[:i-1]
	}
	return line, p[i+1:], true
}

// httpMethod returns the length of the HTTP method that p begins with (RFC 9110
// section 9.3, RFC 5789 and the HTTP/2 preface of RFC 9113 section 3.4), 0
// where there is none.
func httpMethod(p []byte) int {
	for _, m := range [...]string{"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PRI"} {
		if len(p) > len(m) && string(p[:len(m)]) == m && p[len(m)] == ' ' {
			return len(m)
		}
	}
	return 0
}

// tlsClientHello reports whether a segment starts with a TLS record that holds
// a ClientHello (RFC 8446 sections 4.1.2 and 5.1; RFC 5246 for the older form
// is the same here).
func tlsClientHello(payload []byte) bool {
	if len(payload) < 11 {
		return false
	}
	record := int(u16(payload[3:]))
	hello := int(payload[6])<<16 | int(u16(payload[7:]))
	return payload[0] == 22 && payload[1] == 3 && payload[2] <= 4 &&
		payload[5] == 1 && record >= 4+34 && record <= 1<<14 && hello >= 34 && hello <= 1<<16 &&
		payload[9] == 3 && payload[10] <= 3
}
