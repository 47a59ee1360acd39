// How large the letters are, and whether the page is light or dark, as the patient chose. It is kept on
// this device, so that a page looks so before the server has answered. It runs before Streamlit, which asks
// the browser once which theme to begin with.

const KEPT = 'coach-looks';
const SCHEME = /\(prefers-color-scheme:\s*(dark|light)\)/;
const ALWAYS = '(min-width: 0px)';
const NEVER = '(max-width: 0px)';

const root = document.documentElement;
const ask = window.matchMedia.bind(window);
const written = new WeakMap(); // rule of a style sheet -> its own condition
const hearers = new Set();
let looks = { size: 'usual', theme: 'device' };

const holds = (scheme, real) => (looks.theme === 'device' ? real : looks.theme === scheme);

/** The browser's answer about light and dark is the patient's. */
window.matchMedia = (query) => {
  const real = ask(query);
  const scheme = SCHEME.exec(query)?.[1];
  if (!scheme) return real;
  const hear = (add) => (kind, hearer) => {
    real[add ? 'addEventListener' : 'removeEventListener'](kind, hearer);
    hearers[add ? 'add' : 'delete'](hearer);
  };
  return { media: query, get matches() { return holds(scheme, real.matches); }, addEventListener: hear(true), removeEventListener: hear(false) };
};

function* media(rules) {
  for (const rule of rules) {
    if (rule.media) yield rule;
    if (rule.cssRules) yield* media(rule.cssRules);
  }
}

function condition(own) {
  if (looks.theme === 'device') return own;
  return own.replace(SCHEME, (_all, scheme) => (looks.theme === scheme ? ALWAYS : NEVER));
}

function style() {
  for (const sheet of document.styleSheets) {
    if (sheet.href && new URL(sheet.href).origin !== location.origin) continue;
    for (const rule of media(sheet.cssRules)) {
      const own = written.get(rule) ?? rule.media.mediaText;
      if (!SCHEME.test(own)) continue;
      written.set(rule, own);
      const now = condition(own);
      if (rule.media.mediaText !== now) rule.media.mediaText = now;
    }
  }
}

function look(wanted) {
  const other = wanted.theme !== looks.theme;
  looks = { ...looks, ...wanted };
  root.dataset.coachText = looks.size;
  root.dataset.coachTheme = looks.theme;
  style();
  if (other) for (const hearer of hearers) hearer(new Event('change'));
}

try {
  look(JSON.parse(localStorage.getItem(KEPT) ?? '{}'));
} catch {
  // A browser that keeps nothing: the server says it
}
document.addEventListener('load', ({ target }) => target.rel === 'stylesheet' && style(), { capture: true });
document.addEventListener('DOMContentLoaded', style);

/** What the server knows of the patient: it may have been chosen on another device. */
export default function mount({ data }) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(data));
  } catch {
    // It is chosen for as long as the page is open
  }
  look(data);
}
