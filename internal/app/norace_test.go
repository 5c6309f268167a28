//go:build !race

package app

const everyNth = 1

const flashUserReports = 1.0
