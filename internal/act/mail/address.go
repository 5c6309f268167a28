package mail

import (
	"net/mail"
	"strings"
)

// parseAddress reads one address as people write it, without a name. It takes
// dot-atoms and host names in ASCII (RFC 5321, 4.1.2), names of other scripts as
// punycode; no quotes, no address literals. Such an address cannot hold a line
// break or anything else that a header or a command would read differently. The
// host is returned in lower case.
func parseAddress(s string) (string, error) {
	s = strings.TrimSpace(s)
	if len(s) > 254 { // RFC 5321, 4.5.3.1.3, without the brackets
		return "", ErrAddress
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s {
		return "", ErrAddress
	}
	local, host, _ := strings.Cut(s, "@")
	if len(local) > 64 || !atoms(local) {
		return "", ErrAddress
	}
	host = strings.ToLower(host)
	labels := strings.Split(host, ".")
	if len(labels) < 2 {
		return "", ErrAddress
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return "", ErrAddress
		}
	}
	if last := labels[len(labels)-1]; strings.Trim(last, "0123456789") == "" {
		return "", ErrAddress // an address of a machine
	}
	return local + "@" + host, nil
}

func atoms(local string) bool {
	for _, c := range []byte(local) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),:;<>@[\]`, c) >= 0 {
			return false
		}
	}
	return local != "" && local[0] != '.' && local[len(local)-1] != '.' && !strings.Contains(local, "..")
}

// box is the mailbox that an address most likely ends in, for limits: without
// what follows a plus, all in lower case.
func box(address string) string {
	local, host, _ := strings.Cut(strings.ToLower(address), "@")
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + host
}
