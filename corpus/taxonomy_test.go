package corpus

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestTheTaxonomyIsComplete(t *testing.T) {
	taxonomy := testTaxonomy(t)
	for _, tt := range []struct {
		facet string
		want  int
	}{{FacetSector, 15}, {FacetTheme, 28}, {FacetKind, 5}, {FacetRegion, 5}, {FacetMunicipality, 98}, {FacetYear, 0}, {"andet", 0}} {
		ids := taxonomy.IDs(tt.facet)
		if len(ids) != tt.want {
			t.Errorf("%s has %d values, want %d", tt.facet, len(ids), tt.want)
		}
		for _, id := range ids {
			if !taxonomy.Has(tt.facet, id) || !slices.Equal(taxonomy.Resolve(tt.facet, id), []string{id}) || taxonomy.Nearest(tt.facet, id) != id {
				t.Errorf("%s %s isn't found by its own name", tt.facet, id)
			}
			names := taxonomy.Names(tt.facet, id)
			if len(names) == 0 || names[0] != taxonomy.Label(tt.facet, id, "da") {
				t.Errorf("%s %s has the names %q, want its label first", tt.facet, id, names)
			}
			if tt.facet == FacetSector || tt.facet == FacetTheme {
				if taxonomy.Label(tt.facet, id, "en") == "" || len(names) < 5 {
					t.Errorf("%s %s lacks an English label or other words", tt.facet, id)
				}
			}
		}
	}
}

func TestNamesLeadToTheirValues(t *testing.T) {
	taxonomy := testTaxonomy(t)
	tests := []struct {
		name, facet, text, want string
	}{
		{"the official name", FacetMunicipality, "Aarhus", "Aarhus"},
		{"a code", FacetMunicipality, "751", "Aarhus"},
		{"the old spelling", FacetMunicipality, "Århus", "Aarhus"},
		{"small letters and Kommune", FacetMunicipality, "århus kommune", "Aarhus"},
		{"a genitive with Kommune", FacetMunicipality, "Københavns Kommune", "København"},
		{"a name that ends in s with Kommune", FacetMunicipality, "Vesthimmerlands Kommune", "Vesthimmerlands"},
		{"a name without its s", FacetMunicipality, "Vesthimmerland", "Vesthimmerlands"},
		{"Nordfyn", FacetMunicipality, "Nordfyn", "Nordfyns"},
		{"a hyphen and aa", FacetMunicipality, "Høje-Taastrup", "Høje-Taastrup"},
		{"a space and å", FacetMunicipality, "Høje Tåstrup", "Høje-Taastrup"},
		{"a keyboard without Danish letters", FacetMunicipality, "Hoeje-taastrup", "Høje-Taastrup"},
		{"Åbenrå", FacetMunicipality, "Åbenrå", "Aabenraa"},
		{"Ålborg", FacetMunicipality, "Ålborg", "Aalborg"},
		{"the regional municipality", FacetMunicipality, "Bornholms Regionskommune", "Bornholm"},
		{"a name in decomposed letters", FacetMunicipality, "A\u030arhus", "Aarhus"},
		{"a former municipality", FacetMunicipality, "Nexø", "Bornholm"},
		{"a former municipality spelled otherwise", FacetMunicipality, "neksø", "Bornholm"},
		{"a former municipality that was divided", FacetMunicipality, "Langå", "Favrskov|Randers"},
		{"a former municipality that was divided in three", FacetMunicipality, "Aalestrup", "Viborg|Vesthimmerlands|Mariagerfjord"},
		{"a name that was former and is official", FacetMunicipality, "Stevns", "Stevns"},
		{"no municipality", FacetMunicipality, "Malmø", ""},
		{"nothing", FacetMunicipality, " ", ""},
		{"a theme's slug", FacetTheme, "vold-og-trusler", "vold-og-trusler"},
		{"a theme's label", FacetTheme, "Vold og trusler", "vold-og-trusler"},
		{"a theme's English label", FacetTheme, "violence and threats", "vold-og-trusler"},
		{"an alternative word names nothing", FacetTheme, "udadreagerende", ""},
		{"a label with æ for a slug with ae", FacetTheme, "sygefravær", "sygefravaer"},
		{"a region's name", FacetRegion, "sjælland", "Sjælland"},
		{"a region's label", FacetRegion, "Region Sjælland", "Sjælland"},
		{"a kind", FacetKind, "Værktøj", "vaerktoej"},
		{"a year", FacetYear, " 2013 ", "2013"},
		{"no year", FacetYear, "tretten", ""},
		{"a year with a sign is none", FacetYear, "+2013", ""},
		{"an unknown facet", "andet", "x", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(taxonomy.Resolve(tt.facet, tt.text), "|"); got != tt.want {
				t.Errorf("Resolve(%s, %q) = %s, want %s", tt.facet, tt.text, got, tt.want)
			}
		})
	}
}

