package server

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"floodmark/internal/backup"
	"floodmark/internal/engine"
	"floodmark/internal/model"
	"floodmark/internal/settings"
	"floodmark/internal/source/report"
	"floodmark/internal/testenv"
)

// started runs a server on free ports until the test ends.
func started(t *testing.T, dir, config string) (*Server, Addresses, func()) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "floodmark.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := settings.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	up := make(chan Addresses, 1)
	s, err := New(t.Context(), Options{Settings: c, Dir: dir, Version: "test", Started: func(a Addresses) { up <- a }})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stopped := false
	stop := func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	select {
	case a := <-up:
		return s, a, stop
	case err := <-done:
		stopped = true
		t.Fatal(err)
	}
	return nil, Addresses{}, nil
}

// config is for a server on free ports.
func config(t *testing.T) string {
	t.Helper()
	port := func(network string) int {
		if network == "udp" {
			c, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			return c.LocalAddr().(*net.UDPAddr).Port
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().(*net.TCPAddr).Port
	}
	return fmt.Sprintf(`
collectors: [{protocol: sflow, listen: "127.0.0.1:%d", readers: 1}]
networks: [198.51.100.0/24]
http: {operator: {listen: "127.0.0.1:%d"}, public: {listen: "127.0.0.1:%d"}}
data: {min_free_space: 100MB}
`, port("udp"), port("tcp"), port("tcp"))
}

// keyOfHashes returns the key that a server hashes people with.
func keyOfHashes(t *testing.T, s *Server) []byte {
	t.Helper()
	b, err := s.journal.Get(t.Context(), report.SaltKeys+"0")
	if err != nil || len(b) != 8+32 {
		t.Fatalf("the key of hashes has %d octets, %v", len(b), err)
	}
	return b[8:]
}

// holds tells whether a file below dir holds octets.
func holds(t *testing.T, dir string, what []byte) bool {
	t.Helper()
	found := false
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // a server makes and removes files meanwhile
		}
		b, err := os.ReadFile(path)
		found = found || err == nil && bytes.Contains(b, what)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestBackupOfARunningServerIsRestored(t *testing.T) {
	dir, to := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "backup")
	s, _, stop := started(t, dir, config(t))
	a := model.Anomaly{At: s.clock.Now(), Since: s.clock.Now(), Phase: model.Raised, Kind: model.ByThreshold, Target: model.HostID(model.Addr4(0xc6336407)),
		Metric: model.Packets, Rate: 9e5, Bound: 1e5, Samples: 900, Sampling: 1000}
	s.engine.Send(engine.Anomalies{a})
	for len(s.incidents.All()) == 0 {
		select {
		case <-s.Changed():
		case <-time.After(testenv.Patience):
			t.Fatal("no incident")
		}
	}
	id := s.incidents.All()[0].ID
	if err := s.Command(t.Context(), model.Command{Type: model.Acknowledge, Incident: id, By: "me"}); err != nil {
		t.Fatal(err)
	}
	key := keyOfHashes(t, s)
	if !holds(t, filepath.Join(dir, "journal"), key) {
		t.Fatal("the key of hashes is not where it is looked for")
	}
	if err := s.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), to); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a second backup into the same directory: %v", err)
	}
	stop()
	restored := filepath.Join(t.TempDir(), "restored")
	if err := backup.Restore(t.Context(), to, restored, "floodmark test"); err != nil {
		t.Fatal(err)
	}
	// What is restored is not packed, as the backup is.
	if holds(t, restored, key) || holds(t, to, key) {
		t.Error("the backup holds the key of hashes")
	}
	again, _, _ := started(t, restored, config(t))
	if bytes.Equal(keyOfHashes(t, again), key) {
		t.Error("a restored server goes on with the key of hashes")
	}
	in, _, ok := again.incidents.Get(id)
	if !ok || in.Acknowledged == nil || in.Acknowledged.By != "me" {
		t.Errorf("restored incident: %v %+v", ok, in)
	}
}
