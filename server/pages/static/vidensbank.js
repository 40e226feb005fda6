// The search page's help: answers in place, suggestions, the filter sheet, copying. Without it every page works by itself.

const texts = JSON.parse(document.getElementById("texts").textContent);
const say = (key, values = {}) => Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), texts[key]);
const form = document.getElementById("soeg");
const box = document.getElementById("q");
const region = () => document.getElementById("resultater");

// What a screen reader is told, once the page has been quiet for a moment.
const tell = (() => {
	const status = document.getElementById("status");
	let timer;
	return (text) => {
		clearTimeout(timer);
		timer = setTimeout(() => { status.textContent = ""; status.textContent = text; }, 400);
	};
})();

// Answers in place. Every answer is the page at its own address; only what differs is taken over.
let latest = 0;
let asking = null;

function address() {
	const wanted = new URLSearchParams();
	for (const [name, value] of new FormData(form)) if (value !== "") wanted.append(name, value);
	if (![...wanted.keys()].some((name) => name !== "lang")) wanted.append("sort", "newest");
	return `/?${wanted}`;
}

async function show(url, { push = true, top = false, replace = false } = {}) {
	const mine = ++latest;
	asking?.abort();
	asking = new AbortController();
	const slow = setTimeout(() => region().setAttribute("aria-busy", "true"), 150);
	try {
		const answer = await fetch(url, { signal: asking.signal, headers: { Accept: "text/html" } });
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		if (mine !== latest) return;
		if (!answer.ok || !page.getElementById("resultater")) {
			location.assign(url);
			return;
		}
		if (replace) {
			history.replaceState(history.state, "", url);
		} else if (push) {
			history.replaceState({ y: scrollY }, "");
			history.pushState({}, "", url);
		}
		take(page);
		if (top) {
			document.getElementById("indhold").focus({ preventScroll: true });
			scrollTo(0, 0);
		} else if (!push) {
			scrollTo(0, history.state?.y ?? 0);
		}
	} catch (fault) {
		if (mine !== latest || fault.name === "AbortError") return;
		fail(url);
	} finally {
		clearTimeout(slow);
		if (mine === latest) region().removeAttribute("aria-busy");
	}
}

function take(page) {
	const old = region();
	const fresh = document.importNode(page.getElementById("resultater"), true);
	const open = new Map([...old.querySelectorAll("details")].map((one) => [one.id, one.open]));
	const narrow = old.querySelector(".narrow")?.value ?? "";
	const sheet = old.querySelector(".filters.open") !== null;
	const offset = sheet ? old.querySelector(".filters").scrollTop : 0;
	const back = focusBack(old);
	old.replaceWith(fresh);
	for (const one of fresh.querySelectorAll("details")) if (open.has(one.id)) one.open = open.get(one.id);
	prepare();
	const field = fresh.querySelector(".narrow");
	if (field && narrow) {
		field.value = narrow;
		narrowDown(field);
	}
	if (sheet) {
		openSheet(false);
		fresh.querySelector(".filters").scrollTop = offset;
	}
	back(fresh);
	document.title = page.title;
	for (const name of ["q", "sprog"]) {
		const mine = document.getElementById(name), theirs = page.getElementById(name);
		if (name === "q") mine.value = theirs.value;
		else mine.href = theirs.href;
	}
	for (const one of form.querySelectorAll("input[type=hidden]")) one.remove();
	for (const one of page.querySelectorAll("#soeg input[type=hidden]")) form.append(document.importNode(one));
	for (const one of document.querySelectorAll("head link[rel=canonical], head link[rel=alternate]")) one.remove();
	for (const one of page.querySelectorAll("head link[rel=canonical], head link[rel=alternate]")) document.head.append(document.importNode(one));
	tell(fresh.dataset.status);
}

// Where the focus was, to put it there again. Something gone (a chip) hands it to the heading of the list.
function focusBack(old) {
	const at = document.activeElement;
	if (!old.contains(at)) return () => {};
	const quote = CSS.escape;
	let where = at.id ? `#${quote(at.id)}` : null;
	if (at.type === "checkbox") where = `input[name="${quote(at.name)}"][value="${quote(at.value)}"]`;
	else if (at.classList.contains("narrow")) where = ".narrow";
	else if (at.localName === "summary") where = `#${quote(at.parentElement.id)} > summary`;
	else if (at.matches(".fold")) {
		// More values: go on with the first new one.
		const facet = `#${quote(at.closest("details").id)}`;
		const n = old.querySelectorAll(`${facet} li`).length;
		return (fresh) => (fresh.querySelectorAll(`${facet} input[type=checkbox]`)[n] ?? fresh.querySelector(`${facet} .fold`)).focus({ preventScroll: true });
	} else if (at.localName === "a") where = `.${at.closest("[class]:not(a)").className} a[href="${quote(at.getAttribute("href"))}"]`;
	else if (at.localName === "button") where = ".apply button";
	return (fresh) => {
		const again = (where && fresh.querySelector(where)) || fresh.querySelector("h1");
		if (again.localName === "h1") again.tabIndex = -1;
		again.focus({ preventScroll: true });
	};
}

