package probe

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"floodmark/internal/model"
)

const agent = "Floodmark/test (+https://status.example)"

// prober makes one that asks nothing by itself.
func prober(t *testing.T, c Config) *Prober {
	t.Helper()
	c.Agent, c.Vantage = agent, "here"
	c.Now = func() int64 { return 12345 }
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func ask(t *testing.T, p *Prober, x Target) model.ProbeResult {
	t.Helper()
	if x.Timeout == 0 {
		x.Timeout = time.Minute // that nothing here needs
	}
	x.Service, x.Component = "shop", "website"
	target, err := ready(x)
	if err != nil {
		t.Fatal(err)
	}
	r := p.ask(context.Background(), target)
	if r.At != 12345 || r.Service != "shop" || r.Component != "website" || r.Vantage != "here" {
		t.Errorf("result of somebody else: %+v", r)
	}
	for _, secret := range []string{"127.0.0.1", "::1", "secret", "example"} {
		if strings.Contains(r.Text, secret) {
			t.Errorf("text %q holds %s", r.Text, secret)
		}
	}
	return r
}

// serve answers on loopback.
func serve(t *testing.T, h http.HandlerFunc) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// raw hands every connection to h.
func raw(t *testing.T, h func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); h(c) }()
		}
	}()
	return l.Addr().String()
}

// hold reads until the other side hangs up.
func hold(c net.Conn) { io.Copy(io.Discard, c) }

func TestStatuses(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.UserAgent() != agent || r.Header.Get("Cookie") != "" || r.Header.Get("Accept-Encoding") != codings {
			t.Errorf("request with %v", r.Header)
		}
		http.SetCookie(w, &http.Cookie{Name: "secret", Value: "1"})
		w.Header().Set("Location", "/200")
		status := map[string]int{"/200": 200, "/204": 204, "/301": 301, "/403": 403, "/404": 404, "/429": 429, "/500": 500, "/503": 503, "/599": 599, "/999": 999}[r.URL.Path]
		w.WriteHeader(status)
	})
	for _, c := range []struct {
		path   string
		expect []Span
		want   model.ProbeFailure
	}{
		{"/200", nil, model.NoFailure},
		{"/204", nil, model.NoFailure},
		{"/301", nil, model.NoFailure}, // an answer, and not followed
		{"/301", []Span{{200, 299}}, model.ResponseUnlike},
		{"/404", nil, model.ResponseRefused},
		{"/403", []Span{{200, 200}, {401, 403}}, model.NoFailure},
		{"/200", []Span{{401, 403}}, model.ResponseUnlike},
		{"/429", nil, model.ResponseThrottled},
		{"/429", []Span{{429, 429}}, model.NoFailure},
		{"/500", nil, model.ResponseServer},
		{"/503", nil, model.ResponseServer},
		{"/599", nil, model.ResponseServer},
		{"/999", nil, model.ResponseUnlike},
	} {
		r := ask(t, prober(t, Config{}), Target{URL: url + c.path, Expect: c.expect})
		if r.Failure != c.want || r.Status == 0 || !strings.HasSuffix(r.Text, " "+c.path[1:]+".") {
			t.Errorf("%s, expecting %v: %q, status %d, %q; want %q", c.path, c.expect, r.Failure, r.Status, r.Text, c.want)
		}
		if r.DNS != 0 || r.Connect <= 0 || r.TLS != 0 || r.Response <= 0 {
			t.Errorf("%s: phases are %+v", c.path, r)
		}
	}
}

