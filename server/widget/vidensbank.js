// <vidensbank-soeg>: the search of a Vidensbank on any page. Attributes, events, variables and parts: docs/embedding.md.
//
// A form inside the tag shows until the first answer is there, and where the script doesn't run. All else lives in one shadow
// root, so that ARIA's ids meet. What the server sends becomes text nodes, never markup. Nothing is stored.

const TEXTS = {
  da: {
    label: 'Søg i Vidensbanken', placeholder: 'For eksempel: forebyg stress', search: 'Søg', suggestions: 'Forslag',
    filters: 'Filtre', active: 'Valgte filtre', clear: 'Ryd alle', remove: (facet, value) => `Fjern filteret ${facet}: ${value}`,
    all: (facet, n) => `Vis alle ${n} under ${facet}`, fewer: (facet) => `Vis færre under ${facet}`,
    chosen: (n) => `${n} valgt`, only: 'Viser kun', cases: (n) => `${number(n, 'da')} ${n === 1 ? 'case' : 'cases'}`,
    found: (cases) => `${cases} fundet`,
    loading: 'Henter cases …', more: 'Vis flere cases', shown: (n) => `viser ${n}`,
    tab: '(åbner i ny fane)', matches: 'matcher', full: 'Åbn søgningen i Vidensbanken',
    meant: 'Mente du', unmatched: (word) => `Ingen cases har ordet »${word}«.`, offer: (label, n) => `Vis kun ${label} (${n})`,
    zero: 'Ingen cases passer til søgningen.', zeroTip: 'Prøv et andet ord, eller fjern et filter.', without: (word, n) => `Uden »${word}« (${n})`,
    error: 'Søgningen svarer ikke lige nu.', invalid: 'Søgningen er sat forkert op på denne side.', retry: 'Prøv igen',
    kinds: { theme: 'Tema', sector: 'Sektor', municipality: 'Kommune', case: 'Case' },
  },
  en: {
    label: 'Search Vidensbanken', placeholder: 'For example: forebyg stress', search: 'Search', suggestions: 'Suggestions',
    filters: 'Filters', active: 'Chosen filters', clear: 'Clear all', remove: (facet, value) => `Remove the filter ${facet}: ${value}`,
    all: (facet, n) => `Show all ${n} under ${facet}`, fewer: (facet) => `Show fewer under ${facet}`,
    chosen: (n) => `${n} chosen`, only: 'Showing only', cases: (n) => `${number(n, 'en')} ${n === 1 ? 'case' : 'cases'}`,
    found: (cases) => `${cases} found`,
    loading: 'Fetching cases …', more: 'Show more cases', shown: (n) => `showing ${n}`,
    tab: '(opens in a new tab)', matches: 'matches', full: 'Open the search in Vidensbanken',
    meant: 'Did you mean', unmatched: (word) => `No cases have the word “${word}”.`, offer: (label, n) => `Only ${label} (${n})`,
    zero: 'No cases fit the search.', zeroTip: 'Try another word, or remove a filter.', without: (word, n) => `Without “${word}” (${n})`,
    error: 'The search doesn’t answer right now.', invalid: 'The search isn’t set up correctly on this page.', retry: 'Try again',
    kinds: { theme: 'Theme', sector: 'Sector', municipality: 'Municipality', case: 'Case' },
  },
};

const FACETS = ['sector', 'theme', 'municipality', 'region', 'kind', 'year'];
const DEFAULT_FACETS = 'theme,sector,municipality';
const DEFAULT_SIZE = 10;
const MAX_SIZE = 100;
const SUGGESTIONS = 8;
const SHORT_FACET = 6; // values shown before »Vis alle«
const DEBOUNCE_MS = 150; // after a key, before the server is asked
const ANNOUNCE_MS = 600; // after an answer, before it's said: while typing, only the last is
const TIMEOUT_MS = 10000;
const WIDE_PX = 736; // facets stand beside the results from here on: 46em in the style sheet

