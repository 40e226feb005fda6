package widget

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/vidensbank/vidensbank/server/web"
)

//go:embed texts/da.json texts/en.json
var textFiles embed.FS

// texts are what /embed and /indlejr say, by language and key. The element's own are in vidensbank.js, for it stands alone.
var texts = map[string]map[string]string{web.Danish: readTexts(web.Danish), web.English: readTexts(web.English)}

// readTexts reads a language's file. It panics on one that can't be read: it's part of the program, and a test reads it.
func readTexts(lang string) map[string]string {
	b, err := textFiles.ReadFile("texts/" + lang + ".json")
	if err != nil {
		panic(err)
	}
	var t map[string]string
	if err := json.Unmarshal(b, &t); err != nil {
		panic(fmt.Errorf("texts/%s.json: %w", lang, err))
	}
	return t
}

// text is one text in a language.
func text(lang, key string) (string, error) {
	t, ok := texts[lang][key]
	if !ok {
		return "", fmt.Errorf("no text %q in language %q", key, lang)
	}
	return t, nil
}

// mustText is text for the keys that stand in Go code, which a test compares with the files.
func mustText(lang, key string) string {
	t, err := text(lang, key)
	if err != nil {
		panic(err)
	}
	return t
}

// count says how many cases there are.
func count(n int, lang string) string {
	if n == 1 {
		return "1 case"
	}
	return grouped(n, map[string]string{web.Danish: ".", web.English: ","}[lang]) + " cases"
}

// grouped writes a number with a mark between thousands.
func grouped(n int, mark string) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}
