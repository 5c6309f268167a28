package duckdb

import (
	"fmt"
	"strings"
	"time"

	"floodmark/internal/model"
)

// schemaVersion is written into each file. A file of a newer version is left
// alone.
const schemaVersion = 1

// Kind is what a file holds.
type Kind uint8

// The kinds of file.
const (
	Flows   Kind = iota // flows
	Seconds             // series_1s
	Minutes             // roll-ups and series_1m
	Hours               // roll-ups and series_1h

	kinds
)

var kindNames = [kinds]string{"flows", "seconds", "minutes", "hours"}

// String returns the name in file names.
func (k Kind) String() string { return kindNames[k] }

// kindOf tells which files hold a table or view.
var kindOf = map[string]Kind{"flows": Flows, "series_1s": Seconds,
	"networks_1m": Minutes, "services_1m": Minutes, "interfaces_1m": Minutes, "series_1m": Minutes,
	"networks_1h": Hours, "services_1h": Hours, "interfaces_1h": Hours, "series_1h": Hours}

// period is the length of one file.
func (c *Config) period(k Kind) int64 {
	switch k {
	case Flows, Seconds:
		return int64(c.FlowPeriod)
	case Minutes:
		return int64(24 * time.Hour)
	}
	return int64(28 * 24 * time.Hour)
}

// Raw flows have a narrow and a wide form. Each column costs DuckDB some 20 ns a
// row, so the narrow one packs 24 values into 7 numbers (see packed). A row that
// does not fit it (IPv6, counts or interfaces over their bits) goes to the wide
// table; the view puts both together again under the documented names.
//
// The values stand in a STRUCT, since for plain columns DuckDB counts distinct
// values at every append, a sixth of all the work. time is a plain column, so
// that its minimum and maximum keep row groups from being read.
const flowsDDL = `
CREATE TABLE narrow(time BIGINT, f STRUCT("outer" UBIGINT, "inner" UBIGINT, what UBIGINT, far UBIGINT, near UBIGINT, span UBIGINT));
CREATE TABLE wide(time BIGINT, f STRUCT(duration_ms UINTEGER, src_hi UBIGINT, src_lo UBIGINT, dst_hi UBIGINT, dst_lo UBIGINT,
	ports UINTEGER, what UINTEGER, packets UINTEGER, bytes UBIGINT, sampling UINTEGER, exporter UINTEGER, in_if UINTEGER, out_if UINTEGER,
	src_at UBIGINT, dst_at UBIGINT, rest UTINYINT)); -- rest: fragment << 2 | direction
CREATE VIEW flows AS
SELECT time, ((f.span >> 3) & 16777215)::UINTEGER AS duration_ms,
	0::UBIGINT AS src_hi, (CASE WHEN f.span & 3 = 1 THEN f."inner" >> 32 ELSE f."outer" & 4294967295 END) + 281470681743360 AS src_lo,
	0::UBIGINT AS dst_hi, (CASE WHEN f.span & 3 = 1 THEN f."outer" & 4294967295 ELSE f."inner" >> 32 END) + 281470681743360 AS dst_lo,
	((f."inner" >> 16) & 65535)::USMALLINT AS src_port, (f."inner" & 65535)::USMALLINT AS dst_port,
	((f.what >> 16) & 255)::UTINYINT AS proto, ((f.what >> 8) & 255)::UTINYINT AS tcp_flags, (f.what & 255)::UTINYINT AS ttl,
	(f.what >> 32)::UINTEGER AS packets, f."outer" >> 32 AS bytes, (f.span >> 39)::UINTEGER AS sampling, ((f.span >> 27) & 4095)::UINTEGER AS exporter,
	((CASE WHEN f.span & 3 = 1 THEN f.near ELSE f.far END) & 65535)::UINTEGER AS in_if, ((CASE WHEN f.span & 3 = 1 THEN f.far ELSE f.near END) & 65535)::UINTEGER AS out_if, ((CASE WHEN f.span & 3 = 1 THEN f.near ELSE f.far END) >> 26)::UINTEGER AS src_as, ((CASE WHEN f.span & 3 = 1 THEN f.far ELSE f.near END) >> 26)::UINTEGER AS dst_as,
	(CASE WHEN ((CASE WHEN f.span & 3 = 1 THEN f.near ELSE f.far END) >> 16) & 1023 = 0 THEN 0 ELSE 16448 + ((((CASE WHEN f.span & 3 = 1 THEN f.near ELSE f.far END) >> 21) & 31) << 8) + (((CASE WHEN f.span & 3 = 1 THEN f.near ELSE f.far END) >> 16) & 31) END)::USMALLINT AS src_country, (CASE WHEN ((CASE WHEN f.span & 3 = 1 THEN f.far ELSE f.near END) >> 16) & 1023 = 0 THEN 0 ELSE 16448 + ((((CASE WHEN f.span & 3 = 1 THEN f.far ELSE f.near END) >> 21) & 31) << 8) + (((CASE WHEN f.span & 3 = 1 THEN f.far ELSE f.near END) >> 16) & 31) END)::USMALLINT AS dst_country,
	(f.span & 3)::UTINYINT AS direction, ((f.what >> 24) & 255)::UTINYINT AS class, (f.span & 4) <> 0 AS fragment
FROM narrow
UNION ALL
SELECT time, f.duration_ms, f.src_hi, f.src_lo, f.dst_hi, f.dst_lo,
	(f.ports >> 16)::USMALLINT, (f.ports & 65535)::USMALLINT,
	((f.what >> 16) & 255)::UTINYINT, ((f.what >> 8) & 255)::UTINYINT, (f.what & 255)::UTINYINT,
	f.packets, f.bytes, f.sampling, f.exporter,
	f.in_if, f.out_if, (f.src_at >> 16)::UINTEGER, (f.dst_at >> 16)::UINTEGER,
	(f.src_at & 65535)::USMALLINT, (f.dst_at & 65535)::USMALLINT,
	(f.rest & 3)::UTINYINT, (f.what >> 24)::UTINYINT, (f.rest & 4) <> 0
FROM wide;`

