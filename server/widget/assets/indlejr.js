// The builder: asks the server for the page with the new choices, and takes its codes and preview over. So there's one maker of
// codes, and without this file the form's button does the same.

const form = document.getElementById('valg');
const message = document.getElementById('besked');
const PAUSE_MS = 300;
let timer;
let asking;

function say(text) {
  message.textContent = '';
  setTimeout(() => { message.textContent = text; }, 100); // the same words again are news too
}

function address() {
  const params = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) params.append(name, value);
  return `${form.getAttribute('action')}?${params}`;
}

async function update() {
  asking?.abort();
  asking = new AbortController();
  const url = address();
  try {
    const response = await fetch(url, { signal: asking.signal });
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const codes = page.getElementById('koder');
    if (!codes) throw new Error(`no codes in ${url}`);
    for (const id of ['koder', 'advarsel']) document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
    const [shown, wanted] = ['visning', 'visning'].map((id, i) => (i ? page : document).getElementById(id));
    shown.height = wanted.height;
    if (shown.getAttribute('src') !== wanted.getAttribute('src')) shown.src = wanted.getAttribute('src');
    history.replaceState(null, '', url);
    offer();
    say(form.dataset.updated);
  } catch (e) {
    if (e.name !== 'AbortError') say(form.dataset.failed);
  }
}

async function copy(id) {
  const field = document.getElementById(id);
  try {
    await navigator.clipboard.writeText(field.value);
    say(form.dataset.copied);
  } catch { // not allowed here
    field.focus();
    field.select();
    say(form.dataset.nocopy);
  }
}

function offer() {
  for (const button of document.querySelectorAll('[data-copy]')) button.hidden = false;
}

form.addEventListener('input', () => {
  clearTimeout(timer);
  timer = setTimeout(update, PAUSE_MS);
});
form.elements.lang.addEventListener('change', () => {
  clearTimeout(timer);
  location.assign(address()); // the page's own language too
});
document.addEventListener('click', (e) => {
  const button = e.target.closest('[data-copy]');
  if (button) copy(button.dataset.copy);
});
offer();
