package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"floodmark/internal/backup"
)

// serveControl serves requests of commands on this machine, on a socket in the
// data directory that its owner alone can reach.
func (s *Server) serveControl(ctx context.Context) error {
	path := filepath.Join(s.dir.Path(), controlFile)
	os.Remove(path) // of a run that was killed: the directory is ours
	l, err := s.opt.Network.listen("unix", path)
	if err != nil {
		return fmt.Errorf("control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return fmt.Errorf("control socket: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /backup", func(w http.ResponseWriter, r *http.Request) {
		dir := r.FormValue("dir")
		if !filepath.IsAbs(dir) {
			http.Error(w, "dir must be an absolute path", http.StatusUnprocessableEntity)
			return
		}
		if err := s.Backup(r.Context(), dir); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("POST /import", s.importHistory)
	h := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() {
		<-ctx.Done()
		h.Close()
	}()
	if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Backup copies everything that is kept into dir, which must be empty or absent.
func (s *Server) Backup(ctx context.Context, dir string) error {
	s.saveBaselines()
	s.reports.Save(ctx)
	return backup.Create(ctx, backup.Source{Dir: s.dir.Path(), Store: s.store, Journal: s.journal, Program: "floodmark " + s.opt.Version, At: s.clock.Time()}, dir)
}

// controlFile is the name of the socket in a data directory.
const controlFile = "control.sock"

// ControlSocket is where the server of a data directory takes requests.
func ControlSocket(dir string) string { return filepath.Join(dir, controlFile) }

// importHistory learns what was usual from a CSV.
func (s *Server) importHistory(w http.ResponseWriter, r *http.Request) {
	out, err := s.reports.Import(r.Body, r.URL.Query().Get("form") == "reports")
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	s.reports.Save(r.Context())
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(out); err != nil {
		s.log.Debug("answer to an import not read", "error", err)
	}
}
