package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// axeTags are the rules asked for: WCAG 2.0 to 2.2, A and AA, and what axe calls good practice.
const axeTags = `["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]`

// findAxe gives axe-core's source: from EnvAxe, or from the nearest node_modules up from here.
func findAxe() (string, error) {
	var places []string
	if p := os.Getenv(EnvAxe); p != "" {
		places = []string{p, filepath.Join(p, "axe.min.js"), filepath.Join(p, "axe-core", "axe.min.js"), filepath.Join(p, "node_modules", "axe-core", "axe.min.js")}
	} else {
		dir, err := os.Getwd()
		if err != nil {
			return "", err
		}
		for {
			places = append(places, filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
			parent := filepath.Dir(dir)
			if parent == dir {
				break
			}
			dir = parent
		}
	}
	for _, p := range places {
		if info, err := os.Stat(p); err == nil && info.Mode().IsRegular() {
			b, err := os.ReadFile(p)
			return string(b), err
		}
	}
	return "", errors.New("no axe-core: npm install --prefix DIR axe-core@4.14.1, and set " + EnvAxe + " to DIR/node_modules/axe-core")
}

// Axe gives what axe-core finds wrong with the page as it stands, one line a fault. Without axe-core the test is skipped: ask for
// it in a test of its own.
func (tab *Tab) Axe() []string {
	tab.r.Helper()
	source, err := findAxe()
	if err != nil {
		missing(tab.r, err)
	}
	if !Eval[bool](tab, "'axe' in window") {
		Eval[*bool](tab, source+";null")
	}
	type violation struct {
		ID, Impact, Help string
		Nodes            []struct {
			HTML           string
			Target         []any
			FailureSummary string
		}
	}
	result := Eval[struct {
		Violations []violation
		Passes     int
	}](tab, `axe.run(document, {runOnly: `+axeTags+`}).then(r => ({Violations: r.violations.map(v => ({ID: v.id, Impact: v.impact, Help: v.help,
		Nodes: v.nodes.map(n => ({HTML: n.html, Target: n.target, FailureSummary: n.failureSummary}))})), Passes: r.passes.length}))`)
	if result.Passes == 0 {
		tab.r.Fatalf("axe-core checked nothing")
	}
	var faults []string
	for _, v := range result.Violations {
		for _, n := range v.Nodes {
			faults = append(faults, fmt.Sprintf("%s (%s): %s\n  %v  %s\n  %s", v.ID, v.Impact, v.Help, n.Target, n.HTML,
				strings.ReplaceAll(n.FailureSummary, "\n", "\n  ")))
		}
	}
	return faults
}
