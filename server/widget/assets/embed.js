// The framed page: tells its height to the page around it, and says the colours to the page's own background.
// The height is no secret, and the server's frame-ancestors say who may frame the page: so it's told to whoever does.

const element = document.querySelector('vidensbank-soeg');
const list = () => element.shadowRoot?.querySelector('[role=listbox]');

// Open suggestions hang below the content.
function height() {
  const hanging = list()?.getBoundingClientRect();
  return Math.ceil(Math.max(document.body.getBoundingClientRect().height, hanging ? hanging.bottom + scrollY + 8 : 0));
}

let told = 0;
function tell() {
  const now = height();
  if (now !== told && now > 0) parent.postMessage({ type: 'vidensbank:height', height: told = now }, '*');
}

if (parent !== window) {
  const sizes = new ResizeObserver(tell);
  sizes.observe(document.body);
  customElements.whenDefined('vidensbank-soeg').then(() => { if (list()) sizes.observe(list()); });
  addEventListener('message', (e) => {
    if (e.source === parent && e.data?.type === 'vidensbank:hello') {
      told = 0;
      tell();
    }
  });
}

const background = element?.getAttribute('background');
if (background) document.documentElement.style.background = background;
