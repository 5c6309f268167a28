package archtest

import (
	"strconv"
	"strings"
	"sync"
	"testing"
)

// layers is layers.txt.
type layers []layerPattern

type layerPattern struct {
	text  string
	layer int // from 1, the lowest
	pure  bool
}

var layersOnce sync.Once
var layersRead layers

func readLayers(t *testing.T) layers {
	t.Helper()
	layersOnce.Do(func() { layersRead = parseLayers(t) })
	return layersRead
}

func parseLayers(t *testing.T) layers {
	t.Helper()
	var out layers
	for i, line := range lines(t, "layers.txt") {
		name, list, _ := strings.Cut(line, ":")
		for _, p := range strings.Fields(list) {
			out = append(out, layerPattern{p, i + 1, strings.HasSuffix(strings.TrimSpace(name), " pure")})
		}
	}
	return out
}

// of is the layer of a room, 0 for none, and whether it is pure.
func (l layers) of(room string) (layer int, pure bool) {
	best := layerPattern{}
	for _, p := range l {
		if strings.HasPrefix(room+"/", p.text+"/") && len(p.text) > len(best.text) {
			best = p
		}
	}
	return best.layer, best.pure
}

// layerBreaks finds imports of a higher layer.
func layerBreaks(t *testing.T, files []goFile) []offender {
	t.Helper()
	table := readLayers(t)
	var out []offender
	for _, f := range files {
		if f.test || f.room == "internal/archtest" {
			continue
		}
		from, _ := table.of(f.room)
		if from == 0 {
			out = append(out, offender{"layer", f.room, f.room, "is in no layer of layers.txt"})
			continue
		}
		for _, im := range f.syntax.Imports {
			path, _ := strconv.Unquote(im.Path.Value)
			room, kind := classify(path)
			if to, _ := table.of(room); kind == "own" && to > from {
				out = append(out, offender{"layer", f.room, f.room + "->" + room, "imports a higher layer"})
			}
		}
	}
	return out
}
