package pages

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"path"
	"regexp"
	"strings"
)

//go:embed static
var staticFiles embed.FS

// assets are the files that pages load. Their address holds a digest of them all, so that a browser may keep them for ever.
type assets struct {
	version string
	files   map[string]asset
}

type asset struct {
	contentType string
	body        []byte
}

var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

func loadAssets() (*assets, error) {
	a := &assets{files: map[string]asset{}}
	entries, err := staticFiles.ReadDir("static")
	if err != nil {
		return nil, err
	}
	digest := sha256.New()
	for _, e := range entries {
		b, err := staticFiles.ReadFile("static/" + e.Name())
		if err != nil {
			return nil, err
		}
		kind := path.Ext(e.Name())
		if contentTypes[kind] == "" {
			return nil, fmt.Errorf("static/%s: no content type for %s", e.Name(), kind)
		}
		text := lean(string(b))
		if kind == ".css" {
			text = tight.Replace(text)
		}
		body := []byte(text)
		digest.Write(body)
		a.files[e.Name()] = asset{contentTypes[kind], body}
	}
	a.version = base64.RawURLEncoding.EncodeToString(digest.Sum(nil)[:9])
	return a, nil
}

var (
	blockComment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	lineComment  = regexp.MustCompile(`(?m)^[ \t]*//.*$`)
)

// lean takes comments, indentation and empty lines out of CSS and JavaScript: a third of their weight, and what a reader needs
// stays in the source. Comments stand on lines of their own, and no string holds the marks of one.
func lean(text string) string {
	text = lineComment.ReplaceAllString(blockComment.ReplaceAllString(text, ""), "")
	return trimLines(text)
}

// tight takes the spaces out of CSS that nothing reads. One before a colon or a sign is left: it may part selectors.
var tight = strings.NewReplacer(": ", ":", "; ", ";", ", ", ",", " { ", "{", " {\n", "{", "; }", "}", " }", "}", ";\n", ";")

// trimLines takes away indentation and empty lines.
func trimLines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			b.WriteString(line)
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func (a *assets) url(name string) string { return "/assets/" + a.version + "/" + name }

func (a *assets) find(version, name string) (asset, bool) {
	f, ok := a.files[name]
	return f, ok && version == a.version
}
