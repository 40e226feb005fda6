package corpus

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// This file is the only one that knows the YAML library: gopkg.in/yaml.v3 is frozen, and its successor has the same API.
// Files are read as trees and not decoded into structs, since a struct decoder stops at the first type error of a value,
// takes null for absent, and knows no line for a missing key.

type nodeKind int

const (
	scalarNode nodeKind = iota
	listNode
	mapNode
)

func (k nodeKind) String() string {
	return [...]string{"en enkelt værdi", "en liste", "en gruppe af nøgler"}[k]
}

// node is a YAML value with the line it stands on.
type node struct {
	kind  nodeKind
	line  int
	value string   // of a scalar, as written
	null  bool     // a scalar that is empty, null or ~
	items []*node  // of a list
	keys  []member // of a map, in the file's order, duplicates included
}

type member struct {
	key   string
	line  int
	value *node
}

var yamlErrorLine = regexp.MustCompile(`line (\d+): `)

// parseYAML reads one YAML document and reports what keeps it from being one. firstLine is the line of the file on which the
// document starts. The result is nil for a fault or an empty document.
func parseYAML(data []byte, firstLine int, r *reporter) (root *node) {
	// The library turns only its own panics into errors; one bug of it must not take the program down.
	defer func() {
		if v := recover(); v != nil {
			root = nil
			r.add(firstLine, "YAML kan ikke læses: %v", v)
		}
	}()
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var document yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		reportYAML(err, firstLine, r)
		return nil
	}
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		r.add(firstLine+second.Line-1, "kun ét YAML-dokument er tilladt")
		return nil
	} else if !errors.Is(err, io.EOF) {
		reportYAML(err, firstLine, r)
		return nil
	}
	before := len(r.faults)
	root = convert(document.Content[0], firstLine-1, r)
	if len(r.faults) > before {
		return nil
	}
	return root
}

// What the library's messages mean to whoever writes a case. Others are shown as they are.
var yamlMessages = map[string]string{
	"did not find expected ',' or ']'":                             "listen mangler et komma eller ]",
	"did not find expected ',' or '}'":                             "gruppen mangler et komma eller }",
	"did not find expected key":                                    "her skulle stå en nøgle (et anførselstegn for meget, eller en forkert indrykning?)",
	"did not find expected '-' indicator":                          "her skulle stå et listepunkt med - foran (en forkert indrykning?)",
	"did not find expected node content":                           "en værdi mangler",
	"did not find expected <document start>":                       "linjen ... slutter oplysningerne (udelad den)",
	"could not find expected ':'":                                  "et kolon mangler",
	"found unexpected end of stream":                               "et anførselstegn mangler",
	"mapping values are not allowed in this context":               "et kolon for meget (sæt teksten i anførselstegn)",
	"found character that cannot start any token":                  "værdien begynder med et særligt tegn (sæt teksten i anførselstegn)",
	"found a tab character that violates indentation":              "indryk med mellemrum, ikke med tabulator",
	"found a tab character where an indentation space is expected": "indryk med mellemrum, ikke med tabulator",
	"found unknown escape character":                               "ukendt tegn efter \\ (brug enkelte anførselstegn)",
}

func reportYAML(err error, firstLine int, r *reporter) {
	message, line := strings.TrimPrefix(err.Error(), "yaml: "), firstLine
	if m := yamlErrorLine.FindStringSubmatch(message); m != nil {
		message = strings.Replace(message, m[0], "", 1)
		if n, convErr := strconv.Atoi(m[1]); convErr == nil {
			line = firstLine + n - 1
		}
		// The library counts lines from 1 in its scanner's errors and from 0 in its parser's.
		if strings.HasPrefix(message, "did not find expected") {
			line++
		}
	}
	if danish, ok := yamlMessages[message]; ok {
		message = danish
	}
	r.add(line, "ugyldig YAML: %s", message)
}

// convert turns the library's tree into ours, and reports what we don't take: keys that aren't scalars, and references, with which
// a small file can stand for an endless one.
func convert(n *yaml.Node, offset int, r *reporter) *node {
	out := &node{line: n.Line + offset}
	switch n.Kind {
	case yaml.ScalarNode:
		out.value, out.null = n.Value, n.ShortTag() == "!!null"
	case yaml.SequenceNode:
		out.kind = listNode
		for _, item := range n.Content {
			out.items = append(out.items, convert(item, offset, r))
		}
	case yaml.MappingNode:
		out.kind = mapNode
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.Kind != yaml.ScalarNode {
				r.add(key.Line+offset, "en nøgle skal være et enkelt ord")
			}
			out.keys = append(out.keys, member{key: key.Value, line: key.Line + offset, value: convert(n.Content[i+1], offset, r)})
		}
	default:
		r.add(n.Line+offset, "henvisninger (& og *) kan ikke bruges")
	}
	return out
}

// fields reads a map strictly: the values by key, and a fault for each unknown, repeated or empty key. where names the map in messages.
func fields(n *node, where string, allowed []string, r *reporter) map[string]*node {
	values := make(map[string]*node, len(n.keys))
	first := make(map[string]int, len(n.keys))
	for _, m := range n.keys {
		known := false
		for _, a := range allowed {
			known = known || a == m.key
		}
		switch {
		case !known:
			r.add(m.line, "ukendt nøgle %s%s (mente du %s? tilladt: %s)", quote(m.key), where, nearest(m.key, allowed), strings.Join(allowed, ", "))
		case first[m.key] > 0:
			r.add(m.line, "nøglen %q står to gange%s (første gang på linje %d)", m.key, where, first[m.key])
		default:
			first[m.key] = m.line
			if m.value.null || m.value.kind == scalarNode && strings.TrimSpace(m.value.value) == "" || m.value.kind == listNode && len(m.value.items) == 0 {
				r.add(m.line, "nøglen %q er tom%s (skriv en værdi, eller udelad nøglen)", m.key, where)
				// Present but empty: the fault is told, so that it isn't told again as missing.
				values[m.key] = nil
				continue
			}
			values[m.key] = m.value
		}
	}
	return values
}

// scalar returns the text of a single value, without line breaks and outer space.
func scalar(n *node, name string, r *reporter) (text string, ok bool) {
	if n == nil {
		return "", false
	}
	if n.kind != scalarNode {
		r.add(n.line, "%s skal være en enkelt værdi, ikke %s", name, n.kind)
		return "", false
	}
	text, fine := oneLine(n.value)
	if !fine {
		r.add(n.line, "%s indeholder styretegn: %s", name, quote(n.value))
		return "", false
	}
	if text == "" {
		r.add(n.line, "%s er tom", name)
		return "", false
	}
	return text, true
}

// lined is a value together with the line it stands on.
type lined struct {
	text string
	line int
}

// scalars returns the values of a list, or of one value where a list of one is meant, and reports repeated ones.
func scalars(n *node, name string, r *reporter) []lined {
	if n == nil {
		return nil
	}
	items := []*node{n}
	if n.kind == listNode {
		items = n.items
	}
	var out []lined
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		text, ok := scalar(item, name, r)
		if !ok {
			continue
		}
		if seen[text] {
			r.add(item.line, "%s %s står to gange", name, quote(text))
			continue
		}
		seen[text] = true
		out = append(out, lined{text, item.line})
	}
	return out
}
