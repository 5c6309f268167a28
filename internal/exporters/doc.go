// Package exporters knows who sends flows: the numbers under which stored flows
// name exporters, the templates that survive a restart, when each was last seen,
// and what is measured of its data. It reads no socket and decodes nothing.
package exporters
