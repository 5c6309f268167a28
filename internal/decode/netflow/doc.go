// Package netflow reads NetFlow v5, NetFlow v9 (RFC 3954) and IPFIX (RFC 7011)
// datagrams into flow records: templates, options templates with sampling rates
// per sampler, variable-length and enterprise fields, template withdrawal,
// bidirectional flows (RFC 5103) and packet sections (IE 104, 313, 315).
//
// It deliberately does not open sockets or files, correct counts for sampling,
// spread flows over time, remove duplicates, or guess a sampling rate that the
// exporter did not tell. Structured data types (RFC 6313) are stepped over.
//
// A Decoder belongs to one goroutine. Records and errors it hands out belong to
// the Decoder and are valid only during the call (errors: until the next call);
// datagrams are read during the call only and never kept.
package netflow
