package widget

import (
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/server/web"
)

// newest is the version in the addresses that always have the newest files of this major version.
const newest = "v1"

// How long a browser may keep a file unasked: hosts that take the newest see a correction the same hour; a pinned one never
// changes.
const (
	cacheNewest = "public, max-age=600"
	cachePinned = "public, max-age=31536000, immutable"
)

// released are the files that hosts use, served under every version. All others belong to our own pages.
var released = []string{"vidensbank.js", "iframe.js"}

// file is one that is served.
type file struct {
	body        []byte
	contentType string
	integrity   string // sha384-…, as in an integrity attribute
	mark        string // short, of the content
}

var contentTypes = map[string]string{
	".js":  "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
}

func newFile(name string, body []byte) *file {
	if path.Ext(name) == ".js" {
		body = lean(body)
	}
	sum := sha512.Sum384(body)
	return &file{
		body:        body,
		contentType: contentTypes[path.Ext(name)],
		integrity:   "sha384-" + base64.StdEncoding.EncodeToString(sum[:]),
		mark:        hex.EncodeToString(sum[:6]),
	}
}

// lean takes comments, indentation and empty lines out of a script: a tenth of its weight on the line. What it says stands in
// the source. Comments that are left out have lines of their own.
func lean(script []byte) []byte {
	var b bytes.Buffer
	for line := range bytes.Lines(script) {
		if line = bytes.TrimSpace(line); len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
			b.Write(line)
			b.WriteByte('\n')
		}
	}
	return b.Bytes()
}

// load reads what is served: the newest files, the same under Version, and older releases.
func load(from fs.FS) (map[string]map[string]*file, error) {
	served := map[string]map[string]*file{newest: {}, Version: {}}
	add := func(version, name string) error {
		body, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		if served[version] == nil {
			served[version] = map[string]*file{}
		}
		served[version][path.Base(name)] = newFile(name, body)
		return nil
	}
	for _, name := range released {
		for _, version := range []string{newest, Version} {
			if err := add(version, name); err != nil {
				return nil, err
			}
		}
	}
	assets, err := fs.Glob(from, "assets/*")
	if err != nil {
		return nil, err
	}
	for _, name := range assets {
		if err := add(newest, name); err != nil {
			return nil, err
		}
	}
	old, err := fs.Glob(from, "releases/*/*.js")
	if err != nil {
		return nil, err
	}
	for _, name := range old {
		version := path.Base(path.Dir(name))
		if version == newest || version == Version {
			return nil, fmt.Errorf("%s: version %s is served from vidensbank.js: raise Version", name, version)
		}
		if err := add(version, name); err != nil {
			return nil, err
		}
	}
	return served, nil
}

// serve answers a file.
func (w *Widget) serve(c *gin.Context) {
	version := c.Param("version")
	f := w.served[version][c.Param("file")]
	if f == nil {
		w.site.Fail(c, web.ErrNoRoute)
		return
	}
	h := c.Writer.Header()
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", cachePinned)
	if version == newest {
		h.Set("Cache-Control", cacheNewest)
	}
	h.Set("ETag", `W/"`+f.mark+`"`) // weak, for it's the same compressed
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, bytes.NewReader(f.body))
}
