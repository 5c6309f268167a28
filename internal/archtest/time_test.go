package archtest

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestNoTestWaitsForTheMachine refuses in tests what makes them depend on how
// fast the machine is: sleeps, and deadlines shorter than a minute. Where time
// passes, it does so in a testing/synctest bubble; what another process or the
// kernel does is waited for by testenv.Eventually.
func TestNoTestWaitsForTheMachine(t *testing.T) {
	for _, f := range tree(t) {
		if !f.test || strings.HasSuffix(f.path, "soak_test.go") || strings.HasSuffix(f.path, "bench_test.go") || imports(f.syntax, "testing/synctest") {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if called(call, "time", "Sleep") {
				t.Errorf("%s: time.Sleep: use a testing/synctest bubble, or testenv.Eventually", f.set.Position(n.Pos()))
			}
			if d, ok := limit(call); ok && d < time.Minute {
				t.Errorf("%s: a deadline of %s: a busy machine misses it; use testenv.Patience", f.set.Position(n.Pos()), d)
			}
			return true
		})
	}
}

func imports(f *ast.File, path string) bool {
	return slices.ContainsFunc(f.Imports, func(i *ast.ImportSpec) bool { return i.Path.Value == strconv.Quote(path) })
}

// called reports whether a call is of a package's function, or of a method where
// room is "".
func called(call *ast.CallExpr, room string, names ...string) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains(names, s.Sel.Name) {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return room == "" || ok && x.Name == room
}

// limit is the constant time after which a call gives up: the argument of a
// timeout, and what is added to now for a deadline. Pauses of select loops, which
// decide nothing, are of time.After in milliseconds.
func limit(call *ast.CallExpr) (time.Duration, bool) {
	switch {
	case called(call, "context", "WithTimeout"):
		return span(call.Args[1])
	case called(call, "time", "After", "NewTimer"):
		d, ok := span(call.Args[0])
		return d, ok && d >= time.Second
	case called(call, "", "SetDeadline", "SetReadDeadline", "SetWriteDeadline"):
		if add, ok := call.Args[0].(*ast.CallExpr); ok && called(add, "", "Add") {
			return span(add.Args[0])
		}
	}
	return 0, false
}

// span evaluates 20*time.Second and time.Second.
func span(e ast.Expr) (time.Duration, bool) {
	units := map[string]time.Duration{"Nanosecond": 1, "Microsecond": time.Microsecond, "Millisecond": time.Millisecond, "Second": time.Second, "Minute": time.Minute, "Hour": time.Hour}
	switch e := e.(type) {
	case *ast.SelectorExpr:
		d, ok := units[e.Sel.Name]
		return d, ok
	case *ast.BinaryExpr:
		if n, ok := e.X.(*ast.BasicLit); ok && e.Op == token.MUL && n.Kind == token.INT {
			count, err := strconv.Atoi(n.Value)
			d, ok := span(e.Y)
			return time.Duration(count) * d, ok && err == nil
		}
	}
	return 0, false
}

// TestSkipsFailWhereEverythingIsInstalled refuses skips that do not go through
// package testenv.
func TestSkipsFailWhereEverythingIsInstalled(t *testing.T) {
	for _, f := range tree(t) {
		if !f.test {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && (called(call, "t", "Skip", "Skipf", "SkipNow") || called(call, "b", "Skip", "Skipf", "SkipNow")) {
				t.Errorf("%s: a skip: use testenv.Missing, which fails under FLOODMARK_COMPLETE, or testenv.Optional", f.set.Position(n.Pos()))
			}
			return true
		})
	}
}
