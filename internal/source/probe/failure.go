package probe

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"syscall"

	"floodmark/internal/model"
)

// failure tells why a request ended without an answer, by the stage in which it
// did. late is whether its time was over. The text is ours: errors hold
// addresses, and words of the other side.
func failure(s stage, err error, late bool) (model.ProbeFailure, string) {
	switch s {
	case naming:
		var e *net.DNSError
		if errors.As(err, &e) && e.IsNotFound {
			return model.NameFailed, "Its name does not exist."
		}
		return model.NameFailed, "Its name could not be resolved."
	case connecting:
		switch {
		case errors.Is(err, errNotProbed):
			return model.ConnectFailed, "Its name leads to an address that is not probed."
		case errors.Is(err, syscall.ECONNREFUSED):
			return model.ConnectRefused, "Connections to it are refused."
		case late || timeout(err):
			return model.ConnectTimeout, "Nothing answers at its address."
		}
		return model.ConnectFailed, "No connection to it comes about."
	case securing:
		return model.TLSFailed, tlsText(err, late)
	}
	if late || timeout(err) {
		return model.ResponseTimeout, "It gave no complete answer in time."
	}
	return model.ResponseFailed, "It cut the connection off, or what it sent is not HTTP."
}

func timeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

func tlsText(err error, late bool) string {
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &name):
		return "Its certificate is of another name."
	case errors.As(err, &authority):
		return "Its certificate is of nobody that is trusted."
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "Its certificate is expired or not valid yet."
	case errors.As(err, &verify):
		return "Its certificate is not valid."
	case late || timeout(err):
		return "No encrypted connection came about in time."
	}
	return "No encrypted connection comes about."
}

// evaluate tells whether an answer is what was asked for.
func evaluate(t *target, status int, found bool) (model.ProbeFailure, string) {
	text := fmt.Sprintf("It answers with status %d.", status)
	switch {
	case t.expected(status) && !found:
		return model.ResponseUnlike, "Its answer lacks the words that were expected."
	case t.expected(status):
		return model.NoFailure, text
	case status == 429:
		return model.ResponseThrottled, text
	case status >= 500 && status <= 599:
		return model.ResponseServer, text
	case status >= 400 && status <= 499:
		return model.ResponseRefused, text
	}
	return model.ResponseUnlike, text
}
