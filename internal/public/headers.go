package public

import "net/http"

// policy allows what pages need from this server and nothing from elsewhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "

// Values of headers are slices that all answers share: nobody appends to them.
var (
	ownPages    = []string{policy + "'none'"}
	anyPages    = []string{policy + "*"}
	nosniff     = []string{"nosniff"}
	deny        = []string{"DENY"}
	sameOrigin  = []string{"same-origin"}
	crossOrigin = []string{"cross-origin"}
	noSensors   = []string{"camera=(), geolocation=(), microphone=()"}
	aYear       = []string{"max-age=31536000"}
	anyone      = []string{"*"}
	noStore     = []string{"no-store"}
	farCopies   = []string{farPolicy}
	gzipped     = []string{"gzip"}
	inHTML      = []string{"text/html; charset=utf-8"}
	inJSON      = []string{"application/json"}
)

// secure sets the headers that every answer has. The referrer goes to our own
// pages only: it tells there whether a feed or a mail led to a report.
func secure(h http.Header, encrypted bool) {
	h["Content-Security-Policy"] = ownPages
	h["X-Content-Type-Options"] = nosniff
	h["X-Frame-Options"] = deny
	h["Referrer-Policy"] = sameOrigin
	h["Cross-Origin-Opener-Policy"] = sameOrigin
	h["Cross-Origin-Resource-Policy"] = sameOrigin
	h["Permissions-Policy"] = noSensors
	if encrypted {
		h["Strict-Transport-Security"] = aYear
	}
}

// framed lets a page stand in a frame of any other page: the button alone.
func framed(h http.Header) {
	h["Content-Security-Policy"] = anyPages
	h["Cross-Origin-Resource-Policy"] = crossOrigin
	delete(h, "X-Frame-Options")
}

// readable lets scripts of any page read an answer.
func readable(h http.Header) {
	h["Access-Control-Allow-Origin"] = anyone
	h["Cross-Origin-Resource-Policy"] = crossOrigin
}
