// Command send loads a flow collector on loopback and measures what is around
// it: it sends export datagrams made beforehand at a fixed rate, receives them
// as the floor that no collector can be below, and times how long an attack
// takes to be told.
//
//	send load  -proto netflow9 -rate 100000 -n 1000000 -to 127.0.0.1:2055
//	send floor -listen 127.0.0.1:2055
//	send delay -to 127.0.0.1:6343 -hook 127.0.0.1:8099 -times 1.5 -runs 10
//
// It refuses any address but loopback. It deliberately knows nothing of the
// program's decoders or thresholds.
package main
