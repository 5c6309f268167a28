// Package api is the HTTP interface of the server: the operator's (API with
// its OpenAPI description, login, mounted pages and metrics) and the public
// one. They are two route tables that share no route.
//
// It declares what it needs of the program (Backend) and asks it anew for each
// request. It deliberately keeps nothing but sessions of logged-in browsers,
// judges nothing, opens no listener and renders no pages of the operator.
//
// It is an edge: handlers run on the goroutines of net/http, and everything
// may be called from any of them. What a Backend returns is read until the
// answer is written and never changed.
package api
