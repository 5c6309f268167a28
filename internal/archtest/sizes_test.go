package archtest

import (
	"fmt"
	"go/ast"
	"path/filepath"
)

// Budgets of size, without tests.
const (
	maxPackageLines  = 3000
	maxFileLines     = 400
	maxFunctionLines = 60
	maxParameters    = 4
)

func sizes(files []goFile) []offender {
	var out []offender
	packages := make(map[string]int)
	for _, f := range files {
		n := f.set.File(f.syntax.FileStart).LineCount()
		if n > maxFileLines {
			out = append(out, offender{"file", f.room, filepath.ToSlash(f.path), fmt.Sprintf("%d lines, at most %d", n, maxFileLines)})
		}
		if !f.test {
			packages[f.room] += n
		}
	}
	for room, n := range packages {
		if n > maxPackageLines {
			out = append(out, offender{"package", room, room, fmt.Sprintf("%d lines without tests, at most %d", n, maxPackageLines)})
		}
	}
	return out
}

func functions(files []goFile) []offender {
	var out []offender
	for _, f := range files {
		if f.test {
			continue
		}
		for _, d := range f.syntax.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			name := f.room + "." + receiver(fn) + fn.Name.Name
			if n := f.set.Position(fn.End()).Line - f.set.Position(fn.Pos()).Line + 1; n > maxFunctionLines {
				out = append(out, offender{"function", f.room, name, fmt.Sprintf("%d lines, at most %d", n, maxFunctionLines)})
			}
			if n := fn.Type.Params.NumFields(); n > maxParameters {
				out = append(out, offender{"parameter", f.room, name, fmt.Sprintf("%d parameters, at most %d", n, maxParameters)})
			}
		}
	}
	return out
}

// receiver is the type of a method with a dot, or "".
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) == 0 {
		return ""
	}
	x := fn.Recv.List[0].Type
	if s, ok := x.(*ast.StarExpr); ok {
		x = s.X
	}
	if g, ok := x.(*ast.IndexExpr); ok {
		x = g.X
	}
	if id, ok := x.(*ast.Ident); ok {
		return id.Name + "."
	}
	return ""
}