func TestAnOfficialNameIsStrongerThanAFormerOne(t *testing.T) {
	a, b := Municipality{Code: "001", Name: "A", Former: []string{"B"}}, Municipality{Code: "002", Name: "B"}
	for _, order := range [][]Municipality{{a, b}, {b, a}} {
		taxonomy := &Taxonomy{Municipalities: order}
		if got := taxonomy.Resolve(FacetMunicipality, "b"); !slices.Equal(got, []string{"B"}) {
			t.Errorf("b leads to %q, want B alone", got)
		}
	}
}

func TestEditDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "ab", 2}, {"stress", "stres", 1}, {"ahrus", "arhus", 1}, {"stress", "trivsel", 5}, {"abcd", "badc", 2}, {"ål", "øl", 1}} {
		for _, pair := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if got := editDistance([]rune(pair[0]), []rune(pair[1])); got != tt.want {
				t.Errorf("from %q to %q it is %d, want %d", pair[0], pair[1], got, tt.want)
			}
		}
	}
}

func TestTheNearestValueIsOffered(t *testing.T) {
	taxonomy := testTaxonomy(t)
	tests := []struct{ facet, text, want string }{
		{FacetTheme, "stres", "stress"},
		{FacetTheme, "sygefravær", "sygefravaer"},
		{FacetTheme, "udadreagernde", "vold-og-trusler"},
		{FacetSector, "plejehjemm", "aeldre-og-sundhed"},
		{FacetMunicipality, "Ahrus", "Aarhus"},
		{FacetMunicipality, "Nekso", "Bornholm"},
		{FacetKind, "eksemple", "eksempel"},
		{FacetYear, "2013", ""},
	}
	for _, tt := range tests {
		if got := taxonomy.Nearest(tt.facet, tt.text); got != tt.want {
			t.Errorf("Nearest(%s, %q) = %s, want %s", tt.facet, tt.text, got, tt.want)
		}
	}
}

func TestLabelsAndNames(t *testing.T) {
	taxonomy := testTaxonomy(t)
	for _, tt := range []struct{ facet, value, lang, want string }{
		{FacetTheme, "vold-og-trusler", "da", "Vold og trusler"},
		{FacetTheme, "vold-og-trusler", "en", "Violence and threats"},
		{FacetRegion, "Hovedstaden", "da", "Region Hovedstaden"},
		{FacetMunicipality, "Aarhus", "en", "Aarhus"},
		{FacetYear, "2013", "da", "2013"},
		{FacetTheme, "noget andet", "da", "noget andet"},
	} {
		if got := taxonomy.Label(tt.facet, tt.value, tt.lang); got != tt.want {
			t.Errorf("Label(%s, %s, %s) = %s, want %s", tt.facet, tt.value, tt.lang, got, tt.want)
		}
	}
	for _, tt := range []struct{ facet, value, name string }{
		{FacetTheme, "vold-og-trusler", "udadreagerende"},
		{FacetSector, "aeldre-og-sundhed", "plejehjem"},
		{FacetMunicipality, "Bornholm", "Nexø"},
		{FacetMunicipality, "Aarhus", "Århus"},
		{FacetRegion, "Midtjylland", "Region Midt"},
	} {
		if !slices.Contains(taxonomy.Names(tt.facet, tt.value), tt.name) {
			t.Errorf("Names(%s, %s) lacks %s", tt.facet, tt.value, tt.name)
		}
	}
	if names := taxonomy.Names(FacetTheme, "noget andet"); names != nil {
		t.Errorf("an unknown value has the names %q", names)
	}
	// A taxonomy that a test makes by hand works like a loaded one.
	byHand := &Taxonomy{Themes: []Value{{ID: "ro", Label: "Ro"}}}
	if got := byHand.Label(FacetTheme, "ro", "en"); got != "Ro" {
		t.Errorf("without an English label the label is %q, want the Danish one", got)
	}
}

