package api

import "net/http"

// Route is a line of a route table, for tests that walk it.
type Route struct {
	Method, Path string
	Scope        Scope
}

func lines(t *table) []Route {
	var out []Route
	for _, r := range t.routes {
		out = append(out, Route{r.method, r.path, r.scope})
	}
	return out
}

// OperatorTable returns the handler of Operator and its routes.
func OperatorTable(c OperatorConfig) (http.Handler, []Route) {
	o := newOperator(c)
	return secure(o.table), lines(o.table)
}

// Numbers of limits that tests fill up.
const (
	MaxQuestions    = maxQuestions
	MaxStreams      = maxStreams
	FailuresAllowed = failuresAllowed
	MaxPlaces       = maxPlaces
	MaxSessions     = maxSessions
	SessionLife     = sessionLife
	SessionCookie   = sessionCookie
	MaxPoints       = maxPoints
)

var (
	SafeNext = safeNext
	Loopback = loopback
	Place    = place
)

// Places counts the places whose failed logins are remembered.
func (a *Auth) Places() int { return len(a.failures.byPlace) }
