// Shots takes pictures of every kind of page, at three widths, in light and dark colours, for looking:
//
//	go run ./internal/e2e/shots -out pictures [-only landing]
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/vidensbank/vidensbank/internal/e2e"
)

// views are the pages worth a look.
var views = []struct{ name, path, then string }{
	{"landing", "/", ""},
	{"landing-en", "/?lang=en", ""},
	{"many", "/?q=stress+forebyggelse", ""},
	{"filters", "/?q=samarbejde&theme=trivsel&sector=aeldre-og-sundhed&sector=hospital", ""},
	{"all", "/?sort=title&page=3", ""},
	{"unmatched", "/?q=frivillige+lirumlarum+aalborg", ""},
	{"didyoumean", "/?q=stres", ""},
	{"zero", "/?q=kvantefysik&theme=stress&region=Nordjylland", ""},
	{"suggestions", "/", "suggest"},
	{"sheet", "/?q=stress", "sheet"},
	{"case", "/cases/lokalpsykiatri-broerup-fiskerbaenk", ""},
	{"case-long", "/cases/odsherred-fire-dages-arbejdsuge", ""},
	{"about", "/om", ""},
	{"was", "/was", ""},
	{"missing", "/cases/jobcenter-lejre-findes-ikke", ""},
	{"error", "/?theme=stres", ""},
}

func main() {
	out := flag.String("out", "screenshots", "the folder that the pictures are written to")
	only := flag.String("only", "", "take only the views whose names start so, divided by commas")
	flag.Parse()
	os.Exit(run(*out, *only))
}

func run(out, only string) (code int) {
	r := &reporter{}
	defer func() {
		for i := len(r.cleanups) - 1; i >= 0; i-- {
			r.cleanups[i]()
		}
		e2e.Close()
		if x := recover(); x != nil {
			if x != stopped {
				panic(x)
			}
			code = 1
		}
	}()
	tab := e2e.Open(r, e2e.Serve(r, nil))
	for _, view := range views {
		if !wanted(view.name, only) {
			continue
		}
		for _, width := range []int{1280, 768, 360} {
			for _, scheme := range []string{"light", "dark"} {
				if view.then == "sheet" && width == 1280 {
					continue
				}
				tab.Media("", "prefers-color-scheme", scheme)
				tab.Size(width, 800)
				tab.Go(view.path)
				switch view.then {
				case "suggest":
					tab.Click("#q")
					tab.Type("stre")
					tab.Wait(`document.querySelector("#forslag [role=option]")`)
					tab.Keys("ArrowDown", "ArrowDown")
				case "sheet":
					tab.Click(".opener")
				}
				file := filepath.Join(out, fmt.Sprintf("%s-%d-%s.png", view.name, width, scheme))
				tab.Screenshot(file, view.then == "")
				fmt.Println(file)
			}
		}
		for _, f := range tab.Faults() {
			fmt.Fprintln(os.Stderr, view.name+": "+f)
		}
	}
	return 0
}

func wanted(name, only string) bool {
	if only == "" {
		return true
	}
	for start := range strings.SplitSeq(only, ",") {
		if strings.HasPrefix(name, start) {
			return true
		}
	}
	return false
}

// stopped is the panic that ends a run early.
const stopped = stop("stopped")

type stop string

// reporter is what the harness tells a command.
type reporter struct{ cleanups []func() }

func (r *reporter) Helper()                   {}
func (r *reporter) Cleanup(do func())         { r.cleanups = append(r.cleanups, do) }
func (r *reporter) Logf(f string, a ...any)   { fmt.Fprintf(os.Stderr, f+"\n", a...) }
func (r *reporter) Errorf(f string, a ...any) { r.Logf(f, a...) }
func (r *reporter) Fatalf(f string, a ...any) { r.Logf(f, a...); panic(stopped) }
func (r *reporter) Skipf(f string, a ...any)  { r.Fatalf(f, a...) }