const SHEET = new CSSStyleSheet();
// all:initial stops what text inherits from a host; only font, direction and colour scheme are taken over.
SHEET.replaceSync(`
:host{display:block;box-sizing:border-box;width:100%}
:host([hidden]){display:none}
.vb{all:initial;display:block;box-sizing:border-box;container-type:inline-size;color-scheme:inherit;
--_text:var(--vb-text,light-dark(#1b2528,#e8ebe8));--_muted:var(--vb-muted,light-dark(#536064,#a5b2b3));
--_background:var(--vb-background,light-dark(#fff,#11191b));--_surface:var(--vb-surface,light-dark(#eef3f1,#17282c));
--_border:var(--vb-border,light-dark(#d9dcd6,#2c3a3d));--_control:var(--vb-control-border,light-dark(#7b888b,#78888a));
--_accent:var(--vb-accent,light-dark(#0f4c5c,#86cfd9));--_on-accent:var(--vb-on-accent,light-dark(#fff,#0c1c20));
--_mark:var(--vb-mark,light-dark(#fbe7a1,#5c4a12));--_error:var(--vb-error,light-dark(#9a3412,#fdba8c));
--_link:var(--vb-link,var(--_accent));--_focus:var(--vb-focus,var(--_accent));--_mark-text:var(--vb-mark-text,var(--_text));
--_radius:var(--vb-radius,4px);--_space:var(--vb-space,1em);
font-family:var(--vb-font,inherit);font-size:var(--vb-font-size,inherit);line-height:var(--vb-line-height,1.5);
padding:var(--vb-padding,0);color:var(--_text);background:var(--_background);overflow-wrap:break-word;text-align:start}
*,*::before,*::after{box-sizing:border-box}
[hidden]{display:none!important}
.sr{position:absolute;width:1px;height:1px;margin:-1px;padding:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
button,input{font:inherit;letter-spacing:inherit;color:inherit;margin:0}
button{cursor:pointer}
:focus-visible{outline:3px solid var(--_focus);outline-offset:2px}
form{margin:0 0 var(--_space)}
.label{display:block;font-weight:600;margin:0 0 .375em}
.box{position:relative;display:flex}
.box input{flex:1;min-width:0;min-height:2.875em;padding:.5em .75em;background:var(--_background);border:1px solid var(--_control);
border-radius:var(--_radius) 0 0 var(--_radius);border-inline-end:0;appearance:none}
.box input::placeholder{color:var(--_muted);opacity:1}
.box input:focus-visible{outline-offset:-1px;z-index:1}
.search{min-height:2.875em;padding:.5em 1.25em;font-weight:600;background:var(--_accent);color:var(--_on-accent);border:1px solid var(--_accent);
border-radius:0 var(--_radius) var(--_radius) 0}
.list{position:absolute;z-index:2;inset:calc(100% + 4px) 0 auto;max-height:22em;overflow:auto;margin:0;padding:.25em;background:var(--_background);
border:1px solid var(--_control);border-radius:var(--_radius);box-shadow:0 6px 20px #0003}
.list>div{display:flex;gap:1em;justify-content:space-between;align-items:baseline;padding:.5em .5em;border-radius:calc(var(--_radius)/2);cursor:pointer}
.list>div:hover{background:var(--_surface)}
.list>[aria-selected=true]{background:var(--_accent);color:var(--_on-accent);outline:2px solid transparent}
.list small{font-size:.8125em;color:var(--_muted);white-space:nowrap}
.list>[aria-selected=true] small{color:inherit}
.locked,.count,.note,.zero,.error p,.meta,.text,.tags,.matched{margin:0}
.locked{margin-bottom:var(--_space);color:var(--_muted)}
.locked b{color:var(--_text);font-weight:600}
.body{display:grid;gap:var(--_space)}
.main{min-width:0}
.main[aria-busy=true] .hits{opacity:.55;transition:opacity .1s .4s}
.facet{border-block-end:1px solid var(--_border)}
.facet:first-child{border-block-start:1px solid var(--_border)}
summary{display:flex;align-items:center;gap:.5em;min-height:2.75em;padding:.375em 0;font-weight:600;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
summary::after{content:"";margin-inline:auto .35em;width:.5em;height:.5em;border:solid currentcolor;border-width:0 2px 2px 0;transform:translateY(-.125em) rotate(45deg);flex:none}
[open]>summary::after{transform:translateY(.125em) rotate(225deg)}
summary small{font-weight:400;font-size:.875em;color:var(--_muted)}
fieldset{border:0;margin:0;padding:0 0 .75em;min-width:0}
.values{max-height:20em;overflow:auto;padding:3px}
.value{display:flex;gap:.5em;align-items:baseline;padding:.25em 0;cursor:pointer}
.value input{width:1.125em;height:1.125em;flex:none;accent-color:var(--_accent);transform:translateY(.15em)}
.value span{flex:1;min-width:0}
.value small{color:var(--_muted);font-size:.875em;font-variant-numeric:tabular-nums}
.plain{background:none;border:0;padding:.25em 0;color:var(--_link);text-decoration:underline;text-underline-offset:.18em;text-align:start}
.chips{display:flex;flex-wrap:wrap;gap:.5em;align-items:center;margin:0 0 .75em}
.chip{padding:.2em .7em;background:var(--_surface);border:1px solid var(--_border);border-radius:1.5em}
.chip::after{content:"×";margin-inline-start:.5em;font-weight:600}
.chip:hover{border-color:var(--_control)}
.count{font-weight:600}
.note{margin-top:.25em}
.note button+button,.zero button+button{margin-inline-start:1em}
.zero{margin-top:.5em}
.hits{list-style:none;margin:.5em 0 0;padding:0}
.hit{padding:1em 0;border-block-start:1px solid var(--_border)}
.title{margin:0;font:inherit;font-size:var(--vb-title-size,1.125em);font-weight:var(--vb-title-weight,600);line-height:1.3}
.title a,.full{color:var(--_link);text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:.18em}
.title a:hover,.full:hover,.plain:hover{text-decoration-thickness:2px}
.out{font-weight:400;margin-inline-start:.25em}
.meta,.tags,.matched{font-size:.875em;color:var(--_muted)}
.meta{margin-top:.25em}
.text{margin-top:.375em;max-width:65ch}
.tags,.matched{margin-top:.375em}
mark{background:var(--_mark);color:var(--_mark-text);border-radius:2px;padding:0 .1em}
.more{display:block;width:100%;min-height:2.75em;padding:.5em 1em;margin:.5em 0 1em;background:none;font-weight:600;color:var(--_link);border:1px solid currentcolor;border-radius:var(--_radius)}
.more:hover{background:var(--_surface)}
.error{margin:0 0 var(--_space);padding:.75em 1em;border:1px solid var(--_border);border-inline-start:4px solid var(--_error);background:var(--_surface)}
.error strong{font-weight:600;color:var(--_error)}
.error .plain{margin-inline-end:1em}
@container (min-width:46em){
.body.sided{grid-template-columns:var(--vb-facet-width,17em) minmax(0,1fr);gap:calc(var(--_space)*2)}
.more{width:auto}}
@container (max-width:18em){.box{flex-wrap:wrap;gap:.5em}.box input{border-inline-end:1px solid var(--_control)}
.box input,.search{flex-basis:100%;border-radius:var(--_radius)}.list{inset:calc(2.875em + 4px) 0 auto}}
@media (forced-colors:active){.list>[aria-selected=true]{outline:2px solid Highlight}.search,.chip{border-color:ButtonBorder}}
`);

