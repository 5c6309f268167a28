package public

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"
	"time"
)

// dumpTime is how long a dump may take to be written.
const dumpTime = 80 * time.Second

// dump streams counts: a day that is over stays as it is.
func (s *site) dump(w http.ResponseWriter, r *http.Request) {
	day, format, ok := strings.Cut(r.PathValue("file"), ".")
	if !ok || day != "live" && !isDay(day) || format != "csv" && (format != "parquet" || !s.Backend.Features().Parquet) {
		s.missing(w, r)
		return
	}
	f, p := parseFields(r.URL.RawQuery, "service")
	if p != nil {
		refuseJSON(w, p)
		return
	}
	if f["service"] != "" {
		if _, ok := s.Backend.Service(f["service"]); !ok {
			refuseJSON(w, noService)
			return
		}
	}
	select {
	case s.dumps <- struct{}{}:
		defer func() { <-s.dumps }()
	default:
		refuseJSON(w, busy(defaultAfter))
		return
	}
	s.writeDump(w, r, dumpName{day, format, f["service"]})
}

type dumpName struct{ day, format, service string }

func (s *site) writeDump(w http.ResponseWriter, r *http.Request, d dumpName) {
	ctx, cancel := context.WithTimeout(r.Context(), dumpTime)
	defer cancel()
	h := w.Header()
	readable(h)
	h.Set("Cache-Control", "public, max-age=3600")
	if d.day == "live" {
		h.Set("Cache-Control", "public, max-age=60")
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("Content-Type", "application/vnd.apache.parquet")
	if d.format == "csv" {
		h.Set("Content-Type", "text/csv; charset=utf-8")
	}
	name := d.day
	if s.Backend.Features().Synthetic != "" {
		name = "synthetic-" + name
	}
	if d.service != "" {
		name = d.service + "-" + name
	}
	h.Set("Content-Disposition", `attachment; filename="`+name+"."+d.format+`"`)
	if r.Method == http.MethodHead {
		return
	}
	out := &counted{w: w}
	var to io.Writer = out
	var z *gzip.Writer
	if d.format == "csv" && takesGzip(r.Header["Accept-Encoding"]) {
		h["Content-Encoding"] = gzipped
		z, _ = gzip.NewWriterLevel(out, gzip.BestSpeed) // the level is one
		to = z
	}
	err := s.Backend.Dump(ctx, to, d.day, d.format, d.service)
	if err == nil && z != nil {
		err = z.Close()
	}
	if err == nil {
		return
	}
	p := s.fault(r.Context(), err)
	if out.n > 0 {
		panic(http.ErrAbortHandler) // a cut file must not look whole
	}
	delete(h, "Content-Encoding")
	refuseJSON(w, p)
}

// isDay reports YYYY-MM-DD.
func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil && len(s) == len(time.DateOnly)
}

// counted counts what was written.
type counted struct {
	w io.Writer
	n int
}

// Write is that of io.Writer.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += n
	return n, err
}
