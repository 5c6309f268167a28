//go:build !race

package eprocess

const fewer = 1
