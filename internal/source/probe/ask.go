package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"

	"floodmark/internal/model"
)

// literalKey marks the context of a target whose host is an address.
type literalKey struct{}

// connect makes a connection.
func (p *Prober) connect(ctx context.Context, network, address string) (net.Conn, error) {
	if p.c.Dial != nil {
		return p.c.Dial(ctx, network, address)
	}
	d := &net.Dialer{Resolver: p.c.Resolver, ControlContext: permitted}
	return d.DialContext(ctx, network, address)
}

func (p *Prober) transport() *http.Transport {
	only := new(http.Protocols)
	only.SetHTTP1(true) // one request, one connection: phases would mix otherwise
	return &http.Transport{
		DialContext: p.connect, DisableKeepAlives: true, DisableCompression: true, Protocols: only,
		MaxResponseHeaderBytes: maxHeader, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: p.c.Roots},
	}
}

// ask makes one request and tells what came of it, without a look at our own
// link.
func (p *Prober) ask(ctx context.Context, t *target) model.ProbeResult {
	out := model.ProbeResult{At: p.c.Now(), Service: t.Service, Component: t.Component, Vantage: p.c.Vantage}
	ctx, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	if t.literal {
		ctx = context.WithValue(ctx, literalKey{}, true)
	}
	var ph phases
	req := &http.Request{Method: http.MethodGet, URL: t.url, Host: t.url.Host, Header: http.Header{"User-Agent": {p.c.Agent}, "Accept": {"*/*"}}}
	resp, err := p.http.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, ph.trace())))
	found := true
	if err == nil {
		out.Status = resp.StatusCode
		found, err = read(resp.Body, t.Contains)
		resp.Body.Close()
	}
	r := ph.close()
	t.connectedTo(r.tried)
	out.DNS = r.span(dnsStart, dnsDone)
	out.Connect = r.span(connectStart, connectDone)
	out.TLS = r.span(tlsStart, tlsDone)
	out.Response = r.span(connected, phaseCount)
	late := errors.Is(ctx.Err(), context.DeadlineExceeded)
	if err != nil {
		out.Failure, out.Text = failure(r.stage(), err, late)
	} else {
		out.Failure, out.Text = evaluate(t, resp.StatusCode, found)
	}
	return out
}

// read reads what is looked at of an answer, and tells whether it holds text.
// It stops where text was found.
func read(body io.Reader, text string) (bool, error) {
	body = io.LimitReader(body, maxBody)
	if text == "" {
		_, err := io.Copy(io.Discard, body)
		return true, err
	}
	want := []byte(text)
	buf := make([]byte, 0, 32<<10)
	for {
		n, err := body.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if bytes.Contains(buf, want) {
			return true, nil
		}
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if len(buf) == cap(buf) { // the end may be the beginning of the text
			buf = buf[:copy(buf, buf[len(buf)-min(len(want)-1, len(buf)):])]
		}
	}
}
