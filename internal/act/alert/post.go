package alert

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"floodmark/internal/text"
)

// poster posts JSON to one address and tells of failures without naming more of
// the address than its host, since paths and queries hold tokens.
type poster struct {
	url     *url.URL
	client  *http.Client
	secrets []string // never in an error
}

func newPoster(raw string, plain bool, secrets ...string) (*poster, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("not a URL of http or https")
	}
	if u.Scheme == "http" && !plain && !loopback(u.Hostname()) {
		return nil, fmt.Errorf("http to %s is not encrypted; use https, or allow it", u.Hostname())
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.MaxResponseHeaderBytes, t.MaxIdleConnsPerHost = 64<<10, 1
	p := &poster{url: u, secrets: secrets, client: &http.Client{Timeout: sendTimeout, Transport: t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	return p, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// post sends the body and wants a status of 2xx. What the message itself is
// refused for is a rejection; wrong credentials or paths are not, since somebody
// may mend them before the message is too old.
func (p *poster) post(ctx context.Context, body []byte, header http.Header) error {
	return p.do(ctx, http.MethodPost, body, header)
}

func (p *poster) do(ctx context.Context, method string, body []byte, header http.Header) error {
	req, err := http.NewRequestWithContext(ctx, method, p.url.String(), bytes.NewReader(body))
	if err != nil {
		return errors.New("request cannot be made")
	}
	req.Header = header
	req.Header.Set("User-Agent", "floodmark")
	resp, err := p.client.Do(req)
	if err != nil {
		return p.clean(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, 16<<10))
	if resp.StatusCode/100 == 2 {
		return nil
	}
	err = p.hide(fmt.Sprintf("%s answered %d %s", p.url.Hostname(), resp.StatusCode, text.Clean(string(answer[:min(len(answer), 1000)]), 200)))
	switch {
	case resp.StatusCode/100 == 3:
		return fmt.Errorf("%s answered %d: redirects are not followed", p.url.Hostname(), resp.StatusCode)
	case slices.Contains([]int{400, 413, 415, 422}, resp.StatusCode):
		return rejection{err}
	case resp.StatusCode == 429 || resp.StatusCode == 503:
		if s, e := strconv.Atoi(resp.Header.Get("Retry-After")); e == nil && s > 0 {
			return busy{err, time.Duration(min(s, 3600)) * time.Second}
		}
	}
	return err
}

// clean takes the address out of an error of net/http.
func (p *poster) clean(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		if u.Timeout() {
			return fmt.Errorf("%s did not answer in %s", p.url.Hostname(), sendTimeout)
		}
		err = u.Err
	}
	return p.hide(p.url.Hostname() + ": " + err.Error())
}

// hide makes an error of a text without secrets.
func (p *poster) hide(s string) error {
	for _, x := range append([]string{p.url.RequestURI(), p.url.RawQuery, strings.Trim(p.url.Path, "/")}, p.secrets...) {
		if len(x) >= 4 {
			s = strings.ReplaceAll(s, x, "***")
		}
	}
	return errors.New(s)
}