function fail(url) {
	region().querySelector(".failed")?.remove();
	const note = document.createElement("p");
	note.className = "failed";
	note.setAttribute("role", "alert");
	const again = document.createElement("a");
	again.href = url;
	again.textContent = texts["error.retry"];
	note.append(texts["status.failed"], " ", again);
	region().prepend(note);
}

function inPlace(link) {
	return region() && link.origin === location.origin && link.pathname === "/" && link.search !== "" && region().contains(link) && (!link.hash || link.matches(".fold"));
}

form.addEventListener("submit", (event) => {
	if (!region()) return;
	event.preventDefault();
	const fromSheet = event.submitter?.closest(".apply") && region().querySelector(".filters.open");
	closeList();
	if (fromSheet) closeSheet();
	show(address(), { top: Boolean(event.submitter?.closest(".apply")) });
});

document.addEventListener("change", (event) => {
	if (event.target.matches(".facet input[type=checkbox]")) show(address());
});

document.addEventListener("click", (event) => {
	const link = event.target.closest("a");
	if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
	if (link.matches(".opener, .closer")) {
		event.preventDefault();
		if (link.matches(".opener")) openSheet(true);
		else closeSheet();
	} else if (inPlace(link)) {
		event.preventDefault();
		show(link.pathname + link.search, { top: Boolean(link.closest(".pager")), replace: link.matches(".fold") });
	}
});

addEventListener("popstate", () => {
	if (region()) show(location.href, { push: false });
});

// The filter sheet of a phone.
const rest = () => [...document.querySelectorAll(".top, .bottom, .skip, .summary, .list")];

function openSheet(focus) {
	const sheet = region()?.querySelector(".filters");
	if (!sheet) return;
	sheet.classList.add("open");
	sheet.setAttribute("role", "dialog");
	sheet.setAttribute("aria-modal", "true");
	for (const one of rest()) one.inert = true;
	if (focus) sheet.querySelector("h2").focus();
}

function closeSheet() {
	const sheet = region()?.querySelector(".filters.open");
	if (!sheet) return;
	sheet.classList.remove("open");
	sheet.removeAttribute("role");
	sheet.removeAttribute("aria-modal");
	for (const one of rest()) one.inert = false;
	region().querySelector(".opener").focus();
}

matchMedia("(min-width: 56rem)").addEventListener("change", closeSheet);

// A box that narrows a long list of values down.
const fold = (text) => text.toLowerCase().replace(/aa/g, "å").normalize("NFC");

function narrowDown(field) {
	const facet = field.closest("fieldset");
	const wanted = fold(field.value.trim());
	const more = facet.querySelector(".fold[href*='vis=']");
	if (more && wanted !== "" && !facet.dataset.asked) {
		// The values that aren't here yet. The answer is narrowed down when it comes.
		facet.dataset.asked = "true";
		show(more.pathname + more.search, { replace: true });
	}
	let n = 0;
	for (const one of facet.querySelectorAll("li")) {
		const fits = wanted === "" || fold(one.querySelector("input").value).includes(wanted);
		one.hidden = !fits;
		if (fits) n++;
	}
	if (wanted !== "") tell(say("status.filtered", { n }));
}

document.addEventListener("input", (event) => {
	if (event.target.matches(".narrow")) narrowDown(event.target);
});

function prepare() {
	for (const one of document.querySelectorAll(".narrow, [data-do]")) one.hidden = false;
}

// Suggestions: the editable combobox with list autocomplete and manual selection of the ARIA practices.
const list = document.getElementById("forslag");
const groups = ["word", "theme", "sector", "municipality", "case"];
let options = [];
let active = -1;
let typing;
let suggesting = 0;

for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "forslag" })) box.setAttribute(name, value);

function closeList() {
	clearTimeout(typing);
	suggesting++;
	list.hidden = true;
	box.setAttribute("aria-expanded", "false");
	choose(-1);
}

function choose(n) {
	active = n;
	options.forEach((one, i) => one.setAttribute("aria-selected", String(i === n)));
	if (n < 0) {
		box.removeAttribute("aria-activedescendant");
		return;
	}
	box.setAttribute("aria-activedescendant", options[n].id);
	options[n].scrollIntoView({ block: "nearest" });
}

