// Package reporter lets the people of a scenario report by the public HTTP API:
// it asks for a challenge, works its proof out and posts the report, as a
// browser does. Each person's address goes into X-Forwarded-For, so the server
// must trust this machine as a proxy.
//
// It sends to loopback only: what is made up must not reach a real server. Run
// owns one goroutine for each connection and one that waits for the time, all
// of which end before it returns.
package reporter
