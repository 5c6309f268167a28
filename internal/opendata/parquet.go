package opendata

import (
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// column is a row as Parquet holds it: times as TIMESTAMP in milliseconds, UTC;
// what is normal is null where it is not known.
type column struct {
	Service   string   `parquet:"service,dict,zstd"`
	Time      int64    `parquet:"time,timestamp(millisecond),delta,zstd"`
	Problems  uint32   `parquet:"problems,zstd"`
	Effective float32  `parquet:"effective,zstd"`
	Works     uint32   `parquet:"works,zstd"`
	Expected  *float32 `parquet:"expected,optional,zstd"`
	Low       *float32 `parquet:"low,optional,zstd"`
	High      *float32 `parquet:"high,optional,zstd"`
}

// writeParquet writes the columns of Header as a Parquet file.
func writeParquet(w io.Writer, rows []Row) error {
	p := parquet.NewGenericWriter[column](w, parquet.CreatedBy("floodmark", "1", ""))
	const batch = 4096
	buf := make([]column, 0, min(batch, len(rows)))
	for len(rows) > 0 {
		n := min(batch, len(rows))
		buf = buf[:0]
		for i := range rows[:n] {
			buf = append(buf, columnOf(&rows[i]))
		}
		if _, err := p.Write(buf); err != nil {
			return fmt.Errorf("write parquet: %w", err)
		}
		rows = rows[n:]
	}
	if err := p.Close(); err != nil {
		return fmt.Errorf("write parquet: %w", err)
	}
	return nil
}

func columnOf(r *Row) column {
	c := column{Service: safe(r.Service), Time: floor(r.Time, 1e6), Problems: r.Problems, Effective: sane(r.Effective), Works: r.Works}
	if r.Known {
		expected, low, high := sane(r.Expected), sane(r.Low), sane(r.High)
		c.Expected, c.Low, c.High = &expected, &low, &high
	}
	return c
}

// floor divides and rounds down, also before 1970.
func floor(a, b int64) int64 {
	if a < 0 {
		return -((-a + b - 1) / b)
	}
	return a / b
}
