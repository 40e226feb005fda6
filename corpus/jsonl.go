package corpus

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Limits of a .jsonl file.
const (
	// MaxLineBytes bounds a line: the size of a book, and what is held at once while streaming.
	MaxLineBytes = 1 << 20
	// MaxLineFaults ends the reading of a file that is wrong throughout: nobody reads on, and a million faults fill the memory.
	MaxLineFaults = 100
	// maxWarnings bounds the unknown keys that are told.
	maxWarnings = 100
	// derivedTitleRunes is the length of a title that is made from a text's first words.
	derivedTitleRunes = 80
)

var lineKeys = []string{"id", "text", "title", "summary", "kind", "sector", "themes", "municipality", "region", "year", "url"}

// lineReader reads a file line by line in bounded memory.
type lineReader struct {
	in   *bufio.Reader
	line int // the number of the line last read
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{in: bufio.NewReaderSize(r, MaxLineBytes+1)}
}

// next returns the next line without its end, valid until the next call. tooLong tells a line over MaxLineBytes, which is passed over.
// The error is io.EOF after the last line.
func (l *lineReader) next() (line []byte, tooLong bool, err error) {
	line, err = l.in.ReadSlice('\n')
	l.line++
	for errors.Is(err, bufio.ErrBufferFull) {
		tooLong = true
		_, err = l.in.ReadSlice('\n')
	}
	if tooLong {
		line = nil
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(line) == 0 && !tooLong) {
		return nil, false, err
	}
	if l.line == 1 {
		line = bytes.TrimPrefix(line, []byte("\uFEFF"))
	}
	return bytes.TrimRight(line, "\r\n"), tooLong, nil
}

// jsonMember is a key of a JSON object with its value as written.
type jsonMember struct {
	key string
	raw []byte
}

var errNoObject = errors.New("linjen er ikke et JSON-objekt")

// members splits a JSON object into its keys and values. It keeps repeated keys, which a decoder drops in silence, and leaves the
// values, which needn't be valid, to whoever decodes them, so that a long text isn't walked more often than it must.
func members(line []byte) ([]jsonMember, error) {
	var out []jsonMember
	i := skipSpace(line, 0)
	if i >= len(line) || line[i] != '{' {
		return nil, errNoObject
	}
	i = skipSpace(line, i+1)
	for first := true; ; first = false {
		if i < len(line) && line[i] == '}' && first {
			break
		}
		end := endOfString(line, i)
		if end < 0 {
			return nil, jsonError(i, "en nøgle i anførselstegn mangler")
		}
		var m jsonMember
		if err := json.Unmarshal(line[i:end], &m.key); err != nil {
			return nil, jsonError(i, "nøglen kan ikke læses")
		}
		if i = skipSpace(line, end); i >= len(line) || line[i] != ':' {
			return nil, jsonError(i, "et kolon mangler")
		}
		i = skipSpace(line, i+1)
		end = endOfValue(line, i)
		if m.raw = line[i:end]; len(m.raw) == 0 {
			return nil, jsonError(i, "en værdi mangler")
		}
		out = append(out, m)
		if i = skipSpace(line, end); i < len(line) && line[i] == ',' {
			i = skipSpace(line, i+1)
			continue
		}
		if i >= len(line) || line[i] != '}' {
			return nil, jsonError(i, "et komma eller } mangler")
		}
		break
	}
	if rest := skipSpace(line, i+1); rest < len(line) {
		return nil, jsonError(rest, "der står mere efter objektet")
	}
	return out, nil
}

func jsonError(at int, message string) error {
	return fmt.Errorf("ugyldig JSON ved tegn %d: %s", at+1, message)
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\r' || b[i] == '\n') {
		i++
	}
	return i
}

