// Package server builds the components of a running server, connects them, runs
// them and stops them in the order that loses nothing. It is what the API and the
// pages ask.
package server
