// Package e2e runs the server as it is, in a real browser: what a person sees, hears and types. It holds the harness; the tests
// beside it are the scenarios, and the command shots takes pictures of every page.
//
//	tab := e2e.Open(t, e2e.Serve(t, nil))   // a new tab on a new server with the embedded cases
//	tab.Go("/?q=stress")
//	tab.Keys("Tab", "Enter")
//	tab.Wait(`document.title.startsWith("trivsel")`)
//
// A test without a browser is skipped with a word on what is missing, or fails where VIDENSBANK_E2E is "required".
package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The environment that the harness reads.
const (
	// EnvBrowser is the path of a Chromium, where none is found by name.
	EnvBrowser = "VIDENSBANK_BROWSER"
	// EnvAxe is the path of axe-core's folder (as npm installs it) or of its axe.min.js.
	EnvAxe = "VIDENSBANK_AXE"
	// EnvRequired set to "required" makes a missing browser or axe-core a failure.
	EnvRequired = "VIDENSBANK_E2E"
)

// patience bounds every wait for the browser: far more than a page needs, far less than a hanging build.
const patience = 20 * time.Second

// Reporter is what the harness needs of a testing.TB. The command that takes pictures has one of its own.
type Reporter interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
	Logf(format string, args ...any)
	Skipf(format string, args ...any)
	Cleanup(func())
}

// FindBrowser gives the path of a Chromium.
func FindBrowser() (string, error) {
	if p := os.Getenv(EnvBrowser); p != "" {
		return exec.LookPath(p)
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p, nil
		}
	}
	return "", errors.New("no browser: install Chromium (Debian: apt-get install chromium), or set " + EnvBrowser + " to its path")
}

// missing skips, or fails where everything is required.
func missing(r Reporter, err error) {
	r.Helper()
	if os.Getenv(EnvRequired) == "required" {
		r.Fatalf("%v", err)
	}
	r.Skipf("SKIPPED, NOT TESTED: %v", err)
}

// The browser is started once for a whole run: starting takes a second, a tab some milliseconds.
var shared struct {
	sync.Mutex
	ctx context.Context // nil before the first tab
}

var ends struct {
	sync.Mutex
	todo []func()
}

// atClose keeps what Close does, last first.
func atClose(do func()) {
	ends.Lock()
	defer ends.Unlock()
	ends.todo = append(ends.todo, do)
}

// Close ends the browser and removes the index. A package that opens tabs calls it after its tests:
//
//	func TestMain(m *testing.M) { code := m.Run(); e2e.Close(); os.Exit(code) }
func Close() {
	ends.Lock()
	defer ends.Unlock()
	for i := len(ends.todo) - 1; i >= 0; i-- {
		ends.todo[i]()
	}
	ends.todo = nil
}

func browser(r Reporter) context.Context {
	r.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.ctx != nil {
		return shared.ctx
	}
	path, err := FindBrowser()
	if err != nil {
		missing(r, err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], // with a new profile folder, removed at the end
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // containers have no user namespaces
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "da-DK"),
	)
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		end()
		stop()
		r.Fatalf("start %s: %v", path, err)
	}
	shared.ctx = ctx
	atClose(func() { end(); stop() })
	return ctx
}

// Tab is one tab with a profile of its own. Its methods end the test where the browser can't do what they ask.
type Tab struct {
	Base string // the server's address, which paths are added to

	ctx context.Context
	r   Reporter

	mu       sync.Mutex
	faults   []string
	requests []Request
}

// Request is one that the tab sent.
type Request struct {
	URL, Type string // Document, Stylesheet, Script, Fetch, …
}

// Open makes a tab of 1280 by 800 pixels in light colours for a server. It's closed with the test.
func Open(r Reporter, base string) *Tab {
	r.Helper()
	tab := &Tab{Base: base, r: r}
	ctx, end := chromedp.NewContext(browser(r), chromedp.WithNewBrowserContext(), chromedp.WithListener(tab.hear))
	tab.ctx = ctx
	r.Cleanup(end)
	tab.Size(1280, 800)
	return tab
}

// hear keeps what the browser complains of, and what it asks for.
func (tab *Tab) hear(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
		tab.faults = append(tab.faults, text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			tab.faults = append(tab.faults, strings.TrimSpace(e.Entry.Text+" "+e.Entry.URL))
		}
	case *page.EventJavascriptDialogOpening:
		tab.faults = append(tab.faults, "dialog: "+e.Message)
	case *network.EventRequestWillBeSent:
		tab.requests = append(tab.requests, Request{e.Request.URL, string(e.Type)})
	}
}

