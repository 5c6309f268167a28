//go:build !race

package app

const everyNth = 1

const flashCrowds = 1.0
