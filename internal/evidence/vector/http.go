package vector

// httpMethod returns the length of the HTTP method that p begins with (RFC 9110
// section 9.3, RFC 5789 and the HTTP/2 preface of RFC 9113 section 3.4), 0
// where there is none.
func httpMethod(p []byte) int {
	for _, m := range [...]string{"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PRI"} {
		if len(p) > len(m) && string(p[:len(m)]) == m && p[len(m)] == ' ' {
			return len(m)
		}
	}
	return 0
}
