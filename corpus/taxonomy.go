package corpus

import (
	"embed"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// The facets, by the names that queries and URLs use.
const (
	FacetSector       = "sector"
	FacetTheme        = "theme"
	FacetMunicipality = "municipality"
	FacetRegion       = "region"
	FacetKind         = "kind"
	FacetYear         = "year"
)

// Value is one value of a facet.
type Value struct {
	ID      string   // what cases and URLs say: a slug, for regions the official name
	Label   string   // Danish
	English string   // the label in English
	Words   []string // other words that people use for it, in Danish
	Parent  string   // the ID of the wider value, or ""
}

// Municipality is one of Denmark's 98.
type Municipality struct {
	Code, Name, Region string   // the official number of three digits, the official name, a region's ID
	Spellings          []string // other spellings and names in use: Århus
	Former             []string // municipalities before 2007 that went into it, wholly or in part: Nexø. Some are everyday words: Give, Hals, Ringe
}

// Taxonomy is what cases are sorted by. It isn't changed after it was loaded, and may be used by several goroutines.
type Taxonomy struct {
	Sectors, Themes, Kinds, Regions []Value
	Municipalities                  []Municipality

	once  sync.Once
	index map[string]facetIndex
}

// facetIndex finds a facet's values by what they are called.
type facetIndex struct {
	order  []string // IDs as the file lists them
	byID   map[string]called
	byName map[string]claim // folded name -> values
}

// called holds all names of a value.
type called struct {
	danish, english string
	all             []string
}

// claim says which values a name leads to. The strongest claim wins: an official name is never taken for a former one.
type claim struct {
	strength int
	values   []string
}

const (
	claimOfficial = iota // ID, code
	claimLabel
	claimEnglish
	claimSpelling
	claimFormer
)

func (t *Taxonomy) facet(name string) facetIndex {
	t.once.Do(func() {
		t.index = map[string]facetIndex{
			FacetSector: indexValues(t.Sectors), FacetTheme: indexValues(t.Themes),
			FacetKind: indexValues(t.Kinds), FacetRegion: indexValues(t.Regions),
			FacetMunicipality: indexMunicipalities(t.Municipalities),
		}
	})
	return t.index[name]
}

func (x *facetIndex) claim(name, value string, strength int) {
	key := fold(name)
	old, taken := x.byName[key]
	switch {
	case key == "" || taken && old.strength < strength || slices.Contains(old.values, value):
	case taken && old.strength == strength:
		x.byName[key] = claim{strength, append(old.values, value)}
	default:
		x.byName[key] = claim{strength, []string{value}}
	}
}

func indexValues(values []Value) facetIndex {
	x := facetIndex{byID: make(map[string]called), byName: make(map[string]claim)}
	for _, v := range values {
		x.order = append(x.order, v.ID)
		x.byID[v.ID] = called{v.Label, v.English, unique(slices.Concat([]string{v.Label}, v.Words, []string{v.English}))}
		x.claim(v.ID, v.ID, claimOfficial)
		x.claim(v.Label, v.ID, claimLabel)
		x.claim(v.English, v.ID, claimEnglish)
	}
	return x
}

func indexMunicipalities(all []Municipality) facetIndex {
	x := facetIndex{byID: make(map[string]called), byName: make(map[string]claim)}
	for _, m := range all {
		x.order = append(x.order, m.Name)
		x.byID[m.Name] = called{m.Name, m.Name, unique(slices.Concat([]string{m.Name}, m.Spellings, m.Former))}
		x.claim(m.Code, m.Name, claimOfficial)
		x.claim(m.Name, m.Name, claimOfficial)
		for _, s := range m.Spellings {
			x.claim(s, m.Name, claimSpelling)
		}
		for _, f := range m.Former {
			x.claim(f, m.Name, claimFormer)
		}
	}
	return x
}

// unique drops empty and repeated strings.
func unique(all []string) []string {
	var out []string
	for _, s := range all {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// IDs lists the values of a facet in the taxonomy's order, official names for municipalities; nil for years and unknown facets.
func (t *Taxonomy) IDs(facet string) []string { return slices.Clone(t.facet(facet).order) }

// Has tells whether value is, to the letter, a value of the facet.
func (t *Taxonomy) Has(facet, value string) bool {
	_, ok := t.facet(facet).byID[value]
	return ok
}

// Label returns what a page calls a value, in Danish or, for lang "en", in English. It's the value itself where the taxonomy
// doesn't know it: years, and the values of an open taxonomy.
func (t *Taxonomy) Label(facet, value, lang string) string {
	v, ok := t.facet(facet).byID[value]
	switch {
	case !ok:
		return value
	case lang == "en" && v.english != "":
		return v.english
	default:
		return v.danish
	}
}

// Resolve returns the values that a text names exactly: by slug, label, code, official name, spelling, or the name of a former
// municipality, which may lead to several. Case, å/aa, æ/ae, ø/oe, hyphens and a trailing "Kommune" make no difference. Alternative
// words name nothing here. The result is empty when nothing is named.
//
//	Resolve("municipality", "århus kommune") == ["Aarhus"]
//	Resolve("municipality", "Langå") == ["Favrskov", "Randers"]
//	Resolve("year", "2013") == ["2013"]
func (t *Taxonomy) Resolve(facet, text string) []string {
	key := fold(text)
	if facet == FacetYear {
		if n, err := strconv.Atoi(key); err == nil && n > 0 && n <= 9999 && strconv.Itoa(n) == key {
			return []string{key}
		}
		return nil
	}
	names := t.facet(facet).byName
	if c, ok := names[key]; ok {
		return slices.Clone(c.values)
	}
	if bare, ok := strings.CutSuffix(key, " kommune"); ok && facet == FacetMunicipality {
		if c, ok := names[bare]; ok {
			return slices.Clone(c.values)
		}
		if c, ok := names[strings.TrimSuffix(bare, "s")]; ok { // Københavns Kommune
			return slices.Clone(c.values)
		}
	}
	return nil
}

// Nearest returns the value whose slug, label, word or spelling has the smallest edit distance to text: for messages, not for search.
// It's "" for a facet without values.
func (t *Taxonomy) Nearest(facet, text string) string {
	if exact := t.Resolve(facet, text); len(exact) > 0 && facet != FacetYear {
		return exact[0]
	}
	x := t.facet(facet)
	key := []rune(fold(text))
	best, bestDistance := "", -1
	consider := func(id, name string) {
		if d := editDistance(key, []rune(fold(name))); bestDistance < 0 || d < bestDistance {
			best, bestDistance = id, d
		}
	}
	for _, id := range x.order {
		consider(id, id)
	}
	for _, id := range x.order {
		for _, name := range x.byID[id].all {
			consider(id, name)
		}
	}
	return best
}

// Names returns every word and spelling that names a value, its Danish label first; nil for an unknown value. Names may be everyday
// words (the former municipalities Give and Hals): whoever understands queries by them weighs that.
func (t *Taxonomy) Names(facet, value string) []string {
	return slices.Clone(t.facet(facet).byID[value].all)
}

// RegionOf returns the region that all the municipalities lie in, or "" when they lie in several or one is unknown.
func (t *Taxonomy) RegionOf(municipalities []string) string {
	region := ""
	for _, name := range municipalities {
		i := slices.IndexFunc(t.Municipalities, func(m Municipality) bool { return m.Name == name })
		if i < 0 || region != "" && t.Municipalities[i].Region != region {
			return ""
		}
		region = t.Municipalities[i].Region
	}
	return region
}

//go:embed taxonomy
var embeddedTaxonomy embed.FS

// taxonomyFiles lists the files of a taxonomy.
var taxonomyFiles = []string{"sectors.yaml", "themes.yaml", "kinds.yaml", "regions.yaml", "municipalities.yaml"}

// readTaxonomy reads a taxonomy from a folder; files that it doesn't have are taken from the embedded one, which is all of it when
// folder is nil. label is the start of its files' names in faults. digest is that of the files as read.
func readTaxonomy(folder fs.FS, label string) (t *Taxonomy, digest []byte, faults []Fault, err error) {
	t = &Taxonomy{}
	var contents []string
	reports := make([]*reporter, len(taxonomyFiles))
	for i, name := range taxonomyFiles {
		r := &reporter{file: path.Join("corpus/taxonomy", name)}
		var data []byte
		readErr := fs.ErrNotExist
		if folder != nil {
			data, readErr = fs.ReadFile(folder, name)
		}
		switch {
		case readErr == nil:
			r.file = label + name
		case errors.Is(readErr, fs.ErrNotExist):
			if data, err = embeddedTaxonomy.ReadFile("taxonomy/" + name); err != nil {
				return nil, nil, nil, err
			}
		default:
			return nil, nil, nil, readErr
		}
		contents = append(contents, string(data))
		reports[i] = r
		switch name {
		case "sectors.yaml":
			t.Sectors = readValues(data, r)
		case "themes.yaml":
			t.Themes = readValues(data, r)
		case "kinds.yaml":
			t.Kinds = readValues(data, r)
		case "regions.yaml":
			t.Regions = readValues(data, r)
		case "municipalities.yaml":
			t.Municipalities = readMunicipalities(data, t.Regions, r)
		}
	}
	if folder != nil {
		entries, err := fs.ReadDir(folder, ".")
		if err != nil {
			return nil, nil, nil, err
		}
		for _, e := range entries {
			if ext := path.Ext(e.Name()); (ext == ".yaml" || ext == ".yml") && !slices.Contains(taxonomyFiles, e.Name()) && !strings.HasPrefix(e.Name(), ".") {
				faults = append(faults, Fault{label + e.Name(), 1, "ukendt fil i taksonomien (tilladt: " + strings.Join(taxonomyFiles, ", ") + ")"})
			}
		}
	}
	for _, r := range reports {
		faults = append(faults, r.faults...)
	}
	sortFaults(faults)
	return t, sum(contents...), faults, nil
}

// taxonomyItems reads a file of the taxonomy as a list of maps.
func taxonomyItems(data []byte, r *reporter) []*node {
	checkUTF8(data, r)
	if len(r.faults) > 0 {
		return nil
	}
	root := parseYAML(data, 1, r)
	if len(r.faults) > 0 {
		return nil
	}
	if root == nil || root.kind != listNode {
		r.add(1, "filen skal være en liste af værdier")
		return nil
	}
	var items []*node
	for _, item := range root.items {
		if item.kind != mapNode {
			r.add(item.line, "hver værdi skal være en gruppe af nøgler")
			continue
		}
		items = append(items, item)
	}
	return items
}

// required returns the text of a key and reports its absence.
func required(values map[string]*node, key string, line int, r *reporter) (string, int) {
	n, present := values[key]
	if !present {
		r.add(line, "%s mangler", key)
	}
	text, ok := scalar(n, key, r)
	if !ok {
		return "", line
	}
	return text, n.line
}

func optional(values map[string]*node, key string, r *reporter) string {
	text, _ := scalar(values[key], key, r)
	return text
}

func texts(all []lined) []string {
	var out []string
	for _, l := range all {
		out = append(out, l.text)
	}
	return out
}

// namesTaken reports two values of one facet with the same name.
type namesTaken map[string]string

func (n namesTaken) take(name, id string, line int, r *reporter) {
	key := fold(name)
	if key == "" {
		return
	}
	if other, taken := n[key]; taken && other != id {
		r.add(line, "%s bruges allerede af %s", quote(name), quote(other))
		return
	}
	n[key] = id
}

func readValues(data []byte, r *reporter) []Value {
	var out []Value
	taken, ids := namesTaken{}, map[string]int{}
	parents := map[int]lined{}
	for _, item := range taxonomyItems(data, r) {
		f := fields(item, "", []string{"id", "label", "english", "words", "parent"}, r)
		var v Value
		var line int
		v.ID, line = required(f, "id", item.line, r)
		v.Label, _ = required(f, "label", item.line, r)
		v.English = optional(f, "english", r)
		v.Words = texts(scalars(f["words"], "words", r))
		v.Parent = optional(f, "parent", r)
		if v.ID == "" {
			continue
		}
		if first := ids[v.ID]; first > 0 {
			r.add(line, "id %s står to gange (første gang på linje %d)", quote(v.ID), first)
			continue
		}
		ids[v.ID] = line
		taken.take(v.ID, v.ID, line, r)
		taken.take(v.Label, v.ID, line, r)
		if v.Parent != "" {
			parents[len(out)] = lined{v.Parent, f["parent"].line}
		}
		out = append(out, v)
	}
	order := make([]string, 0, len(out))
	for _, v := range out {
		order = append(order, v.ID)
	}
	for i := range out {
		if p, ok := parents[i]; ok && (p.text == out[i].ID || ids[p.text] == 0) {
			r.add(p.line, "parent %s er ikke en anden værdi i filen (mente du %s?)", quote(p.text), nearest(p.text, order))
		}
	}
	if len(out) == 0 && len(r.faults) == 0 {
		r.add(1, "filen har ingen værdier")
	}
	return out
}

func readMunicipalities(data []byte, regions []Value, r *reporter) []Municipality {
	var out []Municipality
	taken := namesTaken{}
	ids := make([]string, 0, len(regions))
	for _, v := range regions {
		ids = append(ids, v.ID)
	}
	for _, item := range taxonomyItems(data, r) {
		f := fields(item, "", []string{"code", "name", "region", "spellings", "former"}, r)
		var m Municipality
		var line, regionLine int
		m.Code, line = required(f, "code", item.line, r)
		if m.Code != "" && (len(m.Code) != 3 || digitsOf(m.Code) != m.Code) {
			r.add(line, "code skal have tre cifre, ikke %s", quote(m.Code))
		}
		m.Name, line = required(f, "name", item.line, r)
		m.Region, regionLine = required(f, "region", item.line, r)
		if m.Region != "" && !slices.Contains(ids, m.Region) {
			r.add(regionLine, "ukendt region %s (mente du %s? tilladt: %s)", quote(m.Region), nearest(m.Region, ids), strings.Join(ids, ", "))
		}
		m.Spellings = texts(scalars(f["spellings"], "spellings", r))
		m.Former = texts(scalars(f["former"], "former", r))
		if m.Name == "" {
			continue
		}
		if slices.ContainsFunc(out, func(other Municipality) bool { return other.Name == m.Name || other.Code == m.Code }) {
			r.add(line, "kommunen %s eller dens code %s står to gange", quote(m.Name), quote(m.Code))
			continue
		}
		taken.take(m.Name, m.Name, line, r)
		for _, s := range m.Spellings {
			taken.take(s, m.Name, f["spellings"].line, r)
		}
		out = append(out, m)
	}
	if len(out) == 0 && len(r.faults) == 0 {
		r.add(1, "filen har ingen værdier")
	}
	return out
}