// endOfString returns the place after the string that starts at i, or -1 when there is none.
func endOfString(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	for i++; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// endOfValue returns the place after the value that starts at i. It finds the end of valid values; others are for their decoder to refuse.
func endOfValue(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			end := endOfString(b, i)
			if end < 0 {
				return len(b)
			}
			if i = end; depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return i
			}
			if depth--; depth == 0 {
				return i + 1
			}
		case ',', ' ', '\t', '\r':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return len(b)
}

// readLine reads one line of a .jsonl file as a case. unknown is called with each key that isn't ours. The case is nil when the line has a fault.
func readLine(line []byte, r *reporter, at int, unknown func(key string)) *Case {
	before := len(r.faults)
	if !utf8.Valid(line) {
		r.add(at, "ugyldig UTF-8 (gem filen som UTF-8)")
		return nil
	}
	all, err := members(line)
	if err != nil {
		r.add(at, "%v", err)
		return nil
	}
	c := &Case{}
	text := ""
	told := make(map[string]bool, len(all)) // the keys that had a fault, and so aren't missing
	seen := make(map[string]bool, len(all))
	for _, m := range all {
		faults := len(r.faults)
		if !slices.Contains(lineKeys, m.key) {
			if json.Valid(m.raw) {
				unknown(m.key)
			} else {
				refuse(m, r, at, "")
			}
			continue
		}
		if seen[m.key] {
			r.add(at, "nøglen %s står to gange", m.key)
			continue
		}
		seen[m.key] = true
		switch m.key {
		case "id":
			c.ID = norm.NFC.String(lineID(m, r, at))
		case "text":
			text = lineText(m, r, at)
		case "title":
			c.Title = lineValue(m, r, at)
		case "summary":
			c.Summary = lineValue(m, r, at)
		case "kind":
			c.Kind = lineValue(m, r, at)
		case "sector":
			c.Sector = lineValue(m, r, at)
		case "themes":
			c.Themes = lineList(m, r, at)
		case "municipality":
			c.Municipalities = lineList(m, r, at)
		case "region":
			c.Region = lineValue(m, r, at)
		case "year":
			c.Year = lineYear(m, r, at)
		case "url":
			if c.Source.URL = lineValue(m, r, at); c.Source.URL != "" {
				checkURL(c.Source.URL, at, r)
			}
		}
		told[m.key] = len(r.faults) > faults
	}
	switch {
	case strings.TrimSpace(c.ID) == "" && !told["id"]:
		r.add(at, "id mangler")
	case c.ID != "" && !goodID(c.ID):
		r.add(at, "id %s skal være synlige tegn, højst %d", quote(c.ID), MaxIDRunes)
	}
	if text == "" && !told["text"] {
		r.add(at, "text mangler")
	}
	if len(r.faults) > before {
		return nil
	}
	if c.Title == "" {
		c.Title = firstWords(text, derivedTitleRunes)
	}
	c.Sections = []Section{{Body: text}}
	return c
}

// isNull tells the JSON null, which is as good as an absent key.
func isNull(raw []byte) bool { return string(raw) == "null" }

// refuse reports a value that isn't what its key wants, or isn't JSON at all.
func refuse(m jsonMember, r *reporter, at int, wanted string) {
	if !json.Valid(m.raw) {
		r.add(at, "ugyldig JSON: værdien af %s kan ikke læses", quote(m.key))
		return
	}
	r.add(at, "%s skal være %s", m.key, wanted)
}

// lineText decodes a string; line breaks stay, control characters become spaces.
func lineText(m jsonMember, r *reporter, at int) string {
	if isNull(m.raw) {
		return ""
	}
	var s string
	if err := json.Unmarshal(m.raw, &s); err != nil {
		refuse(m, r, at, "en tekst")
		return ""
	}
	if strings.Contains(s, "\r") {
		s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	}
	if strings.IndexFunc(s, strange) >= 0 {
		s = strings.Map(func(c rune) rune {
			if strange(c) {
				return ' '
			}
			return c
		}, s)
	}
	return norm.NFC.String(strings.TrimSpace(s))
}