func TestAnOwnTaxonomy(t *testing.T) {
	tests := []struct {
		name, file, text string
		want             []string
	}{
		{"another set of themes", "themes.yaml", "- {id: stress, label: Stress}\n- {id: ro, label: Ro, parent: stress}\n", nil},
		{"an unknown key", "themes.yaml", "- id: stress\n  label: Stress\n  labl: x\n", []string{`themes.yaml:3: ukendt nøgle "labl" (mente du label?`}},
		{"no label", "themes.yaml", "- id: stress\n", []string{"themes.yaml:1: label mangler"}},
		{"an id twice", "themes.yaml", "- {id: stress, label: Stress}\n- {id: stress, label: Stres}\n", []string{`themes.yaml:2: id "stress" står to gange`}},
		{"a label twice", "themes.yaml", "- {id: stress, label: Stress}\n- {id: ro, label: Stress}\n", []string{`themes.yaml:2: "Stress" bruges allerede af "stress"`}},
		{"an unknown parent", "themes.yaml", "- {id: stress, label: Stress, parent: stres}\n", []string{`themes.yaml:1: parent "stres" er ikke en anden værdi`}},
		{"no list", "themes.yaml", "id: stress\n", []string{"themes.yaml:1: filen skal være en liste"}},
		{"an empty file", "themes.yaml", "", []string{"themes.yaml:1: filen skal være en liste"}},
		{"broken YAML", "themes.yaml", "- id: stress\n  label: [\n", []string{"themes.yaml:3: ugyldig YAML"}},
		{"an unknown region", "municipalities.yaml", "- {code: 350, name: Lejre, region: Skåne}\n", []string{`municipalities.yaml:1: ukendt region "Skåne"`}},
		{"a wrong code", "municipalities.yaml", "- {code: 35, name: Lejre, region: Sjælland}\n", []string{`municipalities.yaml:1: code skal have tre cifre, ikke "35"`}},
		{"a spelling of another municipality", "municipalities.yaml", "- {code: 350, name: Lejre, region: Sjælland}\n- {code: 351, name: Roskilde, region: Sjælland, spellings: [lejre]}\n", []string{`municipalities.yaml:2: "lejre" bruges allerede af "Lejre"`}},
		{"an unknown file", "theme.yaml", "- {id: stress, label: Stress}\n", []string{"theme.yaml:1: ukendt fil i taksonomien"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "taxonomy", "kinds.yaml"), "- {id: eksempel, label: Eksempel}\n")
			write(t, filepath.Join(dir, "taxonomy", tt.file), tt.text)
			write(t, filepath.Join(dir, "x.md"), front+section)
			_, faults, err := Check(dir)
			if err != nil || len(faults) < len(tt.want) || len(tt.want) == 0 && len(faults) > 0 {
				t.Fatalf("error %v, faults %v, want %q", err, faults, tt.want)
			}
			for i, want := range tt.want {
				if want = filepath.Join(dir, "taxonomy", want); !strings.HasPrefix(faults[i].String(), want) {
					t.Errorf("fault %s, want %s…", faults[i], want)
				}
			}
		})
	}
}

func TestTheTaxonomyStandsInTheCasesOrBesideThem(t *testing.T) {
	const own = "- {id: stress, label: Min stress}\n"
	for _, tt := range []struct{ name, taxonomy, cases, path, label string }{
		{"in the folder", "a/taxonomy", "a/x.md", "a", "Min stress"},
		{"beside the folder cases, from above", "a/taxonomy", "a/cases/skole/x.md", "a", "Min stress"},
		{"beside the folder cases, from it", "a/taxonomy", "a/cases/skole/x.md", "a/cases", "Min stress"},
		{"beside the folder cases, from a sector's", "a/taxonomy", "a/cases/skole/x.md", "a/cases/skole", "Min stress"},
		{"beside a folder of another name it is somebody else's", "a/taxonomy", "a/b/x.md", "a/b", "Stress"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, tt.taxonomy, "themes.yaml"), own)
			write(t, filepath.Join(dir, tt.cases), front+section)
			t.Chdir(dir)
			for _, path := range []string{tt.path, filepath.Join(dir, tt.path)} {
				c, err := Open(path)
				if err != nil {
					t.Fatal(err)
				}
				if got := c.Taxonomy().Label(FacetTheme, "stress", "da"); got != tt.label {
					t.Errorf("Open(%s) has the label %s, want %s", path, got, tt.label)
				}
			}
			t.Chdir(tt.path)
			if c, err := Open("."); err != nil || c.Taxonomy().Label(FacetTheme, "stress", "da") != tt.label {
				t.Errorf("from inside: %v", err)
			}
		})
	}
}