const number = (n, lang) => n.toLocaleString(lang === 'en' ? 'en-GB' : 'da-DK');

// make builds an element; functions among the attributes listen, false ones are left out.
function make(tag, attributes, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === 'function') el.addEventListener(name, value);
    else if (value !== false && value != null) el.setAttribute(name, value);
  }
  el.append(...children.filter((c) => c != null && c !== false));
  return el;
}

// plain reads the server's safe HTML, which has these entities only.
const plain = (html) => html.replace(/&(?:lt|gt|amp|quot|#34|#39);/g, (e) => (
  { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&#34;': '"', '&#39;': "'" }[e]));

// highlighted makes nodes of a highlight: but for <mark>, what looks like markup stays text.
const highlighted = (html) => html.split(/<mark>(.*?)<\/mark>/s).map((s, i) => (i % 2 ? make('mark', null, plain(s)) : plain(s)));

// list reads an attribute of several values: a,b or, where a value has a comma, a|b.
const list = (s) => (s ? s.split(s.includes('|') ? '|' : ',').map((v) => v.trim()).filter(Boolean) : []);

const same = (a, b) => a.length === b.length && a.every((v) => b.includes(v));

const HEX = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i;
const hex = (s) => (s && HEX.test(s) ? '#' + s.replace('#', '') : '');

// light says whether black is easier to read on a colour than white is (WCAG 2.2, relative luminance).
function light(color) {
  const c = color.slice(1);
  const [r, g, b] = (c.length === 3 ? [...c].map((d) => d + d) : c.match(/../g)).map((d) => {
    const v = parseInt(d, 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179;
}

class VidensbankSoeg extends HTMLElement {
  static observedAttributes = ['api', ...FACETS, 'locked', 'facets', 'size', 'lang', 'label', 'placeholder', 'url-state', 'target',
    'heading-level', 'accent', 'background', 'text', 'scheme'];

  #root = this.attachShadow({ mode: 'open' });
  #ui; // the parts by name
  #t;
  #text = '';
  #filters = {}; // facet -> values
  #given = {}; // facet -> attribute
  #shown = 0;
  #page = 1;
  #answer;
  #sequence = 0; // of searches: only the newest may show
  #asking;
  #suggestSequence = 0;
  #suggestAsking;
  #options = [];
  #active = -1;
  #facetUI = new Map();
  #typing;
  #announcing;
  #stale = false; // attributes changed, not yet taken up
  #live = false;
  #drafting = false;
  #waiting = false; // for the first answer: the form inside shows
  #popstate = () => this.#readURL() && this.#search({});

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [SHEET];
  }

  connectedCallback() {
    if (!this.#ui) this.#text = this.#formField()?.value.trim() || '';
    this.#live = true;
    this.#start();
    addEventListener('popstate', this.#popstate);
  }

  disconnectedCallback() {
    this.#live = false;
    removeEventListener('popstate', this.#popstate);
    this.#asking?.abort();
    this.#suggestAsking?.abort();
    clearTimeout(this.#typing);
    clearTimeout(this.#announcing);
  }

  attributeChangedCallback(name, before, after) {
    if (before === after || !this.#live || this.#stale) return;
    this.#stale = true;
    queueMicrotask(() => { // several attributes are often set at once
      this.#stale = false;
      if (this.#live) this.#start();
    });
  }

  #start() {
    this.#t = TEXTS[this.#lang];
    for (const facet of FACETS) { // what a visitor chose stays while its attribute does
      const given = this.getAttribute(facet);
      if (this.#given[facet] !== given || this.#locked.includes(facet)) this.#filters[facet] = this.#preset(facet);
      this.#given[facet] = given;
    }
    this.#readURL();
    this.#build();
    this.#search({});
  }

  get #lang() { return this.getAttribute('lang') === 'en' ? 'en' : 'da'; }
  get #api() {
    try {
      const api = new URL(this.getAttribute('api') || import.meta.url, document.baseURI);
      if (api.protocol === 'https:' || api.protocol === 'http:') return api.origin;
    } catch { /* as without the attribute */ }
    return new URL(import.meta.url).origin;
  }
  get #size() {
    const n = Number(this.getAttribute('size'));
    return Number.isInteger(n) && n > 0 ? Math.min(n, MAX_SIZE) : DEFAULT_SIZE;
  }
  get #facets() {
    const names = list(this.getAttribute('facets') ?? DEFAULT_FACETS);
    return names.filter((f) => FACETS.includes(f) && !this.#locked.includes(f));
  }
  // locked alone locks every preset, locked="sector" that one.
  get #locked() {
    if (!this.hasAttribute('locked')) return [];
    const names = list(this.getAttribute('locked'));
    return FACETS.filter((f) => this.#preset(f).length && (!names.length || names.includes('all') || names.includes(f)));
  }
  get #target() { return this.getAttribute('target') || '_blank'; }
  get #level() { return { 2: 2, 4: 4, 5: 5, 6: 6 }[this.getAttribute('heading-level')] || 3; }
  #preset(facet) { return list(this.getAttribute(facet)); }

  #formField() { return this.querySelector('form [name=q]'); }

  #params(page) {
    const p = new URLSearchParams();
    if (this.#text) p.set('q', this.#text);
    for (const facet of FACETS) for (const v of this.#filters[facet] || []) p.append(facet, v);
    if (this.#lang === 'en') p.set('lang', 'en');
    if (page) {
      p.set('size', this.#size);
      if (page > 1) p.set('page', page);
    }
    return p;
  }
  #fullPage() { return `${this.#api}/?${this.#params()}`; }
  #caseURL(path) {
    const url = new URL(path, this.#api);
    if (url.origin !== this.#api) return this.#api + '/';
    if (this.#lang === 'en') url.searchParams.set('lang', 'en');
    return url.href;
  }

  // The host's own part of its query is passed on byte for byte.

  get #prefix() { return this.hasAttribute('url-state') ? this.getAttribute('url-state') || 'vb-' : ''; }

  #readURL() {
    if (!this.#prefix) return false;
    const given = new URLSearchParams(location.search);
    const before = this.#params().toString();
    const read = (name) => (given.has(this.#prefix + name) ? given.getAll(this.#prefix + name).filter(Boolean) : null);
    const text = read('q');
    if (text || this.#answer) this.#text = (text && text[0]) || '';
    for (const facet of FACETS) {
      if (!this.#locked.includes(facet)) this.#filters[facet] = read(facet) ?? this.#preset(facet);
    }
    if (this.#ui) this.#ui.input.value = this.#text;
    return this.#params().toString() !== before;
  }

  #writeURL(replace) {
    if (!this.#prefix) return;
    const own = new URLSearchParams();
    if (this.#text) own.set(this.#prefix + 'q', this.#text);
    for (const facet of FACETS) {
      const values = this.#filters[facet] || [];
      if (this.#locked.includes(facet) || same(values, this.#preset(facet))) continue;
      for (const v of values.length ? values : ['']) own.append(this.#prefix + facet, v);
    }
    const names = ['q', ...FACETS].map((name) => this.#prefix + name);
    const hosts = location.search.slice(1).split('&').filter((pair) => {
      if (!pair) return false;
      return !names.includes([...new URLSearchParams(pair).keys()][0]);
    });
    const query = [...hosts, own.toString()].filter(Boolean).join('&');
    const url = location.pathname + (query ? '?' + query : '') + location.hash;
    if (url === location.pathname + location.search + location.hash) return;
    history[replace ? 'replaceState' : 'pushState'](history.state, '', url);
  }

  #build() {
    const t = this.#t;
    const ui = {};
    ui.input = make('input', {
      id: 'q', part: 'input', type: 'text', role: 'combobox', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', enterkeyhint: 'search',
      maxlength: 500, 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': 'list',
      placeholder: this.getAttribute('placeholder') ?? t.placeholder,
      input: () => this.#typed(), keydown: (e) => this.#key(e), blur: () => this.#close(),
    });
    ui.input.value = this.#text;
    ui.list = make('div', { id: 'list', part: 'suggestions', class: 'list', role: 'listbox', 'aria-label': t.suggestions, hidden: '', pointerdown: (e) => e.preventDefault() });
    const name = this.getAttribute('label') || t.label;
    ui.form = make('form', { part: 'form', role: 'search', 'aria-label': name, submit: (e) => { e.preventDefault(); this.#commit(); } },
      make('label', { class: 'label', part: 'label', for: 'q' }, name),
      make('div', { class: 'box' }, ui.input, make('button', { class: 'search', part: 'button' }, t.search), ui.list));
    ui.locked = make('p', { class: 'locked', part: 'locked', hidden: '' });
    ui.status = make('p', { class: 'sr', role: 'status' });
    ui.error = make('div', { class: 'error', part: 'error', hidden: '' });
    ui.slot = make('slot', { hidden: '' });
    ui.facets = make('div', { class: 'facets', part: 'facets', role: 'group', 'aria-label': t.filters, hidden: '' });
    ui.chips = make('div', { class: 'chips', part: 'chips', role: 'group', 'aria-label': t.active, hidden: '' });
    ui.count = make('p', { class: 'count', part: 'count', tabindex: '-1' }, t.loading);
    ui.notes = make('div', { part: 'notes' });
    ui.hits = make('ol', { class: 'hits', part: 'results', role: 'list', lang: 'da' });
    ui.more = make('button', { class: 'more', part: 'more', type: 'button', hidden: '', click: () => this.#search({ page: this.#page + 1 }) }, t.more);
    ui.full = make('a', { class: 'full', part: 'full-link', hidden: '', ...this.#link() });
    ui.full.append(t.full, ...this.#hint());
    ui.main = make('div', { class: 'main' }, ui.chips, ui.count, ui.notes, ui.hits, ui.more, ui.full);
    ui.body = make('div', { class: 'body' + (this.#facets.length ? ' sided' : '') }, ui.facets, ui.main);
    ui.vb = make('div', { class: 'vb', part: 'root', lang: this.#lang }, ui.form, ui.locked, ui.error, ui.body, ui.slot, ui.status);
    this.#color(ui.vb.style);

    const focused = this.#ui && this.#root.activeElement === this.#ui.input;
    this.#ui = ui;
    this.#facetUI.clear();
    this.#options = [];
    this.#active = -1;
    this.#answer = null;
    this.#root.replaceChildren(ui.vb);
    if (focused) ui.input.focus();
    this.#waiting = this.childElementCount > 0;
    ui.form.hidden = ui.body.hidden = this.#waiting;
    ui.slot.hidden = !this.#waiting;
  }

  // By script, colours pass any style-src.
  #color(style) {
    const [accent, background, text] = ['accent', 'background', 'text'].map((name) => hex(this.getAttribute(name)));
    if (accent) { // on dark, a colour that was chosen for light is made lighter
      const on = light(accent) ? '#000' : '#fff';
      style.setProperty('--vb-accent', background ? accent : `light-dark(${accent},color-mix(in oklab,${accent} 45%,#fff))`);
      style.setProperty('--vb-on-accent', background ? on : `light-dark(${on},#000)`);
    }
    if (background) {
      style.setProperty('--vb-background', background);
      style.setProperty('color-scheme', light(background) ? 'light' : 'dark'); // the other colours must fit it
    }
    if (text) {
      style.setProperty('--vb-text', text);
      style.setProperty('--vb-muted', text);
    }
    const scheme = { light: 'light', dark: 'dark', auto: 'light dark' }[this.getAttribute('scheme')];
    if (scheme && !background) style.setProperty('color-scheme', scheme);
  }

  #link() { return { target: this.#target, rel: 'noopener' }; }
  #hint() {
    return this.#target === '_blank' ? [make('span', { class: 'out', 'aria-hidden': 'true' }, '↗'), make('span', { class: 'sr' }, ' ' + this.#t.tab)] : [];
  }

  // reveal takes over the text and the focus of the form inside.
  #reveal() {
    if (!this.#waiting) return;
    this.#waiting = false;
    const { form, slot, input } = this.#ui;
    const field = this.#formField();
    form.hidden = false;
    slot.hidden = true;
    if (field && field === field.getRootNode().activeElement) {
      input.focus();
      if (field.value !== input.value) {
        input.value = field.value;
        this.#typed();
      }
    }
  }

  #commit() {
    clearTimeout(this.#typing);
    this.#close();
    this.#text = this.#ui.input.value.trim();
    this.#search({ record: true });
  }

  #choose(facet, values) {
    this.#filters[facet] = values;
    this.#search({ record: true });
  }

  // record makes a step in the host's history; drafts, one after the other, make one together.
  async #search({ page = 1, record = false, draft = false }) {
    const sequence = ++this.#sequence;
    this.#asking?.abort();
    const asking = this.#asking = new AbortController();
    const timer = setTimeout(() => asking.abort(), TIMEOUT_MS);
    clearTimeout(this.#announcing);
    this.#ui.status.textContent = '';
    this.#ui.main.setAttribute('aria-busy', 'true');
    if (record || draft) this.#writeURL(draft && this.#drafting);
    this.#drafting = draft;
    let answer = null;
    let problem = '';
    try {
      const response = await fetch(`${this.#api}/api/v1/search?${this.#params(page)}`, { credentials: 'omit', signal: asking.signal });
      if (response.ok) answer = await response.json();
      else if (response.status === 400) problem = (await response.json()).detail || ' ';
    } catch { /* no answer: shown below */ }
    clearTimeout(timer);
    if (sequence !== this.#sequence || !this.#live) return;
    this.#ui.main.removeAttribute('aria-busy');
    if (answer) this.#show(answer, page);
    else this.#fail(problem);
  }

  #show(answer, page) {
    const ui = this.#ui;
    const t = this.#t;
    this.#answer = answer;
    this.#filters = answer.query.filters;
    this.#page = page;
    ui.error.hidden = true;
    ui.body.hidden = false;
    this.#reveal();
    this.#showFacets();
    this.#showChips();
    ui.count.textContent = t.cases(answer.total);
    ui.notes.replaceChildren(...this.#notes());
    const items = answer.hits.map((hit) => this.#hit(hit));
    if (page > 1) ui.hits.append(...items);
    else ui.hits.replaceChildren(...items);
    this.#shown = ui.hits.childElementCount;
    if (page > 1 && items[0]) items[0].querySelector('a').focus();
    ui.hits.hidden = !this.#shown;
    ui.more.hidden = this.#shown >= answer.total || !items.length;
    if (this.#shown < answer.total) ui.count.append(` · ${t.shown(this.#shown)}`);
    ui.full.hidden = false;
    ui.full.href = this.#fullPage();
    this.#say(t.found(t.cases(answer.total)), ANNOUNCE_MS);
    this.dispatchEvent(new CustomEvent('vidensbank-search', { bubbles: true, composed: true, detail: { query: answer.query.q, filters: answer.query.filters, total: answer.total } }));
  }

  #say(text, delay) {
    clearTimeout(this.#announcing);
    this.#announcing = setTimeout(() => { this.#ui.status.textContent = text; }, delay);
  }

  #fail(problem) {
    const ui = this.#ui;
    const t = this.#t;
    const message = problem ? t.invalid : t.error;
    const focus = this.#root.activeElement;
    const retry = make('button', { class: 'plain', type: 'button', click: () => this.#search({}) }, t.retry);
    ui.error.replaceChildren(
      make('p', null, make('strong', null, message), problem.trim() && ` ${problem}`),
      make('p', null,
        retry, make('a', { class: 'full', href: this.#fullPage(), ...this.#link() }, t.full, ...this.#hint())));
    ui.error.hidden = false;
    if (focus && focus !== ui.input) retry.focus(); // what had the focus is gone
    ui.body.hidden = true;
    this.#say(message, 0);
  }

  #hit(hit) {
    const t = this.#t;
    const url = this.#caseURL(hit.url);
    const a = make('a', { part: 'link', href: url, ...this.#link(), click: (e) => { if (!this.#select(hit.id, url)) e.preventDefault(); } });
    a.append(...(hit.highlight.title ? highlighted(hit.highlight.title) : [hit.title]), ...this.#localHint());
    const place = [hit.workplace || hit.organisation, ...hit.municipalities].filter((v, i, all) => v && !all.slice(0, i).some((earlier) => earlier.includes(v)));
    const meta = [...place, hit.labels.sector, hit.year].filter(Boolean).join(' · ');
    return make('li', { class: 'hit', part: 'result' },
      make('h' + this.#level, { class: 'title', part: 'title' }, a),
      meta && make('p', { class: 'meta', part: 'meta' }, meta),
      make('p', { class: 'text', part: 'text' }, ...(hit.highlight.text ? highlighted(hit.highlight.text) : [hit.summary])),
      hit.labels.themes.length > 0 && make('p', { class: 'tags', part: 'themes' }, hit.labels.themes.join(' · ')),
      hit.matched.length > 0 && make('p', { class: 'matched', part: 'matched' }, `${t.matches} ${hit.matched.join(', ')}`));
  }
  #localHint() {
    const nodes = this.#hint();
    nodes.at(-1)?.setAttribute('lang', this.#lang);
    return nodes;
  }

  // The host may stop it.
  #select(id, url) {
    return this.dispatchEvent(new CustomEvent('vidensbank-select', { bubbles: true, composed: true, cancelable: true, detail: { id, url } }));
  }

  #notes() {
    const t = this.#t;
    const a = this.#answer;
    const button = (text, act) => make('button', { class: 'plain', type: 'button', click: () => { act(); this.#ui.input.focus(); } }, text);
    const go = (text, filters) => () => {
      this.#text = this.#ui.input.value = text;
      this.#filters = filters;
      this.#search({ record: true });
    };
    const keepsLocks = (filters) => this.#locked.every((f) => same(filters[f] || [], a.query.filters[f] || []));
    const notes = [];
    if (a.did_you_mean) {
      notes.push(make('p', { class: 'note', part: 'did-you-mean' }, t.meant + ' ', button(a.did_you_mean.text, go(a.did_you_mean.text, a.query.filters)), '?'));
    }
    if (a.unmatched.length) notes.push(make('p', { class: 'note' }, a.unmatched.map(t.unmatched).join(' ')));
    const offers = a.offers.filter((o) => !this.#locked.includes(o.facet));
    if (offers.length) {
      notes.push(make('p', { class: 'note' }, ...offers.map((o) => button(t.offer(`${this.#labelOf(o.facet)}: ${o.label}`, o.count),
        go(o.rest, { ...a.query.filters, [o.facet]: [...new Set([...(a.query.filters[o.facet] || []), o.value])] })))));
    }
    if (a.total === 0) {
      const relaxed = a.relaxed.filter((r) => keepsLocks(r.filters));
      notes.push(make('p', { class: 'zero', part: 'zero' }, `${t.zero} ${t.zeroTip}`));
      if (relaxed.length) notes.push(make('p', { class: 'zero' }, ...relaxed.map((r) => button(t.without(this.#labelOf(r.dropped), r.total), go(r.q, r.filters)))));
    }
    return notes;
  }

  #value(facet, value) {
    return this.#answer.facets.find((f) => f.name === facet)?.values.find((v) => v.value === value);
  }
  // labelOf is what was left out of a search: a word, a facet, or a value.
  #labelOf(word) {
    const facet = this.#answer.facets.find((f) => f.name === word);
    if (facet) return facet.label;
    for (const facet of FACETS) if (this.#filters[facet]?.includes(word)) return this.#value(facet, word)?.label ?? word;
    return word;
  }

  #showFacets() {
    const ui = this.#ui;
    const t = this.#t;
    const wide = ui.vb.clientWidth >= WIDE_PX;
    for (const name of this.#facets) {
      const facet = this.#answer.facets.find((f) => f.name === name);
      if (!facet) continue;
      let f = this.#facetUI.get(name);
      if (!f) {
        f = { all: false, values: new Map() };
        f.chosen = make('small');
        f.list = make('div', { class: 'values' });
        f.toggle = make('button', { class: 'plain', type: 'button', part: 'facet-more', click: () => { f.all = !f.all; this.#showFacets(); } });
        f.details = make('details', { class: 'facet', part: 'facet' }, make('summary', { part: 'facet-title' }, facet.label, f.chosen),
          make('fieldset', null, make('legend', { class: 'sr' }, facet.label), f.list, f.toggle));
        f.details.open = wide && this.#facetUI.size < 2;
        this.#facetUI.set(name, f);
        ui.facets.append(f.details);
      }
      this.#showValues(f, facet);
      const n = facet.values.filter((v) => v.selected).length;
      f.chosen.textContent = n ? t.chosen(n) : '';
      f.details.hidden = !facet.values.length;
    }
    ui.facets.hidden = !this.#facetUI.size;
  }

  // Checkboxes are kept, so that the focus stays; they are put in order only while it's elsewhere.
  #showValues(f, facet) {
    const t = this.#t;
    const focus = this.#root.activeElement;
    const holds = focus && f.list.contains(focus);
    const gone = new Set(f.values.keys());
    for (const v of facet.values) {
      gone.delete(v.value);
      let item = f.values.get(v.value);
      if (!item) {
        item = { input: make('input', { type: 'checkbox', change: () => this.#toggle(facet.name, v.value, item.input.checked) }), count: make('small') };
        item.label = make('label', { class: 'value', part: 'facet-value' }, item.input, make('span', null, v.label), item.count);
        f.values.set(v.value, item);
        f.list.append(item.label);
      } else if (!holds) f.list.append(item.label);
      item.input.checked = v.selected;
      item.count.textContent = number(v.count, this.#lang);
    }
    for (const value of gone) {
      const item = f.values.get(value);
      item.input.checked = false;
      if (item.label.contains(focus)) item.count.textContent = '0';
      else {
        item.label.remove();
        f.values.delete(value);
      }
    }
    [...f.list.children].forEach((label, i) => {
      const input = label.firstChild;
      label.hidden = !f.all && i >= SHORT_FACET && !input.checked && input !== focus;
    });
    f.toggle.hidden = f.list.childElementCount <= SHORT_FACET;
    f.toggle.textContent = f.all ? t.fewer(facet.label) : t.all(facet.label, f.list.childElementCount);
    f.toggle.setAttribute('aria-expanded', f.all);
  }

  #toggle(facet, value, on) {
    const chosen = (this.#filters[facet] || []).filter((v) => v !== value);
    this.#choose(facet, on ? [...chosen, value] : chosen);
  }

  #showChips() {
    const ui = this.#ui;
    const t = this.#t;
    const held = [...ui.chips.children].indexOf(this.#root.activeElement);
    const locked = this.#locked;
    const chips = [];
    const only = [];
    for (const facet of this.#answer.facets) {
      for (const v of this.#filters[facet.name] || []) {
        const label = this.#value(facet.name, v)?.label ?? v;
        if (locked.includes(facet.name)) only.push(label);
        else {
          chips.push(make('button', { class: 'chip', part: 'chip', type: 'button', 'aria-label': t.remove(facet.label, label), click: () => this.#toggle(facet.name, v, false) }, label));
        }
      }
    }
    if (chips.length > 1) {
      chips.push(make('button', { class: 'plain', part: 'clear', type: 'button', click: () => {
        this.#filters = Object.fromEntries(locked.map((f) => [f, this.#filters[f]]));
        this.#search({ record: true });
      } }, t.clear));
    }
    ui.chips.replaceChildren(...chips);
    ui.chips.hidden = !chips.length;
    if (held >= 0) (chips[Math.min(held, chips.length - 1)] || ui.count).focus();
    ui.locked.hidden = !only.length;
    ui.locked.replaceChildren(t.only + ' ', ...only.flatMap((label, i) => [i ? ', ' : '', make('b', null, label)]));
  }

  // ARIA Authoring Practices: editable combobox, list autocomplete, manual selection.

  #typed() {
    clearTimeout(this.#typing);
    this.#activate(-1);
    this.#typing = setTimeout(() => {
      const before = this.#text;
      this.#text = this.#ui.input.value.trim();
      this.#suggest();
      if (this.#text !== before) this.#search({ draft: true });
    }, DEBOUNCE_MS);
  }

  async #suggest() {
    const sequence = ++this.#suggestSequence;
    this.#suggestAsking?.abort();
    const asking = this.#suggestAsking = new AbortController();
    let found = [];
    if (this.#text) {
      try {
        const p = new URLSearchParams({ q: this.#text, limit: SUGGESTIONS });
        const response = await fetch(`${this.#api}/api/v1/suggest?${p}`, { credentials: 'omit', signal: asking.signal });
        if (response.ok) found = (await response.json()).suggestions;
      } catch { /* suggestions are a help: without them the box still works */ }
    }
    if (sequence !== this.#suggestSequence || !this.#live) return;
    const locked = this.#locked;
    // Under a lock, cases may lie outside, and counts are the whole bank's.
    this.#options = found.filter((s) => !locked.includes(s.kind) && !(locked.length && s.kind === 'case'));
    this.#ui.list.replaceChildren(...this.#options.map((s, i) => make('div', { id: 'o' + i, part: 'suggestion', role: 'option', 'aria-selected': 'false', click: () => this.#accept(s) },
      make('span', { lang: 'da' }, s.text), make('small', null, [this.#t.kinds[s.kind], !locked.length && s.kind !== 'case' && number(s.count, this.#lang)].filter(Boolean).join(' · ')))));
    if (this.#root.activeElement === this.#ui.input) this.#open();
  }

  #open() {
    const open = this.#options.length > 0;
    this.#ui.list.hidden = !open;
    this.#ui.input.setAttribute('aria-expanded', open);
    this.#activate(-1);
  }

  #close() {
    this.#suggestSequence++;
    this.#ui.list.hidden = true;
    this.#ui.input.setAttribute('aria-expanded', 'false');
    this.#activate(-1);
  }

  #activate(i) {
    const { list: box, input } = this.#ui;
    box.children[this.#active]?.setAttribute('aria-selected', 'false');
    this.#active = i;
    const option = box.children[i];
    if (!option) {
      input.removeAttribute('aria-activedescendant');
      return;
    }
    option.setAttribute('aria-selected', 'true');
    input.setAttribute('aria-activedescendant', option.id);
    if (option.offsetTop < box.scrollTop) box.scrollTop = option.offsetTop;
    else if (option.offsetTop + option.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = option.offsetTop + option.offsetHeight - box.clientHeight;
  }

  #key(e) {
    if (e.isComposing || e.ctrlKey || e.metaKey || e.shiftKey) return;
    const { list: box, input } = this.#ui;
    const n = this.#options.length;
    switch (e.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        if (!n) return;
        const closed = box.hidden;
        if (closed) this.#open();
        const down = e.key === 'ArrowDown';
        if (!(closed && e.altKey)) this.#activate(down ? (this.#active + 1) % n : (this.#active <= 0 ? n : this.#active) - 1);
        break;
      }
      case 'Escape':
        if (!box.hidden) this.#close();
        else if (input.value) {
          input.value = '';
          this.#typed();
        } else return;
        break;
      case 'Enter':
        if (this.#active < 0) return; // the form is sent
        this.#accept(this.#options[this.#active]);
        break;
      case 'ArrowLeft':
      case 'ArrowRight':
      case 'Home':
      case 'End':
        this.#activate(-1);
        return;
      default:
        return;
    }
    e.preventDefault();
    e.stopPropagation(); // a host's dialog stays open
  }

  #accept(s) {
    const { input } = this.#ui;
    clearTimeout(this.#typing);
    this.#close();
    input.focus();
    if (s.kind === 'case') {
      const url = this.#caseURL(s.url);
      if (this.#select(s.value, url)) make('a', { href: url, ...this.#link() }).click();
    } else if (s.kind === 'word') {
      input.value = this.#text = s.text;
      this.#search({ record: true });
    } else {
      input.value = this.#text = '';
      this.#choose(s.kind, [...new Set([...(this.#filters[s.kind] || []), s.value])]);
    }
    this.#options = [];
  }
}

if (!customElements.get('vidensbank-soeg')) customElements.define('vidensbank-soeg', VidensbankSoeg);
