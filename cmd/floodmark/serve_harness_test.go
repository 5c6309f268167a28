package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"floodmark/internal/api"
	"floodmark/internal/clock"
	"floodmark/internal/memnet"
	"floodmark/internal/testenv"
	"floodmark/internal/view"
)

// served is a running server: `floodmark serve` as a process of its own, or one
// in a bubble.
type served struct {
	t              *testing.T
	cmd            *exec.Cmd    // nil in a bubble
	end            func()       // of one in a bubble
	clock          *clock.Clock // of one in a bubble, nil for the system's
	client         *http.Client
	net            *memnet.Network // of one in a bubble, nil for the machine's
	dir, file      string
	url, public    string // of the operator's and the public listener
	netflow, sflow string // collectors, address:port
	token          string // sent with every request
	log            *lines
	started        time.Time
	ready          time.Duration // from its start until everything runs
	exited         chan struct{}
}

// lines is what a process writes, to be read while it writes.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// ports gives ports, for TCP and UDP alike, of a loopback address that nobody
// else on this machine has: no other process can take them before or between the
// runs of a program.
func ports(t testing.TB, n int) []string {
	t.Helper()
	k := addresses.Add(1)
	if k > 250 {
		t.Fatal("more addresses than a test binary has")
	}
	pid := os.Getpid()
	address := fmt.Sprintf("127.%d.%d.%d", 128+(pid>>8)%64, pid%256, k)
	var out []string
	for i := range n {
		out = append(out, fmt.Sprintf("%s:%d", address, 24001+i))
	}
	return out
}

var addresses atomic.Int64

// configured writes a configuration on free ports; text is the rest of it. Where
// that begins with http: it says OPERATOR and PUBLIC for the addresses.
func configured(t testing.TB, text string) (file string) {
	t.Helper()
	p := ports(t, 4)
	head := fmt.Sprintf("collectors:\n  - {protocol: netflow, listen: %q, readers: 2}\n  - {protocol: sflow, listen: %q, readers: 1}\n", p[0], p[1])
	if !strings.HasPrefix(text, "http:") {
		head += fmt.Sprintf("http:\n  operator: {listen: %q}\n  public: {listen: %q}\n", p[2], p[3])
	}
	text = strings.NewReplacer("OPERATOR", p[2], "PUBLIC", p[3]).Replace(text)
	return writeTest(t, filepath.Join(t.TempDir(), "floodmark.yaml"), []byte(head+text))
}

// serving starts the program and waits until it runs. file may be "".
func serving(t *testing.T, file, dir string, args ...string) *served {
	t.Helper()
	s := launch(t, file, dir, args...)
	s.await()
	return s
}

// launch starts the program.
func launch(t *testing.T, file, dir string, args ...string) *served {
	t.Helper()
	args = append([]string{"serve", "--data", dir}, args...)
	if file != "" {
		args = append(args, "--config", file)
	}
	s := &served{t: t, cmd: command(t, args...), dir: dir, file: file, log: new(lines), exited: make(chan struct{}), client: client}
	s.cmd.Stderr = s.log
	s.cmd.Env = append(s.cmd.Env, "TZ=UTC")
	s.launch()
	return s
}

func (s *served) launch() {
	s.t.Helper()
	s.started = time.Now()
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func() { s.cmd.Wait(); close(s.exited) }()
	s.t.Cleanup(func() {
		select {
		case <-s.exited:
		default:
			s.cmd.Process.Kill()
			<-s.exited
		}
		if s.t.Failed() {
			s.t.Logf("%s said:\n%s", s.cmd.Args, last(s.log.String(), 6000))
		}
	})
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

var (
	operatorLine  = regexp.MustCompile(`(?m)^floodmark \S+: operator (http://\S+?),`)
	publicLine    = regexp.MustCompile(`public (http://\S+?),`)
	collectorLine = regexp.MustCompile(`(netflow|sflow) (\S+:\d+)`)
)

// await waits until the program says that everything runs.
func (s *served) await() {
	s.t.Helper()
	s.until("it says where it listens", func() bool { return operatorLine.MatchString(s.log.String()) })
	s.ready = time.Since(s.started)
	_, line, _ := strings.Cut(s.log.String(), ": operator ")
	line, _, _ = strings.Cut(": operator "+line, "\n")
	s.url = operatorLine.FindStringSubmatch("floodmark x" + line)[1]
	if m := publicLine.FindStringSubmatch(line); m != nil {
		s.public = m[1]
	}
	for _, m := range collectorLine.FindAllStringSubmatch(line, -1) {
		if m[1] == "sflow" {
			s.sflow = m[2]
		} else if s.netflow == "" {
			s.netflow = m[2]
		}
	}
}

// patient is how long tests wait for what must happen.
const patient = testenv.Patience

// until waits for a condition, as long as the server runs.
func (s *served) until(what string, ok func() bool) {
	s.t.Helper()
	patient, pause := patient, 20*time.Millisecond
	if s.cmd == nil { // time costs nothing
		patient, pause = 24*time.Hour, time.Second/2
	}
	for end := time.Now().Add(patient); !ok(); {
		select {
		case <-s.exited:
			if !ok() {
				s.t.Fatalf("waiting until %s: the server ended\n%s", what, last(s.log.String(), 3000))
			}
			return
		case <-time.After(pause):
		}
		if time.Now().After(end) {
			s.t.Fatalf("waited %s until %s", patient, what)
		}
	}
}

// signal sends one.
func (s *served) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// stop ends the program in the orderly way and returns its exit code.
func (s *served) stop() int {
	s.t.Helper()
	if s.cmd == nil {
		s.end()
		<-s.exited
		return exitDone
	}
	s.signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(patient):
		s.signal(syscall.SIGQUIT)
		<-s.exited
		s.t.Fatalf("it did not stop:\n%s", last(s.log.String(), 20000))
	}
	return s.cmd.ProcessState.ExitCode()
}

