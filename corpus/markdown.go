package corpus

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Headings are the sections of a case, in their order.
var Headings = []string{"Udfordring", "Indsats", "Resultat", "Læring", "Deltagere"}

// Limits of a case file.
const (
	// MaxFileBytes bounds a case file: a thousand times a normal case, small enough to hold hundreds while checking.
	MaxFileBytes = 256 << 10
	// MaxTitleRunes and MaxSummaryRunes are what a list of hits can show of a case.
	MaxTitleRunes   = 120
	MaxSummaryRunes = 400
	// MinYear is the earliest year of a case: practice older than that is history. The latest is next year, for plans.
	MinYear = 1990
)

// maxListed is how many allowed values a message lists: all of a facet but the municipalities.
const maxListed = 30

var caseKeys = []string{"id", "title", "summary", "kind", "sector", "themes", "municipality", "region", "organisation", "workplace",
	"year", "tools", "source", "more_sources"}

// What faults call the values of a facet.
var facetNouns = map[string]string{FacetSector: "sektor", FacetTheme: "tema", FacetKind: "type (kind)", FacetMunicipality: "kommune", FacetRegion: "region"}

// caseFile is a Markdown file as its folder's loader sees it.
type caseFile struct {
	label    string // its name in faults
	base     string // its name without folders
	folder   string // the name of the folder it lies in
	inLayout bool   // it lies under a folder named cases: the folder must be the sector's
}

// parsedCase is a case with what only the loader needs to know.
type parsedCase struct {
	value  *Case // as far as it could be read
	idLine int
}

// parseCase reads a case file strictly. A file without faults gives a whole case.
func parseCase(f caseFile, data []byte, t *Taxonomy, thisYear int) (parsedCase, []Fault) {
	r := &reporter{file: f.label}
	if len(data) > MaxFileBytes {
		r.add(1, "filen er større end %d KiB", MaxFileBytes>>10)
		return parsedCase{value: &Case{}, idLine: 1}, r.faults
	}
	checkUTF8(data, r)
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(strings.ToValidUTF8(string(data), "\uFFFD"), "\uFEFF"))
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.ContainsFunc(line, strange) {
			r.add(i+1, "linjen indeholder styretegn")
			lines[i] = strings.Map(func(c rune) rune {
				if strange(c) {
					return utf8.RuneError
				}
				return c
			}, line)
		}
		for _, what := range private(line) {
			r.add(i+1, "%s må ikke stå i en case (skriv en funktion eller et sted i stedet)", what)
		}
	}
	p := parsedCase{value: &Case{}, idLine: 1}
	bodyStart := 0 // -1 where the body isn't found
	if strings.TrimRight(lines[0], " \t") != "---" {
		r.add(1, "filen skal begynde med en linje --- og casens oplysninger")
	} else if end := slices.IndexFunc(lines[1:], func(l string) bool { return strings.TrimRight(l, " \t") == "---" }); end < 0 {
		r.add(1, "oplysningerne skal slutte med en linje ---")
		bodyStart = -1
	} else {
		readFrontMatter(&p, f, strings.Join(lines[1:end+1], "\n"), t, thisYear, r)
		bodyStart = end + 2
	}
	if bodyStart >= 0 {
		p.value.Sections = readSections(lines[bodyStart:], min(bodyStart+1, len(lines)), r)
	}
	sortFaults(r.faults)
	return p, r.faults
}

// checkUTF8 reports the lines that aren't valid UTF-8.
func checkUTF8(data []byte, r *reporter) {
	if utf8.Valid(data) {
		return
	}
	for i, line := range bytes.Split(data, []byte{'\n'}) {
		if !utf8.Valid(line) {
			r.add(i+1, "ugyldig UTF-8 (gem filen som UTF-8)")
		}
	}
}

