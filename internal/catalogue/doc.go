// Package catalogue knows some well-known public services, so that a server
// without a configuration has something to report on, and the names of the
// components that most services have.
//
// What it says of a service is public knowledge and nothing more: it does not
// know what is up, and reads no files. Package settings puts an operator's own
// services in its place.
package catalogue