// kill ends it in the worst way.
func (s *served) kill() {
	s.t.Helper()
	s.signal(syscall.SIGKILL)
	<-s.exited
}

// again starts another process on the same data and configuration.
func (s *served) again(args ...string) *served {
	s.t.Helper()
	next := serving(s.t, s.file, s.dir, args...)
	next.token = s.token
	return next
}

// send makes a request.
func (s *served) send(method, path, body string) (int, []byte, error) {
	r, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	if s.token != "" {
		r.Header.Set("Authorization", "Bearer "+s.token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, b, err
}

var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// get reads an answer of JSON into v.
func (s *served) get(path string, v any) {
	s.t.Helper()
	code, b, err := s.send(http.MethodGet, path, "")
	if err != nil || code != http.StatusOK {
		s.t.Fatalf("GET %s: %d %v %s", path, code, err, b)
	}
	if err := json.Unmarshal(b, v); err != nil {
		s.t.Fatalf("GET %s: %v: %s", path, err, b)
	}
}

// incidents lists those of a target and within it.
func (s *served) incidents(target string) []view.Incident {
	s.t.Helper()
	var page api.IncidentPage
	s.get("/api/v1/incidents?limit=1000&target="+target, &page)
	return page.Incidents
}

// opened waits until an incident of a target is open.
func (s *served) opened(target string) view.Incident {
	s.t.Helper()
	var found view.Incident
	s.until("an incident of "+target+" opens", func() bool {
		for _, in := range s.incidents(target) {
			if in.Target == target && in.OpenedAt != nil {
				found = in
				return true
			}
		}
		return false
	})
	return found
}

// exporters lists what is known of them.
func (s *served) exporters() map[string]api.Exporter {
	s.t.Helper()
	var l struct{ Exporters []api.Exporter }
	s.get("/api/v1/exporters", &l)
	out := make(map[string]api.Exporter)
	for _, e := range l.Exporters {
		out[e.Name] = e
	}
	return out
}

// condition tells the words of a condition that holds, "" where it does not.
func (s *served) condition(code string) string {
	s.t.Helper()
	var l struct{ Conditions []api.Condition }
	s.get("/api/v1/conditions", &l)
	for _, c := range l.Conditions {
		if c.Code == code {
			return c.Subject + ": " + c.Text
		}
	}
	return ""
}

// metric adds up a metric over its labels that hold part; -1 where there is none.
func (s *served) metric(name, part string) float64 {
	s.t.Helper()
	code, b, err := s.send(http.MethodGet, "/metrics", "")
	if err != nil || code != http.StatusOK {
		s.t.Fatalf("GET /metrics: %d %v", code, err)
	}
	sum, found := 0.0, false
	for line := range strings.Lines(string(b)) {
		at := strings.LastIndexByte(line, ' ') // values of labels may have some
		if at < 0 {
			continue
		}
		key, value := line[:at], line[at+1:]
		if bare, _, _ := strings.Cut(key, "{"); bare != name || !strings.Contains(key, part) {
			continue
		}
		var v float64
		fmt.Sscan(value, &v)
		sum, found = sum+v, true
	}
	if !found {
		return -1
	}
	return sum
}

// alone runs the test that calls it once more in a network of its own, with
// nothing but loopback, so that default ports are free. In there it returns
// true; outside the test is over.
func alone(t *testing.T) bool {
	t.Helper()
	const inside = "FLOODMARK_TEST_ALONE"
	if os.Getenv(inside) != "" {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		lo, err := unix.NewIfreq("lo")
		if err != nil {
			t.Fatal(err)
		}
		lo.SetUint16(unix.IFF_UP)
		if err := unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo); err != nil {
			t.Fatal("start loopback:", err)
		}
		return true
	}
	if os.Geteuid() != 0 {
		missing(t, "a network of its own needs root")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(self, "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=5m")
	c.Env = append(os.Environ(), inside+"=1")
	c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Pdeathsig: syscall.SIGKILL}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("in a network of its own: %v\n%s", err, out)
	} else {
		t.Logf("%s", out)
	}
	return false
}

// missing skips a test, or fails it where everything must run.
func missing(t *testing.T, what string) {
	t.Helper()
	testenv.Missing(t, "%s", what)
}