func readFrontMatter(p *parsedCase, f caseFile, text string, t *Taxonomy, thisYear int, r *reporter) {
	before := len(r.faults)
	root := parseYAML([]byte(text), 2, r)
	if root == nil && len(r.faults) > before {
		return
	}
	if root == nil {
		root = &node{kind: mapNode, line: 1}
	}
	if root.kind != mapNode {
		r.add(root.line, "oplysningerne skal være nøgler og værdier (tilladt: %s)", strings.Join(caseKeys, ", "))
		return
	}
	v := fields(root, "", caseKeys, r)
	c := p.value

	c.ID, p.idLine = required(v, "id", 1, r)
	if c.ID != "" && !goodID(c.ID) {
		r.add(p.idLine, "id skal være synlige tegn, højst %d", MaxIDRunes)
	}
	if name := norm.NFC.String(strings.TrimSuffix(f.base, path.Ext(f.base))); c.ID != "" && c.ID != name {
		r.add(p.idLine, "id %s skal være filens navn, %s", quote(c.ID), quote(name))
	}
	var line int
	c.Title, line = required(v, "title", 1, r)
	atMost(c.Title, "title", MaxTitleRunes, line, r)
	c.Summary, line = required(v, "summary", 1, r)
	atMost(c.Summary, "summary", MaxSummaryRunes, line, r)

	c.Kind, line = required(v, "kind", 1, r)
	known(FacetKind, c.Kind, line, t, r)
	c.Sector, line = required(v, "sector", 1, r)
	if known(FacetSector, c.Sector, line, t, r) && f.folder != c.Sector && (f.inLayout || t.Has(FacetSector, f.folder)) {
		r.add(line, "filen ligger i mappen %s, men casens sektor er %s", quote(f.folder), c.Sector)
	}
	if _, present := v["themes"]; !present {
		r.add(1, "themes mangler")
	}
	for _, theme := range scalars(v["themes"], "tema", r) {
		known(FacetTheme, theme.text, theme.line, t, r)
		c.Themes = append(c.Themes, theme.text)
	}
	allKnown := true
	for _, m := range scalars(v["municipality"], "kommune", r) {
		allKnown = known(FacetMunicipality, m.text, m.line, t, r) && allKnown
		c.Municipalities = append(c.Municipalities, m.text)
	}
	c.Region = t.RegionOf(c.Municipalities)
	if given := optional(v, "region", r); given != "" {
		switch line := v["region"].line; {
		case !known(FacetRegion, given, line, t, r):
		case len(c.Municipalities) == 0:
			c.Region = given
		case allKnown && c.Region == "":
			r.add(line, "region %s passer ikke: kommunerne ligger i flere regioner (udelad region)", quote(given))
		case allKnown && c.Region != given:
			r.add(line, "region %s passer ikke: %s ligger i %s (udelad region)", quote(given), strings.Join(c.Municipalities, " og "), c.Region)
		}
	}
	c.Organisation = optional(v, "organisation", r)
	c.Workplace = optional(v, "workplace", r)
	if text := optional(v, "year", r); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < MinYear || n > thisYear+1 {
			r.add(v["year"].line, "forkert årstal %s (tilladt: %d til %d)", quote(text), MinYear, thisYear+1)
		} else {
			c.Year = n
		}
	}
	c.Tools = texts(scalars(v["tools"], "tools", r))
	readSource(c, v, r)
}

func readSource(c *Case, v map[string]*node, r *reporter) {
	source, present := v["source"]
	switch {
	case !present:
		r.add(1, "source.publisher mangler")
	case source == nil: // told as empty
	case source.kind != mapNode:
		r.add(source.line, "source skal være en gruppe af nøgler (tilladt: publisher, url)")
	default:
		s := fields(source, " i source", []string{"publisher", "url"}, r)
		if _, present := s["publisher"]; !present {
			r.add(source.line, "source.publisher mangler")
		}
		c.Source.Publisher, _ = scalar(s["publisher"], "source.publisher", r)
		if c.Source.URL, _ = scalar(s["url"], "source.url", r); c.Source.URL != "" {
			checkURL(c.Source.URL, s["url"].line, r)
		}
	}
	for _, u := range scalars(v["more_sources"], "more_sources", r) {
		checkURL(u.text, u.line, r)
		c.Source.More = append(c.Source.More, u.text)
	}
}

