// Scrolls to errors: after a tap or a key, the first error or question in the answer
// is scrolled to and focused, so that screen readers read it too. What was on the screen before is
// left alone.

const FAULTS = '[data-testid="stAlertContentError"], [data-testid="stAlertContentWarning"]';
const RUNS = '[data-test-script-state]';
const SETTLED_MS = 150; // usually from the end of a run until React has rendered its last part
const LATE_MS = 3_000; // on a slow phone it may take so long
const UNSEEN_MS = 1_000; // from a tap that no run was seen to follow
const ASKS_SERVER = '.stButton button, .stFormSubmitButton button';

let watched = null;
let acted = false;
let screen = '';
let before = new Set();
let timer = 0;
let over = 0;

const faults = () => [...document.querySelectorAll(FAULTS)].filter((each) => !each.closest('[data-stale="true"]'));
const heading = () => `${location.pathname}\n${document.querySelector('.stMain h1')?.textContent ?? ''}`;

function act(event) {
  if (event.type === 'keydown' && event.key !== 'Enter' && event.key !== ' ' && event.key !== 'Tab') return;
  if (screen !== heading()) begin(); // tapped before the screen was registered
  acted = true;
  clearTimeout(over);
  if (event.type === 'click' && event.target.closest?.(ASKS_SERVER)) over = setTimeout(unseen, UNSEEN_MS);
}

function begin() {
  screen = heading();
  before = new Set(faults().map((each) => each.textContent));
}

function settled() {
  if (watched?.dataset.testScriptState === 'running') return;
  const first = faults().find((each) => !before.has(each.textContent));
  if (screen !== heading()) {
    begin();
    acted = false;
  } else if (acted && first) {
    show(first);
    acted = false;
  } else if (acted) {
    asked()?.scrollIntoView({ block: 'nearest', behavior: 'instant' });
    clearTimeout(over);
    over = setTimeout(() => (acted = false), LATE_MS);
  }
}

/**
 * On a slow phone a whole run may pass between two paints. Where it brings the same error again,
 * nothing on the page changes.
 */
function unseen() {
  const [first] = faults();
  const typing = document.activeElement?.matches('input, textarea, select');
  if (acted && first && !typing && screen === heading() && watched?.dataset.testScriptState !== 'running') show(first);
}

function show(fault) {
  const alert = fault.closest('[role="alert"]') ?? fault;
  alert.tabIndex = -1;
  alert.scrollIntoView({ block: 'center', behavior: 'instant' });
  alert.focus({ preventScroll: true });
}

/**
 * What was asked where one is: a time that waits for confirmation, the answers under a question of set-up.
 * Scrolled into view without taking the focus.
 */
const asked = () => document.querySelector('.stMain [class*="st-key-read-back-"], .st-key-answers-set-up-group [class*="st-key-answers-q-"]');

function later() {
  clearTimeout(timer);
  timer = setTimeout(settled, SETTLED_MS);
}

/** Where a whole run passes between two paints, only what it brings shows that there was one. */
const brings = (changes) => changes.some(({ addedNodes }) => [...addedNodes].some((node) => node.matches?.(FAULTS) || node.querySelector?.(FAULTS)));

export default function mount() {
  const runs = document.querySelector(RUNS);
  if (!runs || runs === watched) return;
  watched = runs;
  for (const kind of ['click', 'keydown', 'change']) window.addEventListener(kind, act, { capture: true, passive: true });
  new MutationObserver(later).observe(runs, { attributes: true, attributeFilter: ['data-test-script-state'] });
  new MutationObserver((changes) => brings(changes) && later()).observe(runs, { childList: true, subtree: true });
  later();
}
