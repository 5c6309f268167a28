//go:build !race

package counts

const fewer = 1
