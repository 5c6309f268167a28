package investigator

import (
	"crypto/rand"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"floodmark/internal/datadir"
	"floodmark/internal/model"
	"floodmark/internal/report/seal"
)

// Documents are the sealed evidence documents of incidents, and the records that
// the newest ones rest on, as files. Which there are is known without looking at
// the disk.
type Documents struct {
	dir string

	mu        sync.Mutex          // guards what follows; never held over a file
	revisions map[string][]uint64 // by incident, ascending
	decoded   map[documentKey]*model.Analysis
}

type documentKey struct {
	id       string
	revision uint64
}

const (
	recordsFile = "records.gob"
	// keptDocuments is how many of an incident are kept besides the first, which
	// has what was known at the beginning.
	keptDocuments = 4
	// maxDecoded bounds the documents that are kept decoded for pages.
	maxDecoded = 16
)

// openDocuments looks which documents there are.
func openDocuments(dir string) (*Documents, error) {
	d := &Documents{dir: dir, revisions: make(map[string][]uint64), decoded: make(map[documentKey]*model.Analysis)}
	incidents, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list evidence: %w", err)
	}
	for _, in := range incidents {
		files, err := os.ReadDir(filepath.Join(dir, in.Name()))
		if err != nil {
			continue // not a directory of ours
		}
		for _, f := range files {
			name, ok := strings.CutSuffix(f.Name(), ".json")
			if n, err := strconv.ParseUint(name, 10, 64); ok && err == nil && n > 0 {
				d.add(in.Name(), n)
			}
		}
	}
	return d, nil
}

func (d *Documents) path(id string, revision uint64) string {
	return filepath.Join(d.dir, id, fmt.Sprintf("%06d.json", revision))
}

// Latest is the revision of the newest document of an incident, 0 for none.
func (d *Documents) Latest(id string) uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	if list := d.revisions[id]; len(list) > 0 {
		return list[len(list)-1]
	}
	return 0
}

func (d *Documents) has(id string, revision uint64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Contains(d.revisions[id], revision)
}

func (d *Documents) add(id string, revision uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := d.revisions[id]
	if i, found := slices.BinarySearch(list, revision); !found {
		d.revisions[id] = slices.Insert(slices.Clone(list), i, revision)
	}
}

func (d *Documents) remove(id string, revision uint64) {
	d.mu.Lock()
	list := slices.Clone(d.revisions[id])
	d.revisions[id] = slices.DeleteFunc(list, func(n uint64) bool { return n == revision })
	delete(d.decoded, documentKey{id, revision})
	d.mu.Unlock()
	os.Remove(d.path(id, revision))
}

// Read returns a document as it is kept, the latest for revision 0; false where
// there is none.
func (d *Documents) Read(id string, revision uint64) ([]byte, bool) {
	if revision == 0 {
		revision = d.Latest(id)
	}
	if !d.has(id, revision) {
		return nil, false
	}
	b, err := os.ReadFile(d.path(id, revision))
	return b, err == nil
}

// Analysis returns the latest document of an incident, decoded; nil where there is
// none. It is not to be changed.
func (d *Documents) Analysis(id string) (*model.Analysis, error) {
	key := documentKey{id, d.Latest(id)}
	d.mu.Lock()
	a := d.decoded[key]
	d.mu.Unlock()
	if a != nil {
		return a, nil
	}
	b, ok := d.Read(id, key.revision)
	if !ok {
		return nil, nil
	}
	a, err := seal.Decode(b)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.decoded) >= maxDecoded {
		clear(d.decoded)
	}
	d.decoded[key] = a
	return a, nil
}

// write seals a document and keeps it, the latest few of each incident.
func (d *Documents) write(id string, revision uint64, a *model.Analysis) error {
	b, err := seal.Seal(a, newSeed(), nil)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(d.dir, id), 0o750); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	if err := datadir.WriteFile(d.path(id, revision), b); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	d.add(id, revision)
	if revision > keptDocuments+1 {
		d.remove(id, revision-keptDocuments)
	}
	return nil
}

// keepRecords keeps the records that an incident's newest document rests on.
func (d *Documents) keepRecords(id string, records []model.Record) error {
	err := datadir.Replace(filepath.Join(d.dir, id, recordsFile), func(w io.Writer) error { return gob.NewEncoder(w).Encode(records) })
	if err != nil {
		return fmt.Errorf("keep records: %w", err)
	}
	return nil
}

// records returns what keepRecords kept; none is no error.
func (d *Documents) records(id string) ([]model.Record, error) {
	f, err := os.Open(filepath.Join(d.dir, id, recordsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var out []model.Record
	err = gob.NewDecoder(f).Decode(&out)
	return out, err
}

// Sweep removes the documents of incidents that were last written longer ago.
func (d *Documents) Sweep(keep time.Duration) {
	list, err := os.ReadDir(d.dir)
	if err != nil {
		return // none yet
	}
	for _, e := range list {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > keep {
			d.forget(e.Name())
			os.RemoveAll(filepath.Join(d.dir, e.Name()))
		}
	}
}

func (d *Documents) forget(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, n := range d.revisions[id] {
		delete(d.decoded, documentKey{id, n})
	}
	delete(d.revisions, id)
}

// newSeed makes the secret that a document's salts are derived from.
func newSeed() []byte {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return b
}
