// Package architecture holds the arrows between the rooms: which package may import which. It has tests alone.
package architecture

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

const module = "github.com/vidensbank/vidensbank"

// arrows says which of our packages a room may import; "own" are those below itself. A room covers the packages below it that have no
// line of their own, and every package must be in a room.
var arrows = map[string][]string{
	"analyzers":       {},
	"corpus":          {},
	"internal/schema": {"analyzers"},
	"indexer":         {"corpus", "internal/schema", "analyzers"},
	"search":          {"internal/schema", "analyzers"},
	"search/embedded": {"search", "internal/schema", "analyzers"},
	"server":          {"search", "corpus", "own"},
	"internal":        {"all"}, // measures and tests: nobody's product
	"":                {"all"}, // main joins the rooms
}

// noRoom are packages that only main, measures and tests may import: a product that needs them has its tests inside.
const noRoom = "internal/"

// libraries says where a library may be imported: in these packages, or in this one file.
var libraries = []struct {
	prefix string
	in     []string
}{
	{"github.com/blevesearch/", []string{"search/embedded", "indexer", "internal/schema", "internal/eval", "internal/bench"}},
	{"gopkg.in/yaml.v3", []string{"corpus/yaml.go"}},
	{"github.com/gin-gonic/gin", []string{"server", "server/*", "internal/e2e"}},
	{"github.com/spf13/cobra", []string{"."}},
}

func roomOf(pkg string) (string, bool) {
	if pkg == "." {
		return "", true
	}
	for at := pkg; at != "."; at = path.Dir(at) {
		if _, ok := arrows[at]; ok && at != "" {
			return at, true
		}
	}
	return "", false
}

// violations lists every import of a tree that no arrow allows. Tests may import what they like.
func violations(tree fs.FS) (found []string, files int, err error) {
	err = fs.WalkDir(tree, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != "." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata" || e.Name() == "node_modules"):
			return fs.SkipDir
		case e.IsDir() || path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		files++
		src, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := forbidden(name, p); why != "" {
				found = append(found, fmt.Sprintf("%s imports %s: %s", name, p, why))
			}
		}
		return nil
	})
	return found, files, err
}

// forbidden says why a file may not import a package, or "".
func forbidden(file, imported string) string {
	pkg := path.Dir(file)
	for _, l := range libraries {
		in := func(where string) bool {
			ok, err := path.Match(where, pkg)
			return where == file || err == nil && ok
		}
		if strings.HasPrefix(imported, l.prefix) && !slices.ContainsFunc(l.in, in) {
			return "only " + strings.Join(l.in, ", ") + " may"
		}
	}
	ours, ok := strings.CutPrefix(imported, module+"/")
	if !ok {
		return ""
	}
	room, ok := roomOf(pkg)
	if !ok {
		return "the package is in no room; give it its arrows in this test"
	}
	allowed := arrows[room]
	switch {
	case slices.Contains(allowed, "all"):
		return ""
	case slices.Contains(allowed, "own") && (ours == room || strings.HasPrefix(ours, room+"/")):
		return ""
	case slices.Contains(allowed, ours):
		return ""
	case strings.HasPrefix(ours, noRoom) && !slices.Contains(allowed, ours):
		return "it is no part of the product"
	}
	return "allowed are " + strings.Join(allowed, ", ")
}

func TestImportsFollowTheArrows(t *testing.T) {
	found, files, err := violations(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if files < 30 {
		t.Errorf("only %d files were looked at", files)
	}
	for _, v := range found {
		t.Error(v)
	}
}

func TestEveryWrongArrowIsTold(t *testing.T) {
	for _, c := range []struct{ rule, file, imports string }{
		{"analyzers knows no other room", "analyzers/å.go", module + "/corpus"},
		{"corpus knows no other room", "corpus/æble.go", module + "/analyzers"},
		{"schema knows analyzers at most", "internal/schema/x.go", module + "/corpus"},
		{"indexer never imports search", "indexer/x.go", module + "/search"},
		{"search never imports indexer", "search/ø.go", module + "/indexer"},
		{"search never imports its engine", "search/x.go", module + "/search/embedded"},
		{"the engine never imports indexer", "search/embedded/x.go", module + "/indexer"},
		{"the engine never imports corpus", "search/embedded/x.go", module + "/corpus"},
		{"search never imports Bleve", "search/x.go", "github.com/blevesearch/bleve/v2"},
		{"analyzers keeps off Bleve", "analyzers/x.go", "github.com/blevesearch/bleve/v2/analysis"},
		{"server never imports Bleve", "server/x.go", "github.com/blevesearch/bleve/v2/search"},
		{"a part of the server never imports Bleve", "server/api/x.go", "github.com/blevesearch/zapx/v17"},
		{"server never imports the engine", "server/pages/x.go", module + "/search/embedded"},
		{"server never imports indexer", "server/x.go", module + "/indexer"},
		{"server never imports the schema", "server/web/x.go", module + "/internal/schema"},
		{"a product never imports its tests' tools", "server/x.go", module + "/internal/e2e"},
		{"YAML is known to one file", "corpus/load.go", "gopkg.in/yaml.v3"},
		{"YAML isn't known to the server", "server/pages/texts.go", "gopkg.in/yaml.v3"},
		{"Gin stays in the server", "search/x.go", "github.com/gin-gonic/gin"},
		{"Cobra stays in main", "server/x.go", "github.com/spf13/cobra"},
		{"a new room must be given arrows", "nyt/rum/x.go", module + "/search"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			tree := fstest.MapFS{c.file: {Data: fmt.Appendf(nil, "package x\n\nimport _ %q\n", c.imports)}}
			found, _, err := violations(tree)
			if err != nil {
				t.Fatal(err)
			}
			if len(found) != 1 || !strings.HasPrefix(found[0], c.file+" imports "+c.imports) {
				t.Errorf("%s importing %s gives %q, want it told", c.file, c.imports, found)
			}
		})
	}
}

func TestTestsAndRightArrowsPass(t *testing.T) {
	for _, c := range []struct{ rule, file, imports string }{
		{"main joins everything", "main.go", module + "/indexer"},
		{"tests may import what they like", "search/x_test.go", module + "/indexer"},
		{"testdata is no code of ours", "search/testdata/x.go", module + "/indexer"},
		{"server's parts know each other", "server/api/x.go", module + "/server/web"},
		{"the engine knows Bleve", "search/embedded/x.go", "github.com/blevesearch/bleve/v2"},
		{"YAML is known to corpus' one file", "corpus/yaml.go", "gopkg.in/yaml.v3"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			tree := fstest.MapFS{c.file: {Data: fmt.Appendf(nil, "package x\n\nimport _ %q\n", c.imports)}}
			if found, _, err := violations(tree); err != nil || len(found) != 0 {
				t.Errorf("%s importing %s: %q, %v", c.file, c.imports, found, err)
			}
		})
	}
}
