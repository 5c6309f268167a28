package api_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"floodmark/internal/api"
)

// serving runs Serve on a free port of loopback until stop is called.
func serving(t *testing.T, h http.Handler, certs *api.Certificates) (addr string, stop func() error) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- api.Serve(ctx, ln, h, certs, nil) }()
	stop = func() error { cancel(); err := <-ended; ended <- err; return err }
	t.Cleanup(func() { _ = stop() })
	return ln.Addr().String(), stop
}

// certificate writes a self-signed one of 127.0.0.1 with a serial number.
func certificate(t *testing.T, dir string, serial int64) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	kb, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, b := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: kb}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(b), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool = x509.NewCertPool()
	pool.AddCert(parsed)
	return cert, key, pool
}

func TestServesWithTLSAndTakesARenewedCertificate(t *testing.T) {
	dir := t.TempDir()
	cert, key, pool := certificate(t, dir, 1)
	certs, err := api.LoadCertificates(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	s := operator(t, tokens())
	addr, _ := serving(t, s.h, certs)
	serial := func(pool *x509.CertPool) int64 {
		t.Helper()
		c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}}
		resp, err := c.Get("https://" + addr + "/api/v1/health/live")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK || resp.Header.Get("Strict-Transport-Security") == "" {
			t.Error(resp.StatusCode, resp.Header)
		}
		return resp.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	if n := serial(pool); n != 1 {
		t.Error(n)
	}
	_, _, renewed := certificate(t, dir, 2)
	if err := certs.Reload(); err != nil {
		t.Fatal(err)
	}
	if n := serial(renewed); n != 2 {
		t.Error(n)
	}
	if err := os.WriteFile(key, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := certs.Reload(); err == nil || !strings.Contains(err.Error(), key) {
		t.Error(err)
	}
	if n := serial(renewed); n != 2 {
		t.Error("a bad key took the good one away", n)
	}
}

func TestMissingCertificateIsNamed(t *testing.T) {
	if _, err := api.LoadCertificates("/nowhere/cert.pem", "/nowhere/key.pem"); err == nil || !strings.Contains(err.Error(), "/nowhere/cert.pem") {
		t.Error(err)
	}
}

func TestServesThisMachineWithoutTokens(t *testing.T) {
	addr, _ := serving(t, operator(t, nil).h, nil)
	resp, err := http.Get("http://" + addr + "/api/v1/clock")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Error(resp.Status)
	}
}

func TestStopEndsStreamsAndWaitsForAnswers(t *testing.T) {
	s := operator(t, nil)
	addr, stop := serving(t, s.h, nil)
	f := follow(t, "http://"+addr, "")
	if err := stop(); err != nil {
		t.Error(err)
	}
	for f.lines.Scan() {
	}
	if err := f.lines.Err(); err != nil {
		t.Errorf("the stream was cut: %v", err)
	}
}

// raw sends octets and returns what comes back until the server closes.
func raw(t *testing.T, addr, request string) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go io.WriteString(c, request)
	line, _ := bufio.NewReader(c).ReadString('\n')
	return line
}

func TestHeadersAreBounded(t *testing.T) {
	addr, _ := serving(t, operator(t, nil).h, nil)
	if got := raw(t, addr, "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: "+strings.Repeat("x", 64<<10)+"\r\n\r\n"); !strings.Contains(got, "431") {
		t.Error(got)
	}
	if got := raw(t, addr, "GET /api/v1/clock HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"); !strings.Contains(got, "403") {
		t.Error(got)
	}
}

func TestPanicsAreLoggedAndCutTheConnection(t *testing.T) {
	s := operator(t, nil)
	s.fake.Watched = nil
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("panic %v", v)
		}
	}()
	h, _ := api.OperatorTable(api.OperatorConfig{Backend: nil, Auth: api.NewAuth(nil, nil)}) // nil: every call panics
	(&setup{t: t, h: h}).get("/api/v1/clock")
	t.Error("no panic")
}
