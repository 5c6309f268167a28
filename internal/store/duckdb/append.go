package duckdb

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unsafe"

	"floodmark/internal/model"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

const vectorSize = 2048 // rows of a data chunk (DuckDB, STANDARD_VECTOR_SIZE)

// appender fills data chunks of one table. Slices into its vectors are valid
// until the next flush.
type appender struct {
	a       mapping.Appender
	chunk   mapping.DataChunk
	n       int
	vectors []unsafe.Pointer
	strings mapping.Vector // the VARCHAR column, if there is one
	nested  bool
}

func (l *link) appender(f *file, table string) (*appender, error) {
	a := new(appender)
	if mapping.AppenderCreateExt(l.c, f.alias, "main", table, &a.a) == mapping.StateError {
		err := errors.New(mapping.AppenderError(a.a))
		mapping.AppenderDestroy(&a.a)
		return nil, fmt.Errorf("append to %s of %s: %w", table, f.name(), err)
	}
	types := make([]mapping.LogicalType, mapping.AppenderColumnCount(a.a))
	for i := range types {
		types[i] = mapping.AppenderColumnType(a.a, mapping.IdxT(i))
		defer mapping.DestroyLogicalType(&types[i])
	}
	a.chunk = mapping.CreateDataChunk(types)
	a.nested = mapping.GetTypeId(types[len(types)-1]) == mapping.TypeStruct
	a.reset()
	return a, nil
}

// reset finds the memory of the vectors: that of the columns, or that of time and
// of the fields of the STRUCT beside it.
func (a *appender) reset() {
	mapping.DataChunkReset(a.chunk)
	a.n, a.vectors = 0, a.vectors[:0]
	for i := range mapping.DataChunkGetColumnCount(a.chunk) {
		v := mapping.DataChunkGetVector(a.chunk, i)
		if i == 1 && a.nested {
			t := mapping.VectorGetColumnType(v)
			for j := range mapping.StructTypeChildCount(t) {
				a.vectors = append(a.vectors, mapping.VectorGetData(mapping.StructVectorGetChild(v, j)))
			}
			mapping.DestroyLogicalType(&t)
			continue
		}
		if i == 1 {
			a.strings = v
		}
		a.vectors = append(a.vectors, mapping.VectorGetData(v))
	}
}

// column is the memory of a column of numbers.
func column[T any](a *appender, i int) *[vectorSize]T { return (*[vectorSize]T)(a.vectors[i]) }

// send gives the rows to the appender of DuckDB.
func (a *appender) send() error {
	if a.n == 0 {
		return nil
	}
	mapping.DataChunkSetSize(a.chunk, mapping.IdxT(a.n))
	state := mapping.AppendDataChunk(a.a, a.chunk)
	a.reset()
	if state == mapping.StateError {
		return errors.New(mapping.AppenderError(a.a))
	}
	return nil
}

// flush puts the rows into the transaction.
func (a *appender) flush() error {
	if err := a.send(); err != nil {
		return err
	}
	if mapping.AppenderFlush(a.a) == mapping.StateError {
		return errors.New(strings.TrimSpace(mapping.AppenderError(a.a)))
	}
	return nil
}

// close frees it; rows that were not flushed are lost.
func (a *appender) close() {
	mapping.AppenderClear(a.a)
	mapping.AppenderDestroy(&a.a)
	mapping.DestroyDataChunk(&a.chunk)
}

func sat32(v uint64) uint32 {
	if v > math.MaxUint32 {
		return math.MaxUint32
	}
	return uint32(v)
}

// span is the duration in ms, at most what is given.
func span(r *model.FlowRow, largest uint64) uint32 {
	if r.Last <= r.First {
		return 0
	}
	return uint32(min(uint64(r.Last-r.First)/1e6, largest))
}

func flags(r *model.FlowRow) uint32 {
	v := uint32(r.Direction) & 3
	if r.Fragment {
		v |= 4
	}
	return v
}

func ports(r *model.FlowRow) uint32 { return uint32(r.SrcPort)<<16 | uint32(r.DstPort) }