// lineValue decodes a string that stands on one line.
func lineValue(m jsonMember, r *reporter, at int) string {
	return strings.Join(strings.Fields(lineText(m, r, at)), " ")
}

// lineID decodes an id: a string as it stands, or a number as it is written.
func lineID(m jsonMember, r *reporter, at int) string {
	if isNull(m.raw) {
		return ""
	}
	var s string
	if err := json.Unmarshal(m.raw, &s); err == nil {
		return s
	}
	var n json.Number
	if err := json.Unmarshal(m.raw, &n); err == nil {
		return n.String()
	}
	refuse(m, r, at, "en tekst eller et tal")
	return ""
}

// lineList decodes a list of strings, or one string where a list of one is meant. Empty and repeated values are dropped.
func lineList(m jsonMember, r *reporter, at int) []string {
	if m.raw[0] == '"' || isNull(m.raw) {
		return unique([]string{lineValue(m, r, at)})
	}
	var items []json.RawMessage
	if err := json.Unmarshal(m.raw, &items); err != nil {
		refuse(m, r, at, "en liste af tekster")
		return nil
	}
	out := make([]string, 0, len(items))
	for _, item := range items {
		if item[0] != '"' {
			refuse(m, r, at, "en liste af tekster")
			return nil
		}
		out = append(out, lineValue(jsonMember{m.key, item}, r, at))
	}
	return unique(out)
}

// lineYear decodes a year: a number or a text of digits. Any year of our era is taken: the export knows its own time.
func lineYear(m jsonMember, r *reporter, at int) int {
	if isNull(m.raw) {
		return 0
	}
	var n float64
	if m.raw[0] == '"' {
		text := lineValue(m, r, at)
		if text == "" {
			return 0
		}
		if digits, err := strconv.Atoi(text); err == nil {
			n = float64(digits)
		}
	} else if err := json.Unmarshal(m.raw, &n); err != nil {
		refuse(m, r, at, "et årstal")
		return 0
	}
	if n != math.Trunc(n) || n < 1 || n > 9999 {
		r.add(at, "forkert årstal %s (tilladt: 1 til 9999)", quote(string(m.raw)))
		return 0
	}
	return int(n)
}

// firstWords returns the words at the start of a text that fit into limit runes; a first word longer than that is cut.
func firstWords(text string, limit int) string {
	title, length := "", 0
	for word := range strings.FieldsSeq(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case title == "" && n > limit:
			return string([]rune(word)[:limit])
		case title == "":
			title, length = word, n
		case length+1+n > limit:
			return title
		default:
			title, length = title+" "+word, length+1+n
		}
	}
	return title
}

// scan reads a whole .jsonl file and calls visit for each case in file order until it returns false. Blank lines are passed over. The
// faults end with a word that there are more when it stopped at MaxLineFaults.
func scan(in io.Reader, label string, unknown func(key string, line int), visit func(c *Case, r *reporter, line int) bool) (cases int, faults []Fault, err error) {
	r := &reporter{file: label}
	lines := newLineReader(in)
	for {
		line, tooLong, err := lines.next()
		if errors.Is(err, io.EOF) {
			return cases, r.faults, nil
		}
		if err != nil {
			return cases, r.faults, fmt.Errorf("%s kan ikke læses: %w", label, err)
		}
		if !tooLong && len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		cases++
		if tooLong {
			r.add(lines.line, "linjen er længere end %d KiB", MaxLineBytes>>10)
		} else if c := readLine(line, r, lines.line, func(key string) { unknown(key, lines.line) }); c != nil && !visit(c, r, lines.line) {
			return cases, r.faults, nil
		}
		if len(r.faults) >= MaxLineFaults {
			r.faults = slices.Clip(r.faults[:MaxLineFaults])
			r.add(lines.line, "… og flere: læsningen stoppede efter %d fejl", MaxLineFaults)
			return cases, r.faults, nil
		}
	}
}
