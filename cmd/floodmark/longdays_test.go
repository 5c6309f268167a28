//go:build !soak

package main

// longDays are days that only make soak plays.
var longDays []played
