// Package view defines the JSON form of incidents and services. The public types
// hold what everybody may see; the operator's types embed them and add targets,
// thresholds, names of operators and what they did. The operator's API, its
// pages, the public API, feeds and alert messages all use these types, so that a
// fact has the same name everywhere.
//
// Constructors translate the model, whose JSON tags are the format on disk, and
// never change or keep their arguments. They do not decide what the public may
// see: package public removes that from the model before it asks for a view.
package view
