// Command reports loads the public listener on loopback as a crowd does: with
// reports whose proofs of work it prepares beforehand, with views of a page, and
// with pages that stay open. It prints one JSON object.
//
//	reports send   -to 127.0.0.1:8081 -service example -rate 10000 -n 100000
//	reports views  -to 127.0.0.1:8081 -path /s/example -conns 50 -for 10s
//	reports stream -to 127.0.0.1:8081 -path /events?service=example -conns 5000 -for 10s
//
// Reporters get addresses of -from by X-Forwarded-For, so the server must trust
// 127.0.0.1 as a proxy (trusted_proxies). It refuses any address but loopback,
// and deliberately knows nothing of the program but its public API.
package main