func atMost(text, name string, limit, line int, r *reporter) {
	if n := utf8.RuneCountInString(text); n > limit {
		r.add(line, "%s er på %d tegn (tilladt: højst %d)", name, n, limit)
	}
}

func checkURL(address string, line int, r *reporter) {
	if !goodURL(address) {
		r.add(line, "forkert adresse %s (tilladt: http:// eller https:// og et værtsnavn)", quote(address))
	}
}

// known reports a value that the taxonomy doesn't have, with the nearest one, and all where they are few. An empty value was reported before.
func known(facet, value string, line int, t *Taxonomy, r *reporter) bool {
	if value == "" || t.Has(facet, value) {
		return value != ""
	}
	meant := t.Nearest(facet, value)
	if several := t.Resolve(facet, value); len(several) > 1 {
		meant = strings.Join(several, " eller ")
	}
	allowed := ""
	if all := t.IDs(facet); len(all) <= maxListed {
		allowed = " tilladt: " + strings.Join(all, ", ")
	}
	r.add(line, "ukendt %s %s (mente du %s?%s)", facetNouns[facet], quote(value), meant, allowed)
	return false
}

var (
	headingLine    = regexp.MustCompile(`^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$`)
	gluedHeading   = regexp.MustCompile(`^ {0,3}#{2,6}[^#\s]`)
	headingBeneath = regexp.MustCompile(`^ {0,3}(?:=+|--+)[ \t]*$`)
)

// readSections reads the headed sections of a case's body, which starts on firstLine of the file.
func readSections(lines []string, firstLine int, r *reporter) []Section {
	var sections []Section
	seen := map[string]int{}
	last := -1     // the place in Headings of the last heading in order
	open := false  // inside a known section
	before := true // no heading yet
	toldBefore := false
	opened := 0 // the line of the open section's heading
	var body []string
	flush := func() {
		if !open {
			return
		}
		text := norm.NFC.String(strings.Trim(strings.Join(body, "\n"), "\n\t "))
		if text == "" {
			r.add(opened, "afsnittet %s er tomt (skriv en tekst, eller udelad afsnittet)", sections[len(sections)-1].Heading)
		}
		sections[len(sections)-1].Body = text
		body = nil
	}
	for i, line := range lines {
		at := firstLine + i
		m := headingLine.FindStringSubmatch(line)
		if m == nil {
			switch {
			case gluedHeading.MatchString(line):
				r.add(at, "der mangler et mellemrum efter # i overskriften %s", quote(strings.TrimSpace(line)))
			case i > 0 && headingBeneath.MatchString(line) && strings.TrimSpace(lines[i-1]) != "":
				r.add(at, "streger under en linje gør den til en overskrift (skriv ## foran, eller sæt en tom linje imellem)")
			case before && !toldBefore && strings.TrimSpace(line) != "":
				r.add(at, "tekst før den første overskrift (tilladt: %s)", headingList())
				toldBefore = true
			}
			body = append(body, line)
			continue
		}
		flush()
		before, open, body = false, false, nil
		heading := norm.NFC.String(m[2])
		place := slices.Index(Headings, heading)
		switch {
		case place < 0:
			r.add(at, "ukendt overskrift %s (mente du ## %s? tilladt: %s)", quote(heading), nearest(heading, Headings), headingList())
		case len(m[1]) != 2:
			r.add(at, "overskriften %s skal have to #", heading)
		case seen[heading] > 0:
			r.add(at, "overskriften %s står to gange (første gang på linje %d)", heading, seen[heading])
		default:
			if place < last {
				r.add(at, "overskriften %s står efter %s (rækkefølge: %s)", heading, Headings[last], headingList())
			}
			seen[heading], last = at, max(last, place)
			open, opened = true, at
			sections = append(sections, Section{Heading: heading})
		}
	}
	flush()
	if before {
		r.add(firstLine, "casen har ingen afsnit (tilladt: %s)", headingList())
	}
	return sections
}

func headingList() string { return "## " + strings.Join(Headings, ", ## ") }
