//go:build race

package eprocess

// The race detector is many times slower, and these simulations have no
// goroutine. The long run plays them at full size.
const fewer = 3
