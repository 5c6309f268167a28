package scenario

import (
	"encoding/binary"
	"fmt"

	"floodmark/internal/scenario/topology"
	"floodmark/internal/scenario/wire"
)

var agents = [...]string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101 Firefox/139.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15",
}

var paths = [...]string{"/", "/login", "/static/app.css", "/static/app.js", "/img/logo.svg", "/api/v1/timeline", "/favicon.ico", "/about", "/news", "/search?q=weather"}

// tlsHello is a ClientHello (RFC 8446 section 4.1.2) for name, padded as
// browsers pad it.
func tlsHello(name string, seed uint64) []byte {
	ext := []byte{0, 0}
	ext = binary.BigEndian.AppendUint16(ext, uint16(len(name)+5))
	ext = binary.BigEndian.AppendUint16(ext, uint16(len(name)+3))
	ext = append(ext, 0)
	ext = binary.BigEndian.AppendUint16(ext, uint16(len(name)))
	ext = append(ext, name...)
	ext = append(ext, 0, 23, 0, 0, 0xff, 1, 0, 1, 0, 0, 10, 0, 8, 0, 6, 0, 29, 0, 23, 0, 24, 0, 11, 0, 2, 1, 0,
		0, 16, 0, 14, 0, 12, 2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1',
		0, 13, 0, 18, 0, 16, 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5, 1, 8, 6, 6, 1,
		0, 43, 0, 5, 4, 3, 4, 3, 3, 0, 45, 0, 2, 1, 1, 0, 51, 0, 38, 0, 36, 0, 29, 0, 32)
	ext = wire.AppendTail(ext, 32, wire.TailRandom, seed)
	pad := max(0, 393-len(ext))
	ext = append(ext, 0, 21, byte(pad>>8), byte(pad))
	ext = append(ext, make([]byte, pad)...)
	body := []byte{3, 3}
	body = wire.AppendTail(body, 32, wire.TailRandom, seed+1)
	body = append(body, 32)
	body = wire.AppendTail(body, 32, wire.TailRandom, seed+2)
	body = append(body, 0, 16, 0x13, 1, 0x13, 2, 0x13, 3, 0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x2c, 0xc0, 0x30, 0xcc, 0xa9, 1, 0)
	body = binary.BigEndian.AppendUint16(body, uint16(len(ext)))
	body = append(body, ext...)
	return handshake(1, body)
}

func handshake(kind byte, body []byte) []byte {
	n := len(body)
	b := []byte{22, 3, 1, byte((n + 4) >> 8), byte(n + 4), kind, byte(n >> 16), byte(n >> 8), byte(n)}
	return append(b, body...)
}

// tlsAnswer is a server's first flight: ServerHello, ChangeCipherSpec and the
// encrypted rest, cert bytes of it.
func tlsAnswer(seed uint64, cert int) []byte {
	body := wire.AppendTail([]byte{3, 3}, 32, wire.TailRandom, seed)
	body = append(body, 32)
	body = wire.AppendTail(body, 32, wire.TailRandom, seed+2)
	body = append(body, 0x13, 1, 0, 0, 46, 0, 43, 0, 2, 3, 4, 0, 51, 0, 36, 0, 29, 0, 32)
	body = wire.AppendTail(body, 32, wire.TailRandom, seed+1)
	b := handshake(2, body)
	b[2] = 3
	b = append(b, 20, 3, 3, 0, 1, 1, 23, 3, 3, byte(cert>>8), byte(cert))
	return wire.AppendTail(b, cert, wire.TailRandom, seed+3)
}

var tlsFinish = append([]byte{20, 3, 3, 0, 1, 1, 23, 3, 3, 0, 53},
	"\x9c\x11\x87\x3e\x52\x06\xe4\x7b\x90\xaa\x13\x42\xf1\x08\xde\x77\x31\xc5\x29\x64\xbb\x0f\x95\xa3\x18\xee\x5d\x70\x86\x3c\xd2\x4f\xb7\x01\x6a\xd9\xf4\x22\x8b\x39\xc0\x57\xe6\x1d\xa4\x73\x0e\xbc\x65\x98\x2f\xc1\x40"...)

func words(client bool, b []byte, think int64) turn {
	return turn{client: client, n: len(b), head: b, think: think}
}

// sealed is n bytes of TLS application data.
func sealed(client bool, n int, think int64) turn {
	if n%tlsRecord < 40 {
		n += 40
	}
	return turn{client: client, n: n, tail: wire.TailRandom, tls: true, think: think}
}

// size draws the length of a web answer: log-normal, a few to some hundred kilobytes.
func (s *sim) size(median float64) int {
	n := median * lognormal(s.r, 1.1)
	return int(min(max(n, 180), 30*median, 900_000))
}

func ms(n float64) int64 { return int64(n * 1e6) }

// https scripts a visit over TLS 1.3 with the given number of requests.
func (s *sim) https(c *conn, name string, requests int) *conn {
	seed := s.r.Uint64()
	c.progress(words(true, tlsHello(name, seed), 0), words(false, tlsAnswer(seed, 2200+int(seed%1500)), ms(1.2)), words(true, tlsFinish, 0))
	for i := range requests {
		think := 0.0
		if i > 0 {
			think = 40 + 900*s.r.ExpFloat64()
		}
		c.progress(sealed(true, 220+s.r.IntN(600), ms(think)), sealed(false, s.size(9000), ms(2+14*s.r.ExpFloat64())))
	}
	return c
}

// http scripts a visit in the clear.
func (s *sim) http(c *conn, name string, requests int) *conn {
	agent := agents[c.c.h.Seed%uint64(len(agents))]
	for i := range requests {
		think := 0.0
		if i > 0 {
			think = 60 + 1200*s.r.ExpFloat64()
		}
		q := fmt.Sprintf("GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n\r\n",
			paths[s.r.IntN(len(paths))], name, agent)
		n := s.size(7000)
		a := fmt.Sprintf("HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\nConnection: keep-alive\r\n\r\n", n)
		answer := turn{n: n + len(a), head: []byte(a), tail: wire.TailText, think: ms(1.5 + 9*s.r.ExpFloat64())}
		c.progress(words(true, []byte(q), ms(think)), answer)
	}
	return c
}

// visitors adds Poisson visits of a crowd to a web server: nine in ten over
// TLS, of one to a handful of requests, ended in the usual ways.
func (s *sim) visitors(userReports []topology.Host, server *topology.Host, phases []phase) {
	const name = "www.example.org"
	s.each(phases, func(now int64) {
		h := &userReports[s.r.IntN(len(userReports))]
		n := 1 + int(s.r.ExpFloat64()*2.2)
		end := ending(weightOf(s.r, 0.5, 0.34, 0.08, 0.08))
		if s.r.Uint32()%10 == 0 {
			s.http(s.dial(now, h, server, 80), name, n).ends(end)
			return
		}
		s.https(s.dial(now, h, server, 443), name, n).ends(end)
	})
}
