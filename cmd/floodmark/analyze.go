package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"floodmark/internal/app"
	"floodmark/internal/model"
	"floodmark/internal/report"
	"floodmark/internal/report/export"
	"floodmark/internal/report/page"
	"floodmark/internal/report/seal"
)

// analyzeFlags are the options of `floodmark analyze`.
type analyzeFlags struct {
	app.AnalyzeOptions
	json    bool
	html    string
	exports []string
	redact  bool
	sign    string
}

func analyzeCommand() *cobra.Command {
	var f analyzeFlags
	c := &cobra.Command{
		Use:   "analyze [flags] FILE...",
		Short: "Analyze traffic recordings and write an evidence report",
		Long: "Reads captures (pcap, pcapng), recorded flow exports, nfdump files and nfdump CSV, plain or compressed with gzip or\n" +
			"zstd: files, directories, or - for standard input. Several files are analyzed as one recording.",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("analyze: name at least one recording, or - for standard input")
			}
			f.Paths = args
			f.Version = release
			return analyze(c.Context(), c.OutOrStdout(), &f)
		},
	}
	fl := c.Flags()
	fl.BoolVar(&f.json, "json", false, "print the report as JSON only")
	fl.StringVar(&f.html, "html", "", "write the report to a single HTML `FILE`")
	fl.StringArrayVar(&f.exports, "export", nil, "export as `FORMAT=FILE` (ddosch, misp or stix); may be repeated")
	fl.StringVar(&f.Target, "target", "", "address or `CIDR` of the target, instead of detecting it")
	fl.StringArrayVar(&f.Claims, "claim", nil, "check a public claim `TEXT`, such as \"country=UA majority of packets\"")
	fl.Uint32Var(&f.Sampling, "sampling", 0, "sampling rate (1 in `N` packets), overriding the rate in the data")
	fl.StringVar(&f.As, "as", "", "read captures as `packets|flows` instead of detecting flow exports")
	fl.BoolVar(&f.redact, "redact", false, "truncate third parties' addresses to /24 and /48")
	fl.StringVar(&f.sign, "sign", "", "sign the report with the Ed25519 private `KEY` (PEM file)")
	fl.StringVar(&f.Geo, "geo", "", "address database `FILE`, or none")
	return c
}

func analyze(ctx context.Context, out io.Writer, f *analyzeFlags) error {
	if f.As != "" && f.As != "packets" && f.As != "flows" {
		return usage("--as %s: expected packets or flows", f.As)
	}
	exports, err := parseExports(f.exports)
	if err != nil {
		return err
	}
	var key ed25519.PrivateKey
	if f.sign != "" {
		if key, err = readKey(f.sign); err != nil {
			return err
		}
	}
	if err := notInputs(f.Paths, f.html, exports); err != nil {
		return err
	}
	if err := writable(f.html, exports); err != nil {
		return err
	}
	line := newProgress(os.Stderr)
	f.Progress = line.show
	a, seed, err := app.Analyze(ctx, f.AnalyzeOptions)
	line.clear()
	if err != nil {
		return analysisError(ctx, err)
	}
	sealed, err := seal.Seal(a, seed[:], key)
	if err != nil {
		return &exitError{exitFailed, err}
	}
	if f.redact {
		if sealed, err = seal.Redact(sealed); err != nil {
			return &exitError{exitFailed, err}
		}
	}
	shown, err := seal.Decode(sealed)
	if err != nil {
		return &exitError{exitFailed, err}
	}
	return f.write(out, exports, sealed, shown)
}

