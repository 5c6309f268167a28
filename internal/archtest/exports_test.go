package archtest

import (
	"cmp"
	"go/ast"
	"go/token"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// unusedExports finds exported names of packages that no other package uses.
// A use from elsewhere is always written package.Name: there are no dot imports.
func unusedExports(files []goFile) []offender {
	used := make(map[string]bool) // room.Name
	for _, f := range files {
		rooms := make(map[string]string) // of the imports of this file, by their name in it
		for _, im := range f.syntax.Imports {
			path, _ := strconv.Unquote(im.Path.Value)
			if room, kind := classify(path); kind == "own" {
				name := path[strings.LastIndex(path, "/")+1:]
				if im.Name != nil {
					name = im.Name.Name
				}
				rooms[name] = room
			}
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && rooms[x.Name] != "" && rooms[x.Name] != f.room {
					used[rooms[x.Name]+"."+s.Sel.Name] = true
				}
			}
			return true
		})
	}
	markReached(files, used)
	var out []offender
	for _, f := range files {
		if f.test || f.syntax.Name.Name == "main" || strings.HasSuffix(f.room, "test") {
			continue
		}
		for _, id := range packageNames(f.syntax) {
			if name := f.room + "." + id; token.IsExported(id) && !used[name] {
				out = append(out, offender{"unused", f.room, name, "exported and used by no other package"})
			}
		}
	}
	return out
}

// markReached marks what others get hold of without naming it: the types in the
// declarations of what they use, and the other constants of an enumeration.
func markReached(files []goFile, used map[string]bool) {
	reaches := make(map[string][]string)
	for _, f := range files {
		if f.test {
			continue
		}
		for _, d := range f.syntax.Decls {
			for name, to := range mentions(d) {
				for _, id := range to {
					reaches[f.room+"."+name] = append(reaches[f.room+"."+name], f.room+"."+id)
				}
			}
		}
	}
	var walk func(name string)
	walk = func(name string) {
		for _, to := range reaches[name] {
			if !used[to] {
				used[to] = true
				walk(to)
			}
		}
	}
	for _, name := range slices.Collect(maps.Keys(used)) {
		walk(name)
	}
}

// mentions lists for each name of a declaration the names that its type mentions.
func mentions(d ast.Decl) map[string][]string {
	out := make(map[string][]string)
	note := func(name string, n ast.Node) {
		if n == nil {
			return
		}
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				out[name] = append(out[name], id.Name)
			}
			return true
		})
	}
	switch d := d.(type) {
	case *ast.FuncDecl:
		note(strings.TrimSuffix(cmp.Or(receiver(d), d.Name.Name), "."), d.Type)
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				note(s.Name.Name, s.Type)
			case *ast.ValueSpec:
				for _, id := range s.Names {
					if s.Type != nil {
						note(id.Name, s.Type)
					}
					if d.Tok == token.CONST {
						for _, other := range d.Specs {
							for _, o := range other.(*ast.ValueSpec).Names {
								out[id.Name] = append(out[id.Name], o.Name)
							}
						}
					}
				}
			}
		}
	}
	return out
}

// packageNames lists the names that a file declares for its package.
func packageNames(f *ast.File) []string {
	var out []string
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				out = append(out, d.Name.Name)
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					out = append(out, s.Name.Name)
				case *ast.ValueSpec:
					for _, id := range s.Names {
						out = append(out, id.Name)
					}
				}
			}
		}
	}
	return out
}

// components are the rooms whose files form a hierarchy.
var components = []string{"internal/server", "internal/pipeline", "internal/engine", "internal/investigator", "internal/userreports",
	"internal/exporters", "internal/conditions", "internal/archive"}

// fileCycles finds pairs of files of a component that use each other's types,
// functions, variables or constants.
func fileCycles(files []goFile) []offender {
	home := make(map[string]string) // room.name → path
	for _, f := range files {
		for _, id := range packageNames(f.syntax) {
			if !f.test {
				home[f.room+"."+id] = f.path
			}
		}
	}
	uses := make(map[[2]string]bool)
	for _, f := range files {
		if f.test || !slices.Contains(components, f.room) {
			continue
		}
		for _, id := range f.syntax.Unresolved {
			if to := home[f.room+"."+id.Name]; to != "" && to != f.path {
				uses[[2]string{f.path, to}] = true
			}
		}
	}
	var out []offender
	for u := range uses {
		if u[0] < u[1] && uses[[2]string{u[1], u[0]}] {
			room := filepath.ToSlash(filepath.Dir(u[0]))
			out = append(out, offender{"cycle", room, filepath.ToSlash(u[0]) + "<->" + filepath.Base(u[1]), "the files use each other"})
		}
	}
	return out
}
