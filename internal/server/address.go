package server

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"net"
	"net/netip"
	"os"
)

// publicAddress is the URL under which links of feeds lead to the public pages,
// without the slash at the end: that of the configuration, or of the listener. The
// address of a request is not taken: anybody can send any Host, and answers are
// cached.
func (s *Server) publicAddress() string {
	if base := s.settings.UserReports.BaseURL; base != "" || s.public == nil {
		return base
	}
	scheme := "http://"
	if s.settings.HTTP.Public.TLS.On() {
		scheme = "https://"
	}
	host, port, err := net.SplitHostPort(s.public.Addr().String())
	if a, bad := netip.ParseAddr(host); err != nil || bad == nil && a.IsUnspecified() {
		name, _ := os.Hostname()
		host = cmp.Or(name, "localhost")
	}
	return scheme + net.JoinHostPort(host, port)
}

// instance is the UUID of this installation (version 8, RFC 9562 section 5.8). It
// tells nothing of the key in the data directory from which it is made.
func (s *Server) instance() (id [16]byte) {
	h := hmac.New(sha256.New, s.publicKey)
	h.Write([]byte("instance"))
	copy(id[:], h.Sum(nil))
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80
	return id
}
