// What went wrong is brought into sight: after a tap or a key, the first error or question that the answer
// brought is scrolled to and focused, so that screen readers read it too. What stood on the screen before stays quiet.

const FAULTS = '[data-testid="stAlertContentError"], [data-testid="stAlertContentWarning"]';
const RUNS = '[data-test-script-state]';
const SETTLED_MS = 150; // from the end of a run until React has put its last part on the page, mostly
const LOOKS = 12; // so often on a slow phone, where nothing has come yet

let watched = null;
let acted = false;
let screen = '';
let before = new Set();
let readBack = null;
let timer = 0;

const faults = () => [...document.querySelectorAll(FAULTS)].filter((each) => !each.closest('[data-stale="true"]'));
const heading = () => `${location.pathname}\n${document.querySelector('.stMain h1')?.textContent ?? ''}`;

function act(event) {
  if (event.type === 'keydown' && event.key !== 'Enter' && event.key !== ' ' && event.key !== 'Tab') return;
  if (screen !== heading()) begin(); // tapped before the screen was taken note of
  acted = true;
}

function begin() {
  screen = heading();
  before = new Set(faults().map((each) => each.textContent));
}

function settled(looks) {
  if (watched?.dataset.testScriptState === 'running') return;
  const now = faults();
  if (screen !== heading()) {
    begin();
  } else if (acted) {
    const first = now.find((each) => !before.has(each.textContent));
    if (first) {
      show(first);
    } else {
      const there = asked();
      if (looks === 1 || there !== readBack) there?.scrollIntoView({ block: 'nearest', behavior: 'instant' });
      readBack = there;
      if (looks < LOOKS) return later(looks + 1);
    }
  }
  acted = false;
}

function show(fault) {
  const alert = fault.closest('[role="alert"]') ?? fault;
  alert.tabIndex = -1;
  alert.scrollIntoView({ block: 'center', behavior: 'instant' });
  alert.focus({ preventScroll: true });
}

/** A time that is read back waits for its confirmation: seen whole, while the finger stays in the field. */
const asked = () => document.querySelector('.stMain [class*="st-key-read-back-"]');

function later(looks = 1) {
  clearTimeout(timer);
  timer = setTimeout(settled, SETTLED_MS, looks);
}

export default function mount() {
  const runs = document.querySelector(RUNS);
  if (!runs || runs === watched) return;
  watched = runs;
  for (const kind of ['click', 'keydown', 'change']) window.addEventListener(kind, act, { capture: true, passive: true });
  new MutationObserver(() => later()).observe(runs, { attributes: true, attributeFilter: ['data-test-script-state'] });
  later();
}
