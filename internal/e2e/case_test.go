package e2e_test

import (
	"strings"
	"testing"

	"github.com/vidensbank/vidensbank/internal/e2e"
)

func TestACaseIsCopiedAsTextAndAsALinkAndPrinted(t *testing.T) {
	tab := e2e.Open(t, e2e.Serve(t, nil))
	tab.Go("/cases/jobcenter-lejre-vi-forebygger-stress-sammen")
	// A headless browser has no clipboard and no printer: what would go there is kept on the page.
	e2e.Eval[bool](tab, `(() => {
		window.kept = [];
		Object.defineProperty(navigator, "clipboard", {value: {writeText: async (text) => { window.kept.push(text); }}});
		window.print = () => { window.kept.push("printed"); };
		return true;
	})()`)
	tab.Click(`[data-do="copy"]`)
	tab.Wait(`window.kept.length === 1`)
	text := e2e.Eval[string](tab, `window.kept[0]`)
	for _, want := range []string{"Jobcenter Lejre", "Udfordring", "Indsats", "stress", "Kilde", "/cases/jobcenter-lejre-vi-forebygger-stress-sammen"} {
		if !strings.Contains(text, want) {
			t.Errorf("the copied text lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "<") {
		t.Errorf("the copied text has markup:\n%s", text)
	}
	tab.Click(`[data-do="link"]`)
	tab.Wait(`window.kept.length === 2 && window.kept[1] === location.href`)
	tab.Click(`[data-do="print"]`)
	tab.Wait(`window.kept.length === 3 && window.kept[2] === "printed"`)
	silent(t, tab)
}
