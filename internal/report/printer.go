package report

import (
	"fmt"
	"strings"
	"unicode"

	"floodmark/internal/model"
	"floodmark/internal/text"
	"floodmark/internal/wording"
)

// rank orders what may be left out first where the text is too long.
type rank int

const (
	could  rank = 0
	should rank = 10
	must   rank = 20
)

type style string

const (
	plain style = ""
	bold  style = "1"
	faint style = "2"
)

const indent = 15 // columns of the names on the left

// block is a paragraph: it is shown whole or left out.
type block struct {
	rank  rank
	style style
	lines []string
}

// printer collects blocks and drops the least important ones at the end.
type printer struct {
	width  int
	color  bool
	blocks []block
}

func (p *printer) line(r rank, s style, text string) {
	p.blocks = append(p.blocks, block{r, s, wrap(text, p.width, 0)})
}

func (p *printer) section(name string) { p.line(must, faint, name) }

// gap is an empty line, the first thing to go.
func (p *printer) gap() { p.blocks = append(p.blocks, block{could - 1, plain, []string{""}}) }

func (p *printer) para(r rank, text string, ids []string) {
	p.blocks = append(p.blocks, block{r, plain, wrap(wording.Sentence(text, 300)+" "+cite(ids), p.width, 2)})
}

func (p *printer) field(r rank, name, text string) {
	lines := wrap(text, p.width-indent, 0)
	for i := range lines {
		lines[i] = fmt.Sprintf("%-*s%s", indent, name, lines[i])
		name = ""
	}
	p.blocks = append(p.blocks, block{r, plain, lines})
}

// fit leaves out the least important blocks, the last of them first, until
// the text has at most maxLines.
func (p *printer) fit() string {
	total := 0
	for _, b := range p.blocks {
		total += len(b.lines)
	}
	for stated := false; total > maxLines; {
		drop := -1
		for i, b := range p.blocks {
			if len(b.lines) > 0 && (drop < 0 || b.rank <= p.blocks[drop].rank) {
				drop = i
			}
		}
		total -= len(p.blocks[drop].lines)
		if !stated && p.blocks[drop].rank >= could { // the first one left out makes room for saying so
			stated = true
			total++
			p.blocks[drop] = block{must + 1, faint, []string{"… more in the full report"}}
			continue
		}
		p.blocks[drop].lines = nil
	}
	var out strings.Builder
	for _, b := range p.blocks {
		for _, l := range b.lines {
			out.WriteString(p.paint(strings.TrimRight(l, " "), b.style) + "\n")
		}
	}
	return out.String()
}

func (p *printer) paint(s string, st style) string {
	if !p.color || st == plain {
		return s
	}
	return "\x1b[" + string(st) + "m" + s + "\x1b[0m"
}

// wrap breaks text into lines of at most width columns, the second and later
// ones indented by hang.
func wrap(text string, width, hang int) []string {
	lines, line, used := []string{}, "", 0
	for _, word := range words(text) {
		for columns(word) > width-hang { // a word that fits no line is cut
			head, tail := cut(word, width-hang)
			if used > 0 {
				lines, line, used = append(lines, line), strings.Repeat(" ", hang), hang
			}
			lines = append(lines, line+head)
			line, used, word = strings.Repeat(" ", hang), hang, tail
		}
		n := columns(word)
		switch {
		case used == 0 || used == hang && strings.TrimSpace(line) == "":
			line, used = line+word, used+n
		case used+1+n > width:
			lines = append(lines, line)
			line, used = strings.Repeat(" ", hang)+word, hang+n
		default:
			line, used = line+" "+word, used+1+n
		}
	}
	return append(lines, line)
}

// words splits text where a line may end: not between a figure and its unit,
// nor within a short bracket.
func words(text string) []string {
	out := []string{}
	for _, w := range strings.Fields(text) {
		n := len(out)
		if n > 0 && glued[strings.TrimRight(w, ",.;:)")] && strings.IndexByte("0123456789", out[n-1][len(out[n-1])-1]) >= 0 {
			out[n-1] += " " + w
			continue
		}
		out = append(out, w)
	}
	return out
}

// glued are the units that stay with the figure before them.
var glued = map[string]bool{"%": true, "s": true, "min": true, "h": true, "k": true, "M": true, "kbit/s": true, "Mbit/s": true, "Gbit/s": true,
	"Tbit/s": true, "bit/s": true, "Mbit": true, "Gbit": true, "kbit": true, "kB": true, "MB": true, "GB": true, "TB": true, "million": true, "billion": true}

// cut splits a word before column n.
func cut(word string, n int) (string, string) {
	used := 0
	for i, r := range word {
		if used += wide(r); used > n {
			return word[:i], word[i:]
		}
	}
	return word, ""
}

func columns(s string) int {
	n := 0
	for _, r := range s {
		n += wide(r)
	}
	return n
}

// wide is the columns of a character: combining marks take none, East Asian
// wide ones two (the blocks of Unicode UAX #11 that names are made of).
func wide(r rune) int {
	switch {
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r):
		return 0
	case r >= 0x1100 && r <= 0x115f, r >= 0x2e80 && r <= 0xa4cf, r >= 0xac00 && r <= 0xd7a3, r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe6f, r >= 0xff00 && r <= 0xff60, r >= 0x1f300 && r <= 0x1faff, r >= 0x20000 && r <= 0x3fffd:
		return 2
	}
	return 1
}

// vectors is a table: the first by packets, one line each.
func (p *printer) vectors(a *model.Analysis) {
	if len(a.Vectors) == 0 {
		return
	}
	column := 30 // of the names
	if p.width < 90 {
		column = 21
	}
	wideEnough := p.width >= 78
	if wideEnough {
		p.blocks = append(p.blocks, block{must, faint, []string{fmt.Sprintf("%-*s %9s %8s %9s %13s  %s", column, "vector", "packets", "bytes", "peak pps", "peak rate", "sources are")}})
	}
	for i, v := range a.Vectors {
		if i == 8 {
			p.field(should, "", fmt.Sprintf("%d more vectors in the full report", len(a.Vectors)-i))
			return
		}
		name, real := text.Clean(wording.Vector(v.Name), column-2), string(v.Sources.Spoofing.Verdict)
		if !wideEnough {
			p.field(should, "vector", fmt.Sprintf("%s: %s of packets, %s pps, %s", name, text.Percent(v.SharePackets.Value), text.Short(v.PeakPPS), real))
			continue
		}
		row := fmt.Sprintf("%9s %8s %9s %13s  %s", text.Percent(v.SharePackets.Value), text.Percent(v.ShareBytes.Value), text.Short(v.PeakPPS), text.Bits(v.PeakBPS), text.Clean(real, 14))
		pad := strings.Repeat(" ", max(column-2-columns(name), 0))
		p.blocks = append(p.blocks, block{must - rank(min(i, 5)), plain, []string{"  " + name + pad + " " + row}})
	}
}
