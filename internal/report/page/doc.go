// Package page writes a finished analysis as one self-contained HTML file: no
// script, no request of any kind, charts as SVG, readable on a phone, on a
// desk and in print, light and dark.
//
// Everything that comes from a recording is escaped by html/template, cleaned
// of control and direction characters and cut to length; lists are bounded, so
// that the file stays under 1 MB whatever was recorded. The package computes
// nothing but positions in charts. Pure; any goroutine.
package page