// TestEveryPhaseIsMeasuredEachTime: nothing is kept from one request to the next.
func TestEveryPhaseIsMeasuredEachTime(t *testing.T) {
	conns := new(atomic.Int64)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") }))
	s.Config.ConnState = func(_ net.Conn, st http.ConnState) {
		if st == http.StateNew {
			conns.Add(1)
		}
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	p := prober(t, Config{Roots: roots})
	for range 3 {
		r := ask(t, p, Target{URL: s.URL})
		if r.Failure != "" || r.Connect <= 0 || r.TLS <= 0 || r.Response <= 0 {
			t.Errorf("%+v", r)
		}
	}
	if n := conns.Load(); n != 3 {
		t.Errorf("%d connections", n)
	}
}

func TestWords(t *testing.T) {
	long := strings.Repeat("x", 100<<10)
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, long+"all is ")
		w.(http.Flusher).Flush()
		io.WriteString(w, "well"+long+long)
		io.WriteString(w, "too late")
	})
	for words, want := range map[string]model.ProbeFailure{"all is well": "", "x": "", "xa": "", "all is bad": model.ResponseUnlike, "too late": model.ResponseUnlike} {
		if r := ask(t, prober(t, Config{}), Target{URL: url, Contains: words}); r.Failure != want || r.Status != 200 {
			t.Errorf("%q: %+v", words, r)
		}
	}
}

// TestEndlessAnswers are not read to their end.
func TestEndlessAnswers(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		block := make([]byte, 64<<10)
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	for _, words := range []string{"", "never"} {
		want := model.NoFailure
		if words != "" {
			want = model.ResponseUnlike
		}
		if r := ask(t, prober(t, Config{}), Target{URL: url, Contains: words}); r.Failure != want {
			t.Errorf("%+v", r)
		}
	}
	header := raw(t, func(c net.Conn) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\n")
		for {
			if _, err := io.WriteString(c, "X-A: "+strings.Repeat("a", 1000)+"\r\n"); err != nil {
				return
			}
		}
	})
	if r := ask(t, prober(t, Config{}), Target{URL: "http://" + header}); r.Failure != model.ResponseFailed {
		t.Errorf("endless header: %+v", r)
	}
}

// TestNoAnswer: servers that hang, cut off or talk nonsense in each phase.
func TestNoAnswer(t *testing.T) {
	const soon = 250 * time.Millisecond // the time of those that hang
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	hangs := raw(t, hold)
	cuts := raw(t, func(c net.Conn) { c.Read(make([]byte, 1)) })
	nonsense := raw(t, func(c net.Conn) { c.Read(make([]byte, 1)); io.WriteString(c, "SSH-2.0-secret\r\n"); hold(c) })
	short := raw(t, func(c net.Conn) {
		c.Read(make([]byte, 4096))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsecret")
	})
	drip := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			io.WriteString(w, ".")
			w.(http.Flusher).Flush()
			<-time.After(10 * time.Millisecond)
		}
	})
	for _, c := range []struct {
		name, url string
		timeout   time.Duration
		want      model.ProbeFailure
		status    int
	}{
		{"refuses", "http://" + closed.Addr().String(), 0, model.ConnectRefused, 0},
		{"backlog is full", "http://" + full(t), soon, model.ConnectTimeout, 0},
		{"hangs in TLS", "https://" + hangs, soon, model.TLSFailed, 0},
		{"hangs before the answer", "http://" + hangs, soon, model.ResponseTimeout, 0},
		{"drips", drip, soon, model.ResponseTimeout, 200},
		{"cuts TLS", "https://" + cuts, 0, model.TLSFailed, 0},
		{"speaks no TLS", "https://" + nonsense, 0, model.TLSFailed, 0},
		{"cuts the answer", "http://" + cuts, 0, model.ResponseFailed, 0},
		{"speaks no HTTP", "http://" + nonsense, 0, model.ResponseFailed, 0},
		{"cuts the body", "http://" + short, 0, model.ResponseFailed, 200},
		{"has no name", "http://no-such-name.invalid/", 0, model.NameFailed, 0},
	} {
		r := ask(t, prober(t, Config{}), Target{URL: c.url, Timeout: c.timeout})
		if r.Failure != c.want || r.Status != c.status || r.Text == "" {
			t.Errorf("%s: %+v, want %q", c.name, r, c.want)
		}
		got := []bool{r.Connect > 0, r.TLS > 0, r.Response > 0}
		secure := strings.HasPrefix(c.url, "https")
		want := []bool{c.want != model.NameFailed, secure, !secure && c.want != model.NameFailed && c.want != model.ConnectRefused && c.want != model.ConnectTimeout}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: phases %v, want %v", c.name, got, want)
				break
			}
		}
	}
}

