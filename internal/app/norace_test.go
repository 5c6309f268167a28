//go:build !race

package app

const everyNth = 1
