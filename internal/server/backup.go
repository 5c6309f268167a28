package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"floodmark/internal/datadir"
	"floodmark/internal/journal"
	"floodmark/internal/source/report"
	"floodmark/internal/store/duckdb"
)

// BackupForm names the form of a backup.
const BackupForm = "floodmark.backup/1"

// manifest tells what a backup is.
type manifest struct {
	Form    string `json:"form"`
	Program string `json:"program"`
	At      string `json:"at"` // RFC 3339, by the server's clock
}

// Names inside a backup, and of the socket in a data directory.
const (
	manifestFile = "backup.json"
	journalFile  = "journal.backup"
	controlFile  = "control.sock"
)

// Backup copies everything that is kept into dir, which must be empty or
// absent, while the server runs. The journal comes last, so that nothing in it
// speaks of what the rest does not have. The keys of hashes of people stay out:
// they live for a day, and a backup for longer.
func (s *Server) Backup(ctx context.Context, dir string) error {
	if err := emptyDir(dir); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := s.store.Backup(ctx, filepath.Join(dir, "store")); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	s.saveBaselines()
	s.reports.Save(ctx)
	for _, name := range []string{"evidence", "baselines", "crowd"} {
		if err := copyTree(filepath.Join(s.dir.Path(), name), filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
	}
	f, err := os.OpenFile(filepath.Join(dir, journalFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	err = s.journal.Backup(ctx, f, report.SaltKeys)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	// The manifest says that the backup is whole.
	return datadir.WriteFile(filepath.Join(dir, manifestFile),
		encode(manifest{BackupForm, "floodmark " + s.opt.Version, s.clock.Time().Format(time.RFC3339)}))
}

// Restore makes a data directory of a backup. The directory must be empty or
// absent; it appears whole or not at all.
func Restore(ctx context.Context, backup, dir, version string) error {
	var m manifest
	b, err := os.ReadFile(filepath.Join(backup, manifestFile))
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil || m.Form != BackupForm {
		return fmt.Errorf("restore: %s is no whole backup of this program's form (%s): %w", backup, BackupForm, errors.Join(err))
	}
	if err := emptyDir(dir); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	part := filepath.Clean(dir) + ".part"
	defer os.RemoveAll(part)
	d, err := datadir.Open(datadir.Config{Path: part, Program: "floodmark " + version})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer d.Close()
	// A server that was just started has no file of flows or series yet.
	if files, _ := filepath.Glob(filepath.Join(backup, "store", "*.duckdb")); len(files) > 0 {
		if err := duckdb.Restore(ctx, filepath.Join(backup, "store"), filepath.Join(part, "store")); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
	}
	for _, name := range []string{"evidence", "baselines", "crowd"} {
		if err := copyTree(filepath.Join(backup, name), filepath.Join(part, name)); err != nil {
			return fmt.Errorf("restore: %w", err)
		}
	}
	f, err := os.Open(filepath.Join(backup, journalFile))
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer f.Close()
	if err := journal.Restore(ctx, journal.Config{Dir: filepath.Join(part, "journal"), Reserve: 1 << 20}, f); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("restore: %w", err)
	}
	return os.Rename(part, dir)
}

// emptyDir wants a directory that is empty, or none, and makes it.
func emptyDir(dir string) error {
	list, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(list) > 0 {
		return fmt.Errorf("%s is not empty; give a directory that is empty or does not exist", dir)
	}
	return os.MkdirAll(dir, 0o700)
}

// copyTree copies a file or a directory; nothing where there is none.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // removed meanwhile, or never there
		}
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if d.IsDir() {
			return os.MkdirAll(target, 0o700)
		}
		if !d.Type().IsRegular() || filepath.Ext(path) == ".part" {
			return nil
		}
		return copyFile(path, target)
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	if e := out.Close(); err == nil {
		err = e
	}
	return err
}

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

// ControlSocket is where the server of a data directory takes requests.
func ControlSocket(dir string) string { return filepath.Join(dir, controlFile) }
