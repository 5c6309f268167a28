package probe

import (
	"context"
	"crypto/tls"
	"errors"
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
	req := &http.Request{Method: http.MethodGet, URL: t.url, Host: t.url.Host, Header: http.Header{"User-Agent": {p.c.Agent}, "Accept": {"*/*"}, "Accept-Encoding": {codings}}}
	resp, err := p.http.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, ph.trace())))
	found := true
	if err == nil {
		out.Status = resp.StatusCode
		found, err = contains(resp, t.Contains)
		resp.Body.Close()
	}
	r := ph.close()
	t.connectedTo(r.tried)
	out.DNS = r.span(dnsStart, dnsDone)
	out.Connect = r.span(connectStart, connectDone)
	out.TLS = r.span(tlsStart, tlsDone)
	out.Response = r.span(connected, phaseCount)
	late := errors.Is(ctx.Err(), context.DeadlineExceeded)
	var unread *unreadError
	switch {
	case errors.As(err, &unread) && t.expected(resp.StatusCode):
		out.Failure, out.Text = model.ResponseUnlike, unread.Text
	case err != nil && unread == nil:
		out.Failure, out.Text = failure(r.stage(), err, late)
	default:
		out.Failure, out.Text = evaluate(t, resp.StatusCode, found)
	}
	return out
}
