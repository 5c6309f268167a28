package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	startTimeout  = time.Minute      // a large journal is read back in seconds
	answerTimeout = 30 * time.Second // for one commit or question; a disk may stall for a while
)

type engineConfig struct {
	dir  string
	sync bool // before every answer; restoring does it once at the end instead
	log  *slog.Logger
	// failed is called when a write failed; nothing is answered from then on.
	failed func()
}

// engine is the server inside the process and the one connection to it.
type engine struct {
	server  *server.Server
	conn    *nats.Conn
	js      jetstream.JetStream
	streams [streams + 1]jetstream.Stream
	made    bool // a stream, so that its directories are new
}

func startEngine(c engineConfig) (*engine, error) {
	s, err := server.NewServer(&server.Options{
		ServerName: "floodmark",
		DontListen: true, // no socket of any kind: the connection is a pipe in the process
		NoSigs:     true,
		JetStream:  true,
		StoreDir:   c.dir,
		SyncAlways: c.sync,
		// The server would otherwise set aside a part of the disk and of the memory
		// and refuse beyond; how much is kept is decided here.
		JetStreamMaxStore:      1 << 60,
		JetStreamMaxMemory:     64 << 20, // nothing is kept in memory
		MaxPayload:             maxGroup + 64<<10,
		DisableJetStreamBanner: true,
	})
	if err != nil {
		return nil, fmt.Errorf("make the server: %w", err)
	}
	s.SetLoggerV2(&serverLog{log: c.log, failed: c.failed}, false, false, false)
	s.Start()
	e := &engine{server: s}
	if !s.ReadyForConnections(startTimeout) || !s.JetStreamEnabled() {
		e.stop()
		return nil, errors.New("the server did not start; its lines in the log say why")
	}
	if e.conn, err = nats.Connect("", nats.InProcessServer(s), nats.NoReconnect()); err != nil {
		e.stop()
		return nil, fmt.Errorf("connect in the process: %w", err)
	}
	if e.js, err = jetstream.New(e.conn); err != nil {
		e.stop()
		return nil, err
	}
	return e, nil
}

// open makes the stream, or brings its limits up to date, and returns what it
// holds.
func (e *engine) open(ctx context.Context, s Stream, l Limit) (jetstream.StreamState, error) {
	want := streamConfig(s, l)
	st, err := e.js.Stream(ctx, s.String())
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		st, err = e.js.CreateStream(ctx, want)
		e.made = true
	case err == nil:
		has := st.CachedInfo().Config
		if has.MaxBytes != want.MaxBytes || has.MaxAge != want.MaxAge {
			has.MaxBytes, has.MaxAge = want.MaxBytes, want.MaxAge
			st, err = e.js.UpdateStream(ctx, has)
		}
	}
	if err != nil {
		return jetstream.StreamState{}, fmt.Errorf("stream %s: %w", s, err)
	}
	e.streams[s] = st
	return st.CachedInfo().State, nil
}

func streamConfig(s Stream, l Limit) jetstream.StreamConfig {
	c := jetstream.StreamConfig{
		Name: s.String(), Subjects: []string{s.String()},
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
		MaxBytes: l.Bytes, MaxAge: l.Age, MaxMsgs: -1, MaxMsgSize: maxGroup + 64<<10, AllowDirect: true,
	}
	if s == state {
		c.Subjects = []string{stateSubject("*")}
		c.MaxMsgsPerSubject = 1
		// The oldest value must never go for a new one; Put refuses before.
		c.MaxBytes, c.MaxAge = -1, 0
	}
	return c
}

func (e *engine) stop() {
	if e.conn != nil {
		e.conn.Close()
	}
	e.server.Shutdown()
	e.server.WaitForShutdown()
}

// storeDir is where the server puts its files under the directory it is given.
func storeDir(dir string, s Stream) string {
	return filepath.Join(dir, "jetstream", "$G", "streams", s.String(), "msgs")
}
