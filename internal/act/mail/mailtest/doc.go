// Package mailtest is an SMTP server (RFC 5321) on loopback for tests: it takes
// mails, offers STARTTLS or begins with TLS, asks for authentication, and
// refuses or hangs up as it is told. It delivers nothing.
//
// The Server owns its goroutines until Close. Any goroutine may call any method.
package mailtest