// Roll-ups sum flows by few columns each, so that their keys stay few. packets and
// bytes are corrected for sampling, squares is the sum of packets*sampling², of
// which the variance follows. folded tells what a row lost when there were too many
// keys; such columns are 0:
//
//	1  the AS of the outer side (the source of In, the destination of Out, both of Through), or port and side, or both interfaces
//	2  all but exporter and direction
//	3  all but time
//
// Sums by time are always right. A key may occur in more than one row.
var rollupColumns = [families]string{
	networks:   "src_as UINTEGER, dst_as UINTEGER, src_country USMALLINT, dst_country USMALLINT",
	services:   "proto UTINYINT, port USMALLINT, side UTINYINT, class UTINYINT", // side: 0 no port, 1 that of the source, 2 of the destination
	interfaces: "in_if UINTEGER, out_if UINTEGER",
}

var familyNames = [families]string{"networks", "services", "interfaces"}

// rollupTables are the names of the roll-ups with a step's suffix.
func rollupTables(suffix string) []string {
	var out []string
	for _, n := range familyNames {
		out = append(out, n+suffix)
	}
	return out
}

func rollupDDL(suffix string) string {
	var s string
	for f, n := range familyNames {
		s += "CREATE TABLE " + n + suffix + "(time BIGINT, exporter UINTEGER, direction UTINYINT, folded UTINYINT, packets UBIGINT, bytes UBIGINT, flows UBIGINT, squares DOUBLE, " +
			rollupColumns[f] + ");"
	}
	return s
}

// metricColumns are the names of model.Metric as columns, in order.
func metricColumns() []string {
	out := make([]string, model.Metrics)
	for m := range model.Metrics {
		out[m] = strings.ReplaceAll(m.String(), "-", "_")
	}
	return out
}

func seriesDDL(name string, peaks bool) string {
	cols := "time BIGINT, target VARCHAR, direction UTINYINT, " + strings.Join(metricColumns(), " FLOAT, ") + " FLOAT, samples FLOAT, low FLOAT, high FLOAT"
	if peaks {
		cols += ", max_packets FLOAT, max_bits FLOAT"
	}
	return "CREATE TABLE " + name + "(" + cols + ");"
}

// ddl makes the tables of one file.
func ddl(k Kind) string {
	s := fmt.Sprintf("CREATE TABLE meta(version INTEGER, kind VARCHAR, rolled BIGINT); INSERT INTO meta VALUES (%d, '%s', 0);", schemaVersion, k)
	switch k {
	case Flows:
		return s + flowsDDL
	case Seconds:
		return s + seriesDDL("series_1s", false)
	case Minutes:
		return s + rollupDDL("_1m") + seriesDDL("series_1m", true)
	}
	return s + rollupDDL("_1h") + seriesDDL("series_1h", true)
}
