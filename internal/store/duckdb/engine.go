package duckdb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	driver "github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// engine is one DuckDB instance with a small file of its own, which also keeps a
// second process out of the directory. Period files are attached to it.
type engine struct {
	sql *sql.DB          // for readers
	db  mapping.Database // the same instance, for appenders
}

func openEngine(ctx context.Context, cfg *Config) (*engine, error) {
	path := filepath.Join(cfg.Dir, "engine.duckdb")
	connector, err := driver.NewConnector(path, nil)
	if err != nil {
		return nil, fmt.Errorf("open flow store %s: %w", cfg.Dir, err)
	}
	e := &engine{sql: sql.OpenDB(connector)}
	e.sql.SetMaxOpenConns(cfg.Queries)
	// The appender needs the C handle, which the driver does not give away. Its
	// cache of instances returns the same one for the same path and settings.
	var c mapping.Config
	mapping.CreateConfig(&c)
	defer mapping.DestroyConfig(&c)
	mapping.SetConfig(c, "duckdb_api", "go")
	var msg string
	if mapping.GetOrCreateFromCache(driver.GetInstanceCache(), path, &e.db, c, &msg) == mapping.StateError {
		e.sql.Close()
		return nil, fmt.Errorf("open flow store %s: %s", cfg.Dir, msg)
	}
	for _, q := range []string{
		"ATTACH ':memory:' AS empty",
		"SET autoinstall_known_extensions=false",
		"SET autoload_known_extensions=false",
		"SET allow_community_extensions=false",
		fmt.Sprintf("SET threads=%d", cfg.Threads),
		fmt.Sprintf("SET memory_limit='%dB'", cfg.MemoryLimit),
		"SET temp_directory=" + quote(filepath.Join(cfg.Dir, "tmp")),
		// One method that suits numbers of few bits; trying them all at each
		// row group costs a third of the work.
		"SET force_compression='bitpacking'",
		"SET preserve_insertion_order=false",
		"SET allowed_directories=[" + quote(cfg.Dir+"/") + "]",
		"SET enable_external_access=false",
		"SET lock_configuration=true",
	} {
		if _, err := e.sql.ExecContext(ctx, q); err != nil {
			e.close()
			return nil, fmt.Errorf("set up the flow store: %s: %w", q, err)
		}
	}
	// Queries over no file at all still need tables to name.
	for k := range kinds {
		q := "USE empty; CREATE SCHEMA " + k.String() + "; USE empty." + k.String() + ";" + ddl(k)
		conn, err := e.sql.Conn(ctx)
		if err == nil {
			_, err = conn.ExecContext(ctx, q)
			_, back := conn.ExecContext(ctx, "USE engine.main")
			err = errors.Join(err, back, conn.Close())
		}
		if err != nil {
			e.close()
			return nil, fmt.Errorf("set up the flow store: %w", err)
		}
	}
	return e, nil
}

func (e *engine) close() error {
	mapping.Close(&e.db)
	return e.sql.Close()
}

// link is one connection of the store's own.
type link struct{ c mapping.Connection }

func (e *engine) link() (*link, error) {
	l := new(link)
	if mapping.Connect(e.db, &l.c) == mapping.StateError {
		return nil, errors.New("connect to the flow store")
	}
	return l, nil
}

func (l *link) close() { mapping.Disconnect(&l.c) }

// exec runs statements one by one; the error is DuckDB's own.
func (l *link) exec(q string) error {
	_, err := l.int(q)
	return err
}

// int runs a statement and returns the first value of its first row as a number, 0 if there
// is none. Only for results of BIGINT.
func (l *link) int(q string) (int64, error) {
	var r mapping.Result
	defer mapping.DestroyResult(&r)
	if mapping.Query(l.c, q, &r) == mapping.StateError {
		return 0, errors.New(strings.TrimSpace(mapping.ResultError(&r)))
	}
	chunk := mapping.FetchChunk(r)
	if chunk.Ptr == nil {
		return 0, nil
	}
	defer mapping.DestroyDataChunk(&chunk)
	if mapping.DataChunkGetSize(chunk) == 0 || mapping.DataChunkGetColumnCount(chunk) == 0 {
		return 0, nil
	}
	v := mapping.DataChunkGetVector(chunk, 0)
	t := mapping.VectorGetColumnType(v)
	defer mapping.DestroyLogicalType(&t)
	if mapping.GetTypeId(t) != mapping.TypeBigInt {
		return 0, nil
	}
	if valid := mapping.VectorGetValidity(v); valid != nil && !mapping.ValidityRowIsValid(valid, 0) {
		return 0, nil
	}
	return *(*int64)(mapping.VectorGetData(v)), nil
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// damaged tells errors that a file will give again whenever it is opened.
func damaged(err error) bool {
	s := err.Error()
	for _, sign := range []string{"not a valid DuckDB database file", "Corrupt", "checksum", "Serialization Error", "INTERNAL Error", "truncated", "Could not read", "does not exist"} {
		if strings.Contains(s, sign) {
			return true
		}
	}
	return false
}
