//go:build !race

package app

const everyNth = 1

const crowded = 1.0