// Faults returns, and forgets, what the browser has complained of: exceptions, blocked scripts and styles, failed requests, dialogs.
func (tab *Tab) Faults() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	f := tab.faults
	tab.faults = nil
	return f
}

// Requests returns, and forgets, the requests sent so far.
func (tab *Tab) Requests() []Request {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	q := tab.requests
	tab.requests = nil
	return q
}

// Do runs actions of chromedp, for what has no method here.
func (tab *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	tab.r.Helper()
	first := chromedp.FromContext(tab.ctx).Target == nil
	ctx, cancel := tab.ctx, context.CancelFunc(func() {})
	if !first { // the context of the first action is the tab's life
		ctx, cancel = context.WithTimeout(tab.ctx, patience)
	}
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		tab.r.Fatalf("browser: %v", err)
	}
}

// Call sends a command of the protocol.
func Call[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.r.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	r, err := chromedp.Call(ctx, command, params)
	if err != nil {
		tab.r.Fatalf("browser: %s: %v", command.Method, err)
	}
	return r
}

// Eval gives the value of a JavaScript expression in the page; a promise is awaited.
func Eval[T any](tab *Tab, expression string) T {
	tab.r.Helper()
	v, err := tryEval[T](tab, expression)
	if err != nil {
		tab.r.Fatalf("evaluate %s: %v", expression, err)
	}
	return v
}

func tryEval[T any](tab *Tab, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Go opens a path of the server, and returns when it's loaded.
func (tab *Tab) Go(path string) {
	tab.r.Helper()
	tab.Do(chromedp.Navigate(tab.Base + path))
}

// Wait returns when a JavaScript expression is true, also over a change of page. It fails after 20 seconds.
func (tab *Tab) Wait(expression string) {
	tab.r.Helper()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	end := time.After(patience)
	for {
		ok, err := tryEval[bool](tab, "!!("+expression+")")
		if err == nil && ok {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			where, _ := tryEval[string](tab, "location.href + '\\n' + document.body.innerText.slice(0, 400)")
			tab.r.Fatalf("waited in vain for %s (%v)\n%s", expression, err, where)
		}
	}
}

// Click presses the mouse in the middle of the first element that a selector names, once it's there to be hit: in view, and
// not covered by another.
func (tab *Tab) Click(selector string) {
	tab.r.Helper()
	element := "document.querySelector(" + quote(selector) + ")"
	middle := "((r) => [r.x + r.width / 2, r.y + r.height / 2])(" + element + ".getClientRects()[0])"
	tab.Wait("(" + element + "?.scrollIntoView({block: 'nearest', behavior: 'instant'}), " + element + "?.getClientRects().length) && " +
		"((hit) => " + element + ".contains(hit) || hit?.contains(" + element + "))(document.elementFromPoint(..." + middle + "))")
	at := Eval[[2]float64](tab, middle)
	for _, kind := range []input.DispatchMouseEventType{input.DispatchMouseEventTypeMousePressed, input.DispatchMouseEventTypeMouseReleased} {
		Call(tab, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: kind, X: at[0], Y: at[1], Button: input.MouseButtonLeft, ClickCount: 1})
	}
}

// Type types a text into what has the focus, key by key.
func (tab *Tab) Type(text string) {
	tab.r.Helper()
	tab.Do(chromedp.KeyEvent(text))
}

// keys are those that Keys presses: DOM key and code, the Windows code, and the text that the key types.
var keys = map[string]struct {
	key, code string
	number    int64
	text      string
}{
	"Tab": {"Tab", "Tab", 9, ""}, "Enter": {"Enter", "Enter", 13, "\r"}, "Escape": {"Escape", "Escape", 27, ""}, "Space": {" ", "Space", 32, " "},
	"Backspace": {"Backspace", "Backspace", 8, ""}, "Home": {"Home", "Home", 36, ""}, "End": {"End", "End", 35, ""}, "/": {"/", "Slash", 191, "/"},
	"ArrowDown": {"ArrowDown", "ArrowDown", 40, ""}, "ArrowUp": {"ArrowUp", "ArrowUp", 38, ""},
}