function accept(option) {
	const { kind, url, text } = option.dataset;
	closeList();
	if (kind === "word") {
		box.value = text;
		form.requestSubmit();
	} else if (kind !== "case" && region()) {
		box.value = "";
		show(url);
	} else {
		location.assign(url);
	}
}

function element(name, attributes, ...children) {
	const one = document.createElement(name);
	for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
	one.append(...children);
	return one;
}

async function suggest() {
	const typed = box.value.trim();
	const mine = ++suggesting;
	if (typed === "") return closeList();
	let found;
	try {
		const answer = await fetch(`/api/v1/suggest?${new URLSearchParams({ q: typed, limit: 10 })}`);
		if (!answer.ok) return;
		found = (await answer.json()).suggestions;
	} catch {
		// Suggestions are a courtesy: the search itself says what is wrong.
		return;
	}
	if (mine !== suggesting || document.activeElement !== box) return;
	if (found.length === 0) {
		closeList();
		tell(texts["status.suggestions.none"]);
		return;
	}
	list.replaceChildren();
	options = [];
	for (const kind of groups) {
		const members = found.filter((one) => one.kind === kind);
		if (members.length === 0) continue;
		const name = element("div", { id: `forslag-${kind}`, class: "group", role: "presentation" }, texts[`suggest.${kind}`]);
		const group = element("div", { role: "group", "aria-labelledby": name.id }, name);
		for (const one of members) {
			const url = document.documentElement.lang === "da" ? one.url : `${one.url}${one.url.includes("?") ? "&" : "?"}lang=${document.documentElement.lang}`;
			const option = element("div", { id: `forslag-${options.length}`, role: "option", "aria-selected": "false", "data-kind": kind, "data-url": url, "data-text": one.text }, element("span", {}, one.text));
			if (kind !== "case") option.append(element("b", {}, String(one.count)));
			options.push(option);
			group.append(option);
		}
		list.append(group);
	}
	choose(-1);
	list.hidden = false;
	box.setAttribute("aria-expanded", "true");
	tell(say("status.suggestions", { n: found.length }));
}

box.addEventListener("input", () => {
	clearTimeout(typing);
	choose(-1);
	typing = setTimeout(suggest, 150);
});

box.addEventListener("keydown", (event) => {
	const open = !list.hidden;
	if (event.isComposing) return;
	if (event.key === "ArrowDown" || event.key === "ArrowUp") {
		event.preventDefault();
		if (!open) {
			suggest();
			return;
		}
		if (event.altKey) return;
		const step = event.key === "ArrowDown" ? 1 : -1;
		const n = active + step;
		choose(n < -1 ? options.length - 1 : n >= options.length ? -1 : n);
	} else if (event.key === "Enter" && open && active >= 0) {
		event.preventDefault();
		accept(options[active]);
	} else if (event.key === "Escape" && open) {
		event.preventDefault();
		closeList();
	} else if (event.key === "Tab") {
		closeList();
	}
});

box.addEventListener("blur", closeList);
list.addEventListener("mousedown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
	const option = event.target.closest("[role=option]");
	if (option) accept(option);
});

// Keys of the whole page.
document.addEventListener("keydown", (event) => {
	if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, textarea, select, [contenteditable]")) {
		event.preventDefault();
		closeSheet();
		box.focus();
		box.select();
	} else if (event.key === "Escape") {
		closeSheet();
	}
});

// A case: copying, and the way back to the search that it was found by.
const actions = {
	async link() {
		await navigator.clipboard.writeText(location.href);
		tell(texts["case.linked"]);
	},
	async copy() {
		const parts = [".case h1", ".case .lede", "#tekst", "#fakta", "#kilde"].map((one) => document.querySelector(one)?.innerText.trim());
		await navigator.clipboard.writeText([...parts, location.href].filter(Boolean).join("\n\n"));
		tell(texts["case.copied"]);
	},
	print() {
		print();
	},
};

document.addEventListener("click", async (event) => {
	const button = event.target.closest("[data-do]");
	if (!button) return;
	try {
		await actions[button.dataset.do]();
		button.classList.add("done");
	} catch {
		tell(texts["case.nocopy"]);
	}
});

const back = document.getElementById("tilbage");
if (back && document.referrer) {
	const from = new URL(document.referrer);
	if (from.origin === location.origin && from.pathname === "/") back.href = from.href;
}

document.documentElement.classList.add("js");
if (history.state === null) history.replaceState({}, "");
prepare();
