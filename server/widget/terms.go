package widget

// What a host can set and hear, for the tables on /indlejr. A test compares them with vidensbank.js and docs/embedding.md.
// Each is a name and a default; what it means stands in the texts, under the name.
var (
	attributes = [][2]string{
		{"municipality", ""}, {"sector", ""}, {"theme", ""}, {"region", ""}, {"kind", ""}, {"year", ""}, {"locked", ""},
		{"facets", "theme,sector,municipality"}, {"size", "10"}, {"lang", "da"}, {"label", ""}, {"placeholder", ""}, {"target", "_blank"},
		{"url-state", ""}, {"heading-level", "3"}, {"accent", ""}, {"background", ""}, {"text", ""}, {"scheme", ""}, {"api", ""},
	}
	variables = [][2]string{
		{"--vb-font", "inherit"}, {"--vb-font-size", "inherit"}, {"--vb-line-height", "1.5"}, {"--vb-text", "#1b2528 / #e8ebe8"}, {"--vb-muted", "#536064 / #a5b2b3"},
		{"--vb-background", "#fff / #11191b"}, {"--vb-surface", "#eef3f1 / #17282c"}, {"--vb-border", "#d9dcd6 / #2c3a3d"},
		{"--vb-control-border", "#7b888b / #78888a"}, {"--vb-accent", "#0f4c5c / #86cfd9"}, {"--vb-on-accent", "#fff / #0c1c20"}, {"--vb-link", "--vb-accent"},
		{"--vb-focus", "--vb-accent"}, {"--vb-mark", "#fbe7a1 / #5c4a12"}, {"--vb-mark-text", "--vb-text"}, {"--vb-error", "#9a3412 / #fdba8c"},
		{"--vb-radius", "4px"}, {"--vb-space", "1em"}, {"--vb-padding", "0"}, {"--vb-title-size", "1.125em"}, {"--vb-title-weight", "600"}, {"--vb-facet-width", "17em"},
	}
	parts = [][2]string{
		{"root", ""}, {"form", ""}, {"label", ""}, {"input", ""}, {"button", ""}, {"suggestions", ""}, {"suggestion", ""}, {"locked", ""}, {"error", ""},
		{"facets", ""}, {"facet", ""}, {"facet-title", ""}, {"facet-value", ""}, {"facet-more", ""}, {"chips", ""}, {"chip", ""}, {"clear", ""}, {"count", ""},
		{"notes", ""}, {"did-you-mean", ""}, {"zero", ""}, {"results", ""}, {"result", ""}, {"title", ""}, {"link", ""}, {"meta", ""}, {"text", ""}, {"themes", ""},
		{"matched", ""}, {"more", ""}, {"full-link", ""},
	}
	events = [][2]string{{"vidensbank-search", ""}, {"vidensbank-select", ""}}
)

// terms are a table in a language. prefix is how the keys of its texts begin.
func terms(lang, prefix string, table [][2]string) []term {
	rows := make([]term, 0, len(table))
	for _, row := range table {
		rows = append(rows, term{row[0], row[1], mustText(lang, prefix+row[0])})
	}
	return rows
}
