package pages

import (
	"embed"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"github.com/vidensbank/vidensbank/server/web"
)

//go:embed texts
var textFiles embed.FS

//go:embed templates
var templateFiles embed.FS

// texts are what the interface says in one language, by key. {name} is a place for a value; keys that end in .one and .other are
// chosen by a number.
type texts map[string]string

func loadTexts(lang string) (texts, error) {
	b, err := textFiles.ReadFile("texts/" + lang + ".json")
	if err != nil {
		return nil, err
	}
	var t texts
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, fmt.Errorf("texts/%s.json: %w", lang, err)
	}
	return t, nil
}

// say gives a text with its places filled: say("results.q", "q", "stress"). An unknown key is an error, found when templates are
// tested.
func (t texts) say(key string, values ...any) (string, error) {
	text, ok := t[key]
	if !ok {
		return "", fmt.Errorf("no text %q", key)
	}
	if len(values)%2 != 0 {
		return "", fmt.Errorf("text %q: a name without a value", key)
	}
	for i := 0; i < len(values); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(values[i])+"}", fmt.Sprint(values[i+1]))
	}
	return text, nil
}

// count gives the text for a number of things: count("cases", 1) is "1 case".
func (t texts) count(lang, key string, n int) (string, error) {
	form := ".other"
	if n == 1 {
		form = ".one"
	}
	return t.say(key+form, "n", number(lang, n))
}

// quote lists words in quotation marks: »a«, »b«.
func (t texts) quote(words []string) (string, error) {
	quoted := make([]string, len(words))
	for i, w := range words {
		var err error
		if quoted[i], err = t.say("quoted", "w", w); err != nil {
			return "", err
		}
	}
	return strings.Join(quoted, ", "), nil
}

// number writes an integer as the language does: 10.000 or 10,000.
func number(lang string, n int) string {
	s, mark := strconv.Itoa(n), "."
	if lang == web.English {
		mark = ","
	}
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}

// parse reads the templates with the functions of a language.
func (p *Pages) parse(lang string) (*template.Template, error) {
	t := p.texts[lang]
	all := template.New("").Funcs(template.FuncMap{
		"t":      t.say,
		"tn":     func(key string, n int) (string, error) { return t.count(lang, key, n) },
		"num":    func(n int) string { return number(lang, n) },
		"marked": marked,
		"web":    isWeb,
		"host":   hostOf,
		"pair":   func(a, b any) [2]any { return [2]any{a, b} },
	})
	entries, err := templateFiles.ReadDir("templates")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		b, err := templateFiles.ReadFile("templates/" + e.Name())
		if err != nil {
			return nil, err
		}
		if _, err := all.New(e.Name()).Parse(trimLines(string(b))); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// marked gives a highlight as HTML in which <mark> is the only element, whatever the text holds.
func marked(highlight string) template.HTML {
	var b strings.Builder
	open := false
	for text := highlight; text != ""; {
		i := strings.IndexByte(text, '<')
		if i < 0 {
			i = len(text)
		}
		b.WriteString(html.EscapeString(html.UnescapeString(text[:i])))
		text = text[i:]
		switch {
		case !open && strings.HasPrefix(text, "<mark>"):
			b.WriteString("<mark>")
			text, open = text[len("<mark>"):], true
		case open && strings.HasPrefix(text, "</mark>"):
			b.WriteString("</mark>")
			text, open = text[len("</mark>"):], false
		case text != "":
			b.WriteString("&lt;")
			text = text[1:]
		}
	}
	if open {
		b.WriteString("</mark>")
	}
	return template.HTML(b.String())
}

// isWeb says whether an address may become a link.
func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// hostOf is the name that a reader knows an address by.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// data writes a value for a block of data in a page. "<", ">" and "&" are escaped, so that no text can end the block.
func data(v any) template.JS {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // maps of strings and structs of them: unreachable
	}
	return template.JS(b)
}
