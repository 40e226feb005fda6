// For a page that shows Vidensbank in iframes: gives each the height that its content tells. Without it an iframe scrolls by
// itself. Only messages from the server that this file comes from are heard, and only from iframes of this page.
//
//   <script type="module" src="https://vidensbank.example/widget/v1/iframe.js"></script>

const ORIGIN = new URL(import.meta.url).origin;
const MAX_PX = 20000; // no list is as long

const frames = () => [...document.querySelectorAll('iframe')].filter((f) => {
  try {
    return new URL(f.src).origin === ORIGIN;
  } catch {
    return false; // no address
  }
});

addEventListener('message', (e) => {
  if (e.origin !== ORIGIN || e.data?.type !== 'vidensbank:height') return;
  const height = Math.ceil(Number(e.data.height));
  if (!(height > 0 && height <= MAX_PX)) return;
  const frame = frames().find((f) => f.contentWindow === e.source);
  if (frame) frame.style.height = `${height}px`;
});

// Those that were ready first have told their height to nobody.
for (const f of frames()) f.contentWindow?.postMessage({ type: 'vidensbank:hello' }, '*');
