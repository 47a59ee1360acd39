// Small helpers for building the screens. Text only ever goes in as text, never as markup.

const ICONS = {
  pause: '<path d="M8 5v14M16 5v14"/>',
  resume: '<path class="solid" d="M8 5l11 7-11 7z"/>',
  stop: '<rect class="solid" x="6" y="6" width="12" height="12" rx="2"/>',
  back: '<path d="M5 12a7 7 0 1 0 2.5-5.4M5 4v4.5h4.5"/>',
  skip: '<path class="solid" d="M5 6l8 6-8 6z"/><path d="M18 6v12"/>',
  voice: '<path d="M5 6h14v9h-7l-4 4v-4H5z"/>',
  tones: '<path class="solid" d="M4 10h3l5-4v12l-5-4H4z"/><path d="M16 9a4 4 0 0 1 0 6"/>',
  more: '<circle class="solid" cx="5" cy="12" r="1.500"/><circle class="solid" cx="12" cy="12" r="1.500"/><circle class="solid" cx="19" cy="12" r="1.500"/>',
  previous: '<path d="M14 6l-6 6 6 6"/>',
  phone: '<path d="M7 4l3 4-2 2.5a11 11 0 0 0 5.500 5.500L16 14l4 3-2 3C11 20 4 13 4 6z"/>',
};

/**
 * An element: `el('p', {class: 'x', testid: 'y', onclick}, 'text', child)`. null and false are left
 * out.
 */
export function el(tag, { testid, ...props } = {}, ...children) {
  const node = document.createElement(tag);
  if (testid) node.dataset.testid = testid;
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ''));
  return node;
}

export function icon(name) {
  const box = el('span', { class: 'icon', 'data-picture': name, 'aria-hidden': 'true' });
  // A constant of this file
  box.innerHTML = `<svg viewBox="0 0 24 24" focusable="false">${ICONS[name]}</svg>`;
  return box;
}

/** A real button. `kind`: filled, plain or quiet. */
export function button(label, { kind = 'plain', picture, ...props }, ...more) {
  const text = label ? el('span', { class: 'label' }, label) : null;
  return el('button', { type: 'button', class: `button ${kind}`, ...props }, picture ? icon(picture) : null, text, ...more);
}

// A phone number in a label, as `text_block.py` finds it too
const NUMBER = /(\+?\d(?:[\d\s().\/-]*\d)+)/;

/** A text whose phone number never breaks. */
export function whole(text, props = {}) {
  const parts = text.split(NUMBER);
  return el('span', props, parts.map((part, n) => (n % 2 ? el('span', { class: 'coach-number', style: `--signs:${part.length}` }, part) : part)));
}

/** A link that calls. */
export function call({ label, tel }) {
  const digits = String(tel).replace(/[^\d+*#]/g, '');
  return el('a', { class: 'button call', href: `tel:${digits}` }, whole(label, { class: 'label' }));
}

/** The app's own drawing (trusted file of ours), named for those who do not see it. */
export function drawing(svg, name) {
  const box = el('div', { class: 'drawing' });
  box.innerHTML = svg;
  const root = box.querySelector('svg');
  root?.setAttribute('role', 'img');
  root?.setAttribute('aria-label', name);
  const title = root?.querySelector('title');
  if (title) title.textContent = name;
  return box;
}

/** Fill "{n} of {m}" from {n, m}. A text with plural forms ({one, other}) is chosen by `n`. */
export function fill(text, values = {}, lang) {
  const form = typeof text === 'object' && text ? (text[new Intl.PluralRules(lang).select(values.n)] ?? text.other) : text;
  return String(form ?? '').replace(/\{(\w+)\}/g, (whole, key) => (key in values ? values[key] : whole));
}

// ---------------------------------------------------------------- theme

function rgb(color, near) {
  const probe = el('span', { style: `color:${color};display:none` });
  near.append(probe);
  const parts = getComputedStyle(probe).color.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0];
  probe.remove();
  return parts.slice(0, 3);
}

function luminance(parts) {
  const [r, g, b] = parts.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

/**
 * Light or dark, from the page's own colours; its primary colour is only taken where it can be
 * read.
 */
export function followTheme(root) {
  const ground = luminance(rgb('var(--st-background-color, #fbf9f5)', root));
  root.dataset.theme = ground < 0.2 ? 'dark' : 'light';
  const primary = luminance(rgb('var(--st-primary-color, #0b5d66)', root));
  root.toggleAttribute('data-own-accent', contrast(primary, ground) < 7);
}
