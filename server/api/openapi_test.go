package api

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/vidensbank/vidensbank/search"
	"github.com/vidensbank/vidensbank/server/web"
	"github.com/vidensbank/vidensbank/server/webtest"
)

type document struct {
	OpenAPI    string                          `json:"openapi"`
	Paths      map[string]map[string]operation `json:"paths"`
	Components struct {
		Parameters map[string]parameter `json:"parameters"`
		Schemas    map[string]schema    `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	Parameters []parameter `json:"parameters"`
	Responses  map[string]struct {
		Content map[string]struct {
			Schema schema `json:"schema"`
		} `json:"content"`
	} `json:"responses"`
}

type parameter struct {
	Ref     string `json:"$ref"`
	Name    string `json:"name"`
	In      string `json:"in"`
	Explode bool   `json:"explode"`
	Schema  schema `json:"schema"`
}

type schema struct {
	Ref        string            `json:"$ref"`
	Type       any               `json:"type"`
	Required   []string          `json:"required"`
	Properties map[string]schema `json:"properties"`
	Items      *schema           `json:"items"`
	Additional *schema           `json:"additionalProperties"`
	OneOf      []schema          `json:"oneOf"`
	Enum       []string          `json:"enum"`
	Minimum    int               `json:"minimum"`
	Maximum    int               `json:"maximum"`
	MaxLength  int               `json:"maxLength"`
	Default    any               `json:"default"`
}

func read(t *testing.T) document {
	t.Helper()
	var d document
	if err := json.Unmarshal(openAPI, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOpenAPISchemasEqualTheGoTypes(t *testing.T) {
	d := read(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1.") {
		t.Errorf("openapi is %q, want 3.1", d.OpenAPI)
	}
	seen := map[string]bool{}
	for _, v := range []any{SearchResponse{}, SuggestResponse{}, Case{}, SimilarResponse{}, web.Problem{}} {
		compare(t, d, reflect.TypeOf(v), seen)
	}
	for name := range d.Components.Schemas {
		if !seen[name] {
			t.Errorf("schema %s describes no Go type", name)
		}
	}
}

// compare checks a struct against the schema of its name, and the structs that it holds.
func compare(t *testing.T, d document, typ reflect.Type, seen map[string]bool) {
	t.Helper()
	if seen[typ.Name()] {
		return
	}
	seen[typ.Name()] = true
	s, ok := d.Components.Schemas[typ.Name()]
	if !ok {
		t.Errorf("%s has no schema", typ.Name())
		return
	}
	var names, required []string
	for _, f := range reflect.VisibleFields(typ) {
		if f.Anonymous {
			continue
		}
		name, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
		if option != "omitempty" {
			required = append(required, name)
		}
		if p, ok := s.Properties[name]; !ok {
			t.Errorf("%s.%s isn't described", typ.Name(), name)
		} else if got, want := spell(p), spellType(f.Type); got != want {
			t.Errorf("%s.%s is described as %s, its type is %s", typ.Name(), name, got, want)
		}
		for e := f.Type; ; e = e.Elem() {
			if e.Kind() == reflect.Struct {
				compare(t, d, e, seen)
			}
			if k := e.Kind(); k != reflect.Slice && k != reflect.Pointer {
				break
			}
		}
	}
	for name := range s.Properties {
		if !slices.Contains(names, name) {
			t.Errorf("%s.%s is described but doesn't exist", typ.Name(), name)
		}
	}
	slices.Sort(required)
	slices.Sort(s.Required)
	if !slices.Equal(required, s.Required) {
		t.Errorf("%s requires %v, want %v", typ.Name(), s.Required, required)
	}
}

// spell and spellType write a schema and a Go type in one language.
func spell(s schema) string {
	switch {
	case s.Ref != "":
		return strings.TrimPrefix(s.Ref, "#/components/schemas/")
	case len(s.OneOf) == 2 && s.OneOf[1].Type == "null":
		return spell(s.OneOf[0]) + " or null"
	case s.Items != nil:
		return "array of " + spell(*s.Items)
	case s.Additional != nil:
		return "map to " + spell(*s.Additional)
	}
	if types, ok := s.Type.([]any); ok {
		return fmt.Sprintf("%v or %v", types[0], types[1])
	}
	return fmt.Sprint(s.Type)
}

func spellType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "string"
	case reflect.Int:
		return "integer"
	case reflect.Float64:
		return "number"
	case reflect.Bool:
		return "boolean"
	case reflect.Slice:
		return "array of " + spellType(t.Elem())
	case reflect.Map:
		return "map to " + spellType(t.Elem())
	case reflect.Pointer:
		return spellType(t.Elem()) + " or null"
	default:
		return t.Name()
	}
}

func TestOpenAPIPathsEqualTheRoutes(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	module, err := New(&web.Site{Searcher: &webtest.Searcher{}, Labels: webtest.Taxonomy, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	module.Routes(r)
	var routed []string
	for _, route := range r.Routes() {
		if route.Method == "GET" {
			routed = append(routed, strings.ReplaceAll(route.Path, ":id", "{id}"))
		}
	}
	var described []string
	for path := range read(t).Paths {
		described = append(described, path)
	}
	slices.Sort(routed)
	slices.Sort(described)
	if !slices.Equal(routed, described) {
		t.Errorf("described %v\nrouted    %v", described, routed)
	}
}

func TestOpenAPIParametersEqualThoseThatAreTaken(t *testing.T) {
	d := read(t)
	want := map[string][]string{
		"/api/v1/search":             web.SearchParams,
		"/api/v1/suggest":            {web.ParamText, web.ParamLimit},
		"/api/v1/cases/{id}":         {"id", web.ParamLang},
		"/api/v1/cases/{id}/similar": {"id", web.ParamLimit, web.ParamLang},
		"/api/v1/openapi.json":       nil,
	}
	got := map[string]map[string]parameter{}
	for path, methods := range d.Paths {
		got[path] = map[string]parameter{}
		var names []string
		for _, p := range methods["get"].Parameters {
			if p.Ref != "" {
				p = d.Components.Parameters[strings.TrimPrefix(p.Ref, "#/components/parameters/")]
			}
			names = append(names, p.Name)
			got[path][p.Name] = p
			if p.In != "path" && p.In != "query" {
				t.Errorf("%s: %s is in %q", path, p.Name, p.In)
			}
		}
		if !slices.Equal(names, want[path]) {
			t.Errorf("%s takes %v, described are %v", path, want[path], names)
		}
	}
	s := got["/api/v1/search"]
	for _, f := range search.Facets {
		if !s[f].Explode {
			t.Errorf("facet %s may repeat, which isn't described", f)
		}
	}
	for name, bounds := range map[string]struct{ got, want int }{
		"q":             {s["q"].Schema.MaxLength, search.MaxQueryRunes},
		"page":          {s["page"].Schema.Maximum, search.MaxPage},
		"size":          {s["size"].Schema.Maximum, search.MaxSize},
		"year":          {s["year"].Schema.Items.Maximum, web.MaxYear},
		"size default":  {int(s["size"].Schema.Default.(float64)), search.DefaultSize},
		"suggest limit": {got["/api/v1/suggest"]["limit"].Schema.Maximum, MaxSuggestions},
		"similar limit": {got["/api/v1/cases/{id}/similar"]["limit"].Schema.Maximum, MaxSimilar},
		"suggest":       {int(got["/api/v1/suggest"]["limit"].Schema.Default.(float64)), DefaultSuggestions},
		"similar":       {int(got["/api/v1/cases/{id}/similar"]["limit"].Schema.Default.(float64)), DefaultSimilar},
	} {
		if bounds.got != bounds.want {
			t.Errorf("%s is described as %d, is %d", name, bounds.got, bounds.want)
		}
	}
	if e := s["sort"].Schema.Enum; !slices.Equal(e, []string{string(search.SortRelevance), string(search.SortNewest), string(search.SortTitle)}) {
		t.Errorf("sort is described as %v", e)
	}
}

func TestOpenAPIAnswersAreTheTypesThatHandlersGive(t *testing.T) {
	d := read(t)
	for path, want := range map[string]string{
		"/api/v1/search": "SearchResponse", "/api/v1/suggest": "SuggestResponse",
		"/api/v1/cases/{id}": "Case", "/api/v1/cases/{id}/similar": "SimilarResponse",
	} {
		if got := spell(d.Paths[path]["get"].Responses["200"].Content["application/json"].Schema); got != want {
			t.Errorf("%s answers %q, want %q", path, got, want)
		}
	}
}
