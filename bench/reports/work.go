package main

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"strconv"
)

// solve finds a nonce such that SHA-256 of token, colon and nonce begins with so
// many zero bits.
func solve(token string, want int) string {
	b := append([]byte(token), ':')
	at := len(b)
	for n := int64(0); ; n++ {
		b = strconv.AppendInt(b[:at], n, 36)
		sum := sha256.Sum256(b)
		if bits.LeadingZeros64(binary.BigEndian.Uint64(sum[:])) >= want {
			return string(b)
		}
	}
}