// write writes the report to every requested output.
func (f *analyzeFlags) write(out io.Writer, exports []exportFile, sealed []byte, a *model.Analysis) error {
	if f.html != "" {
		if err := writeFile(f.html, func(w io.Writer) error { return page.Render(w, a) }); err != nil {
			return err
		}
	}
	for _, e := range exports {
		if err := writeFile(e.path, func(w io.Writer) error { return export.Write(e.format, w, a) }); err != nil {
			return err
		}
	}
	if f.json {
		if _, err := out.Write(append(sealed, '\n')); err != nil {
			return &exitError{exitFailed, err}
		}
		return nil
	}
	width, color := terminal(out)
	text := report.Text(a, width, color)
	if f.html != "" {
		text += "The full report is in " + f.html + "\n"
	}
	if _, err := io.WriteString(out, text); err != nil {
		return &exitError{exitFailed, err}
	}
	return nil
}

// notInputs refuses to write over a recording: one that was named, or one in a
// directory that was named.
func notInputs(paths []string, html string, exports []exportFile) error {
	outputs := []string{html}
	for _, e := range exports {
		outputs = append(outputs, e.path)
	}
	for _, out := range outputs {
		o, err := os.Stat(out)
		if out == "" || err != nil {
			continue // a file that does not exist is no input
		}
		for _, p := range paths {
			in, err := os.Stat(p)
			if err != nil {
				continue
			}
			same := os.SameFile(o, in)
			if dir, err := os.Stat(filepath.Dir(out)); err == nil && in.IsDir() {
				same = same || os.SameFile(dir, in)
			}
			if same {
				return usage("%s is among the recordings; name another file to write to", out)
			}
		}
	}
	return nil
}

// writable finds out before a long analysis whether its files can be written.
func writable(html string, exports []exportFile) error {
	paths := []string{html}
	for _, e := range exports {
		paths = append(paths, e.path)
	}
	for _, p := range paths {
		if p == "" {
			continue
		}
		w, err := os.OpenFile(p+".part", os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return fileError(p, err)
		}
		w.Close()
		os.Remove(p + ".part")
	}
	return nil
}

// fileError names the file that the user asked for, not the temporary one.
func fileError(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return &exitError{exitFailed, fmt.Errorf("write %s: %w", path, err)}
}

// writeFile writes beside the place and renames, so that no half report stays.
func writeFile(path string, fill func(io.Writer) error) error {
	tmp := path + ".part"
	w, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o644)
	if err != nil {
		return fileError(path, err)
	}
	err = fill(w)
	if e := w.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		os.Remove(tmp)
		return fileError(path, err)
	}
	return nil
}

func readKey(path string) (ed25519.PrivateKey, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, usage("--sign: %v", err)
	}
	key, err := seal.ParsePrivateKey(data)
	if err != nil {
		return nil, usage("--sign %s: %v", path, err)
	}
	return key, nil
}

// analysisError gives an error its exit code: an interrupted analysis failed,
// everything else is wrong usage or nothing usable in the input.
func analysisError(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return &exitError{exitFailed, errors.New("interrupted")}
	}
	return &exitError{exitUsage, err}
}

func usage(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

type exportFile struct {
	format, path string
}

func parseExports(list []string) ([]exportFile, error) {
	var out []exportFile
	for _, e := range list {
		format, path, ok := strings.Cut(e, "=")
		if !ok || path == "" {
			return nil, usage("--export %s: expected FORMAT=FILE", e)
		}
		if !slices.Contains(export.Formats(), format) {
			return nil, usage("--export %s: unknown format %s, expected one of %s", e, format, strings.Join(export.Formats(), ", "))
		}
		out = append(out, exportFile{format, path})
	}
	return out, nil
}

// recompute recomputes a report from its inputs, for verify.
func recompute(ctx context.Context, set model.Settings, paths []string) ([]byte, error) {
	line := newProgress(os.Stderr)
	defer line.clear()
	a, seed, err := app.Analyze(ctx, app.AnalyzeOptions{Paths: paths, Target: set.Target, Claims: set.Claims, Sampling: set.Sampling,
		As: set.As, Version: release, Progress: line.show})
	if err != nil {
		return nil, err
	}
	return seal.Seal(a, seed[:], nil)
}
