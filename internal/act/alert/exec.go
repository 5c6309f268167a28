package alert

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"floodmark/internal/model"
	"floodmark/internal/text"
)

// Exec is a program that is run as FastNetMon runs its notify script: with the
// address, incoming or outgoing, packets/s and what to do as arguments, and JSON
// on standard input. It is not run by a shell.
type Exec struct {
	Command  string
	Args     []string      // before those of the alert
	Timeout  time.Duration // then it is killed with what it started, and run again later; 0 for a minute
	Prefixes bool          // run for prefixes too, in the form 198.51.100.0/24
	Details  bool          // run with attack_details when it is clearer what it is, or worse
}

// The actions, as FastNetMon calls them, and one of our own for tests.
const (
	ban     = "ban"
	unban   = "unban"
	details = "attack_details"
	test    = "test"
)

// maxOutput is how much of a program's output is kept.
const maxOutput = 4 << 10

type program struct {
	Exec
	log *slog.Logger
}

func newProgram(c *Exec, log *slog.Logger) (*program, error) {
	if !strings.HasPrefix(c.Command, "/") {
		return nil, fmt.Errorf("exec %q: want the whole path of a program", c.Command)
	}
	p := &program{*c, log}
	if p.Timeout <= 0 {
		p.Timeout = time.Minute
	}
	return p, nil
}

// action says what the event means for the program, "" for nothing: what such
// scripts do is done to an address, which customers and services are not.
func (p *program) action(m *Message, e *Event) string {
	switch {
	case e.Incident.Kind != "host" && !(p.Prefixes && e.Incident.Kind == "prefix"):
		return ""
	case m.Reason == forTest:
		return test
	case e.Last:
		return unban
	case e.First:
		return ban
	case p.Details && (e.Type == model.Changed || e.Type == model.Escalated):
		return details
	}
	return ""
}

func (p *program) send(ctx context.Context, m *Message) error {
	for i := range m.Events {
		e := &m.Events[i]
		action := p.action(m, e)
		if action == "" {
			continue
		}
		doc, err := json.Marshal(fastnetmon(action, e))
		if err != nil {
			return rejection{fmt.Errorf("exec: %w", err)}
		}
		args := append(append([]string(nil), p.Args...), e.Incident.Target, heading(e), strconv.FormatInt(pps(action, e), 10), action)
		if err := p.run(ctx, args, doc, m.Key); err != nil {
			return err
		}
	}
	return nil
}

func heading(e *Event) string {
	if e.Incident.Direction == model.Out.String() {
		return "outgoing"
	}
	return "incoming"
}

// pps is the rate now, and once it is over the highest.
func pps(action string, e *Event) int64 {
	if action == unban {
		return int64(e.Incident.Peak.Packets)
	}
	return int64(e.Incident.Rates.Packets)
}

// run starts the program in a process group of its own, so that a timeout also
// ends what it started. Of the environment it gets what programs need to run at
// all: the rest may hold secrets.
func (p *program) run(ctx context.Context, args []string, doc []byte, key string) error {
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, p.Command, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	cmd.Env = []string{"FLOODMARK_KEY=" + key}
	for _, name := range []string{"PATH", "HOME", "LANG", "TZ"} {
		if v, ok := os.LookupEnv(name); ok {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	cmd.Stdin = bytes.NewReader(doc)
	var output bounded
	cmd.Stdout, cmd.Stderr = &output, &output
	err := cmd.Run()
	printed := text.Clean(strings.TrimSpace(string(output.b)), maxOutput)
	if printed != "" {
		p.log.Info("alert program output", "program", p.Command, "target", args[len(args)-4], "action", args[len(args)-1], "output", printed)
	}
	switch {
	case errors.Is(err, exec.ErrWaitDelay):
		return nil // it ended well and left something running that holds its output
	case ctx.Err() == context.DeadlineExceeded:
		return fmt.Errorf("exec %s: killed after %s: %s", p.Command, p.Timeout, text.Clean(printed, 200))
	case err != nil:
		return fmt.Errorf("exec %s: %w: %s", p.Command, err, text.Clean(printed, 200))
	}
	return nil
}

// bounded keeps the beginning of what is written and takes the rest.
type bounded struct{ b []byte }

func (w *bounded) Write(p []byte) (int, error) {
	w.b = append(w.b, p[:min(len(p), maxOutput-len(w.b))]...)
	return len(p), nil
}
