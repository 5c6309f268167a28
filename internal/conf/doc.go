// Package conf reads one strict YAML file into a tree of Go structs.
//
// Every key must be known, every value must have the right form and unit, and
// everything that is wrong is told at once, with line, column and what to
// write instead. Fields are named by the tag `conf:"name"`, or
// `conf:"name,restart"` where a running program cannot change them.
//
// It knows no key and no room: what the keys are is package settings'
// business. It does not read anchors, aliases, tags, merge keys or several
// documents: a file of a few dozen lines needs none, and they make bombs.
//
// It reads files and the environment only through System. Nothing is shared:
// any goroutine may use its own File. Decoded values do not point into the
// file's bytes.
package conf