func what(r *model.FlowRow) uint32 {
	return uint32(r.Class)<<24 | uint32(r.Proto)<<16 | uint32(r.TCPFlags)<<8 | uint32(r.TTL)
}

func at(as uint32, c model.Code2) uint64 { return uint64(as)<<16 | uint64(c) }

// addNarrow appends the first rows, as many as have room, and returns how many
// these are. The columns' memory is looked up once, not for every row.
func (a *appender) addNarrow(rows []packed) int {
	time, outer, inner := column[int64](a, 0), column[uint64](a, 1), column[uint64](a, 2)
	what, far, near, span := column[uint64](a, 3), column[uint64](a, 4), column[uint64](a, 5), column[uint64](a, 6)
	n := min(len(rows), vectorSize-a.n)
	for j := range rows[:n] {
		r, i := &rows[j], (a.n+j)&(vectorSize-1)
		time[i] = r.time
		outer[i] = r.outer
		inner[i] = r.inner
		what[i] = r.what
		far[i] = r.far
		near[i] = r.near
		span[i] = r.span
	}
	a.n += n
	return n
}

// addWide appends one row to the table wide; see flowsDDL.
func (a *appender) addWide(r *model.FlowRow) error {
	i := a.n
	column[int64](a, 0)[i] = r.First / 1e6
	column[uint32](a, 1)[i] = span(r, math.MaxUint32)
	column[uint64](a, 2)[i] = r.Src.Hi
	column[uint64](a, 3)[i] = r.Src.Lo
	column[uint64](a, 4)[i] = r.Dst.Hi
	column[uint64](a, 5)[i] = r.Dst.Lo
	column[uint32](a, 6)[i] = ports(r)
	column[uint32](a, 7)[i] = what(r)
	column[uint32](a, 8)[i] = sat32(r.Packets)
	column[uint64](a, 9)[i] = r.Bytes
	column[uint32](a, 10)[i] = r.Sampling
	column[uint32](a, 11)[i] = r.Exporter
	column[uint32](a, 12)[i] = r.InIf
	column[uint32](a, 13)[i] = r.OutIf
	column[uint64](a, 14)[i] = at(r.SrcAS, r.SrcCountry)
	column[uint64](a, 15)[i] = at(r.DstAS, r.DstCountry)
	column[uint8](a, 16)[i] = uint8(flags(r))
	return a.next()
}

// addRollup appends one row of a family; time in Unix ms.
func (a *appender) addRollup(family int, r *rollRow, time int64) error {
	i, k := a.n, &r.key
	column[int64](a, 0)[i] = time
	column[uint32](a, 1)[i] = uint32(k[0] >> 32)
	column[uint8](a, 2)[i] = k.direction()
	column[uint8](a, 3)[i] = k.folded()
	column[uint64](a, 4)[i] = r.packets
	column[uint64](a, 5)[i] = r.bytes
	column[uint64](a, 6)[i] = r.flows
	column[float64](a, 7)[i] = r.squares
	switch family {
	case networks:
		column[uint32](a, 8)[i] = uint32(k[1] >> 32)
		column[uint32](a, 9)[i] = uint32(k[1])
		column[uint16](a, 10)[i] = code2(k[2] >> 16)
		column[uint16](a, 11)[i] = code2(k[2])
	case services:
		column[uint8](a, 8)[i] = uint8(k[1] >> 8)
		column[uint16](a, 9)[i] = uint16(k[1] >> 24)
		column[uint8](a, 10)[i] = uint8(k[1] >> 16)
		column[uint8](a, 11)[i] = uint8(k[1])
	case interfaces:
		column[uint32](a, 8)[i] = uint32(k[1] >> 32)
		column[uint32](a, 9)[i] = uint32(k[1])
	}
	return a.next()
}

// code2 makes letters of five bits each.
func code2(v uint64) uint16 {
	if v&0x1f1f == 0 {
		return 0
	}
	return uint16(v&0x1f1f | 0x4040)
}
