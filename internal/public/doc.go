// Package public serves what anyone may see and do: pages of services and
// incidents, the form and the API of reports, feeds, badges and open data. It
// shares no route with the operator's listener, and what it is not given it
// cannot show: no target, source address, threshold or sample ever comes here.
//
// Every page is the same for everybody and is made once for all who ask; what
// is of one visitor (the own network, a challenge) comes as fragments. It sets
// no cookies and loads nothing from elsewhere.
//
// It judges nothing, keeps nothing but finished answers (128 MiB at most), and
// opens no listener. How it is served, package api knows.
//
// It is an edge: handlers run on the goroutines of net/http, and any of them
// may call anything here. It owns one goroutine, which tells followers of
// changes and runs while there are any. What a Backend returns is read and never
// changed.
package public