// TestNames: the resolver's phase is measured, and can hang.
func TestNames(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	r := ask(t, prober(t, Config{Resolver: resolver(silent.LocalAddr())}), Target{URL: "http://service.example/", Timeout: 250 * time.Millisecond})
	if r.Failure != model.NameFailed || r.Text == "Its name does not exist." || r.DNS <= 0 || r.Connect != 0 {
		t.Errorf("resolver hangs: %+v", r)
	}
	gone := prober(t, Config{Resolver: resolver(nameServer(t, net.IPv4(127, 0, 0, 1)))})
	if r := ask(t, gone, Target{URL: "http://gone.example/"}); r.Text != "Its name does not exist." {
		t.Errorf("no such name: %+v", r)
	}
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {})
	r = ask(t, prober(t, Config{}), Target{URL: strings.Replace(url, "127.0.0.1", "localhost", 1)})
	if r.Failure != "" || r.DNS <= 0 {
		t.Errorf("localhost: %+v", r)
	}
}

// TestNamesDoNotLeadInside: a name that leads to this machine, the link or
// metadata is not asked, and its server sees nothing.
func TestNamesDoNotLeadInside(t *testing.T) {
	asked := new(atomic.Int64)
	url := serve(t, func(http.ResponseWriter, *http.Request) { asked.Add(1) })
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(url, "http://"))
	for _, a := range []string{"127.0.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1"} {
		dns := nameServer(t, net.ParseIP(a))
		r := ask(t, prober(t, Config{Resolver: resolver(dns)}), Target{URL: "http://service.example:" + port + "/", Timeout: 5 * time.Second})
		if r.Failure != model.ConnectFailed || r.DNS <= 0 || !strings.Contains(r.Text, "not probed") {
			t.Errorf("%s: %+v", a, r)
		}
	}
	if asked.Load() != 0 {
		t.Error("was asked")
	}
}

func TestCertificates(t *testing.T) {
	ca, key := authority(t)
	roots := x509.NewCertPool()
	roots.AddCert(ca)
	hour := time.Hour
	for _, c := range []struct {
		name  string
		roots *x509.CertPool
		cert  x509.Certificate
		want  string
	}{
		{"right", roots, x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(hour)}, ""},
		{"of another", roots, x509.Certificate{DNSNames: []string{"other.example"}, NotAfter: time.Now().Add(hour)}, "Its certificate is of another name."},
		{"expired", roots, x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(-hour)}, "Its certificate is expired or not valid yet."},
		{"of nobody", x509.NewCertPool(), x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotAfter: time.Now().Add(hour)}, "Its certificate is of nobody that is trusted."},
	} {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.TLS = &tls.Config{Certificates: []tls.Certificate{issue(t, c.cert, ca, key)}}
		s.StartTLS()
		r := ask(t, prober(t, Config{Roots: c.roots}), Target{URL: s.URL})
		s.Close()
		if c.want == "" && r.Failure != "" || c.want != "" && (r.Failure != model.TLSFailed || r.Text != c.want) {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
}

func authority(t *testing.T) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-48 * time.Hour),
		NotAfter: time.Now().Add(48 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, x, x, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	ca, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return ca, key
}

func issue(t *testing.T, x x509.Certificate, ca *x509.Certificate, by *ecdsa.PrivateKey) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x.SerialNumber, x.NotBefore = big.NewInt(2), time.Now().Add(-24*time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, &x, ca, &key.PublicKey, by)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestWhatIsNoPage(t *testing.T) {
	for _, u := range []string{"", "example.org", "ftp://example.org/", "http://", "https://:443/", "https://user:secret@example.org/", "http://a b/", "http://[::1"} {
		if _, err := New(Config{Targets: []Target{{URL: u}}}); err == nil {
			t.Errorf("%q is taken", u)
		}
		if _, err := New(Config{Control: []string{u}}); err == nil {
			t.Errorf("%q is taken as a control", u)
		}
	}
}
