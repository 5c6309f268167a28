package reporter

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math/bits"
	"net"
	"net/http"
	"strconv"
	"time"

	"floodmark/internal/scenario/simday"
)

const (
	answerTime = 30 * time.Second
	maxBody    = 1 << 16
	maxBits    = 24 // more work than any server of ours asks for
)

// conn is a connection that is kept, with one request on its way.
type conn struct {
	to   string
	dial func(ctx context.Context, network, address string) (net.Conn, error)
	c    net.Conn
	r    *bufio.Reader
	out  bytes.Buffer
	body []byte // of the last answer
}

func (c *conn) close() {
	if c.c != nil {
		c.c.Close()
		c.c = nil
	}
}

// do sends what is in out and reads the answer. A connection that was kept and
// is closed meanwhile is opened again, once.
func (c *conn) do() (status int, header http.Header, err error) {
	for fresh := false; ; fresh = true {
		if c.c == nil {
			if c.c, err = c.dial(context.Background(), "tcp", c.to); err != nil {
				c.c = nil
				return 0, nil, err
			}
			c.r, fresh = bufio.NewReader(c.c), true
		}
		if status, header, err = c.try(); err == nil || fresh {
			return status, header, err
		}
	}
}

func (c *conn) try() (status int, header http.Header, err error) {
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	if err := c.c.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return 0, nil, err
	}
	if _, err := c.c.Write(c.out.Bytes()); err != nil {
		return 0, nil, err
	}
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		return 0, nil, err
	}
	if c.body, err = io.ReadAll(io.LimitReader(res.Body, maxBody)); err != nil {
		return 0, nil, err
	}
	if res.Close {
		c.close()
	}
	return res.StatusCode, res.Header, nil
}

// head begins a request of a person.
func (c *conn) head(method, path string, x *simday.Report) {
	c.out.Reset()
	fmt.Fprintf(&c.out, "%s %s HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: %s\r\nUser-Agent: %s\r\nAccept-Language: %s\r\n", method, path, c.to, x.Address, x.Agent, x.Languages)
}

// submission is the body of a report; docs/public-api.md tells its fields.
type submission struct {
	Service   string `json:"service"`
	Component string `json:"component,omitempty"`
	Kind      string `json:"kind"`
	Country   string `json:"country,omitempty"`
	Region    string `json:"region,omitempty"`
	Solution  string `json:"solution,omitempty"`
}

// report makes one report: challenge, proof, post. A proof that is not enough
// any more is worked out once again.
func (r *run) report(c *conn, x *simday.Report) (status int, retry time.Duration, err error) {
	for again := false; ; again = true {
		s := submission{Service: x.Service, Component: x.Component, Kind: "problem", Region: x.Region}
		if x.Region != "" || x.ASN == 0 { // without address data the server knows no country
			s.Country = x.Country
		}
		c.head("GET", "/api/v1/challenge?service="+x.Service, x)
		c.out.WriteString("\r\n")
		status, header, err := c.do()
		if err != nil {
			return 0, 0, err
		}
		if status != http.StatusOK {
			return status, after(header), nil
		}
		if s.Solution, err = r.prove(c.body); err != nil {
			return 0, 0, err
		}
		body, err := json.Marshal(s)
		if err != nil {
			return 0, 0, err
		}
		c.head("POST", "/api/v1/reports", x)
		if x.Referer != "" {
			fmt.Fprintf(&c.out, "Referer: %s\r\n", x.Referer)
		}
		fmt.Fprintf(&c.out, "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
		if status, header, err = c.do(); err != nil {
			return 0, 0, err
		}
		if status != http.StatusPreconditionRequired || again {
			return status, after(header), nil
		}
	}
}

// after reads Retry-After, in seconds; a second where there is none.
func after(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 1 || n > 60 {
		n = 1
	}
	return time.Duration(n) * time.Second
}

// prove works out the proof of a challenge.
func (r *run) prove(challenge []byte) (string, error) {
	var ch struct {
		Token string
		Bits  int
	}
	if err := json.Unmarshal(challenge, &ch); err != nil || ch.Token == "" || ch.Bits < 0 || ch.Bits > maxBits {
		return "", fmt.Errorf("a challenge of up to %d bits is expected, not %.100s", maxBits, challenge)
	}
	began := time.Now()
	solution := solve(ch.Token, ch.Bits)
	took := time.Since(began)
	r.count(func(s *Stats) {
		s.Proofs++
		s.Bits += uint64(ch.Bits)
		s.WorkTime += took
	})
	return solution, nil
}

// solve finds a number such that SHA-256 of token, colon and number begins with
// so many zero bits.
func solve(token string, want int) string {
	b := append([]byte(token), ':')
	at := len(b)
	for n := int64(0); ; n++ {
		b = strconv.AppendInt(b[:at], n, 36)
		sum := sha256.Sum256(b)
		if bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:])) >= want {
			return string(b)
		}
	}
}