// Keys presses named keys: Tab, Shift+Tab, Enter, Escape, ArrowDown, ArrowUp, Home, End, Space, Backspace, /. Unlike Type, which sends
// a letter apart from its key, it types as a keyboard does: a page that takes a key keeps it from being typed.
func (tab *Tab) Keys(names ...string) {
	tab.r.Helper()
	for _, name := range names {
		bare, shift := strings.CutPrefix(name, "Shift+")
		k, ok := keys[bare]
		if !ok {
			tab.r.Fatalf("unknown key %q", name)
		}
		p := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: k.key, Code: k.code, WindowsVirtualKeyCode: k.number}
		if k.text != "" {
			p.Type, p.Text, p.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, k.text, k.text
		}
		if shift {
			p.Modifiers = int64(chromedp.ModifierShift)
		}
		Call(tab, input.DispatchKeyEvent, p)
		p.Type, p.Text, p.UnmodifiedText = input.DispatchKeyEventTypeKeyUp, "", ""
		Call(tab, input.DispatchKeyEvent, p)
	}
}

// Back goes back in the history, as the browser's button does.
func (tab *Tab) Back() {
	tab.r.Helper()
	Eval[*bool](tab, "void history.back()")
}

// Size sets the viewport in CSS pixels. Below 600 it's a phone, with touch.
func (tab *Tab) Size(width, height int) {
	tab.r.Helper()
	if width < 600 {
		tab.Do(chromedp.EmulateViewport(int64(width), int64(height), chromedp.EmulateTouch))
		return
	}
	tab.Do(chromedp.EmulateViewport(int64(width), int64(height)))
}

// Media emulates a medium ("", "print") and features, name and value in turn: "prefers-color-scheme", "dark".
func (tab *Tab) Media(medium string, features ...string) {
	tab.r.Helper()
	p := emulation.SetEmulatedMediaParams{Media: medium}
	for i := 0; i+1 < len(features); i += 2 {
		p.Features = append(p.Features, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	Call(tab, emulation.SetEmulatedMedia, p)
}

// WithoutScript turns the page's JavaScript off, from the next page on. Eval still works.
func (tab *Tab) WithoutScript() {
	tab.r.Helper()
	Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
}

// TouchAt taps a point of the viewport.
func (tab *Tab) TouchAt(x, y float64) {
	tab.r.Helper()
	Call(tab, input.SynthesizeTapGesture, input.SynthesizeTapGestureParams{X: x, Y: y})
}

// Node is one thing in the tree that a screen reader gets.
type Node struct {
	Role, Name string
	Properties map[string]string // expanded, selected, checked, activedescendant, …
}

// Tree gives the page's accessibility tree, without what is ignored, in document order.
func (tab *Tab) Tree() []Node {
	tab.r.Helper()
	var nodes []Node
	for _, n := range Call(tab, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if n.Ignored {
			continue
		}
		node := Node{Role: axText(n.Role), Name: axText(n.Name), Properties: map[string]string{}}
		for _, p := range n.Properties {
			node.Properties[string(p.Name)] = axText(p.Value)
			if p.Value != nil && len(p.Value.RelatedNodes) > 0 {
				node.Properties[string(p.Name)] = p.Value.RelatedNodes[0].Idref
			}
		}
		nodes = append(nodes, node)
	}
	return nodes
}

func axText(v *accessibility.Value) string {
	if v == nil || len(v.Value) == 0 {
		return ""
	}
	var x any
	if err := json.Unmarshal(v.Value, &x); err != nil {
		return string(v.Value)
	}
	return fmt.Sprint(x)
}

// Screenshot writes the page as PNG, as long as it is where whole is set. Folders are made.
func (tab *Tab) Screenshot(path string, whole bool) {
	tab.r.Helper()
	shot := page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng, CaptureBeyondViewport: &whole}
	if whole {
		size := Eval[[2]float64](tab, "[document.documentElement.clientWidth, document.documentElement.scrollHeight]")
		shot.Clip = &page.Viewport{Width: size[0], Height: size[1], Scale: 1}
	}
	png := Call(tab, page.CaptureScreenshot, shot)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		tab.r.Fatalf("%v", err)
	}
	if err := os.WriteFile(path, png.Data, 0o644); err != nil {
		tab.r.Fatalf("%v", err)
	}
}

// PDF prints the page on A4, and gives the number of sheets and the file.
func (tab *Tab) PDF() (sheets int, pdf []byte) {
	tab.r.Helper()
	width, height := 8.27, 11.69 // inches
	pdf = Call(tab, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: width, PaperHeight: height}).Data
	return strings.Count(string(pdf), "/Type /Page\n") + strings.Count(string(pdf), "/Type /Page "), pdf
}

// quote writes a string for JavaScript.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // a string always can be written
	}
	return string(b)
}
