//go:build !race

package app

const everyNth = 1

const flashScale = 1.0
