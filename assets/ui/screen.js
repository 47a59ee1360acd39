// Tells each new screen: the document's title says where one is, and the focus goes to the screen's
// heading, as it does on a page that is loaded. Where the screen stays and what was tapped is gone, the
// focus goes to what stood around it. Buttons that say only "Change" get the heading beside them as
// part of their name, which Streamlit cannot give them.

const RUNS = '[data-test-script-state]';
const SETTLED_MS = 200; // after an error has had its turn for the focus (heed.js)
const LATE_MS = 3_000; // on a slow phone a run's last part may come so late
const HEADINGS = 'h1, h2, h3, [role="heading"]';
const PANELS = '[class*="st-key-panel-"], [class*="st-key-row-"]';
const KEYED = '.stMain [class*="st-key-"]';
const SCROLLS = '.st-key-plan-table';
const MORE_THAN_ITS_WORD = ':is([class*="st-key-correct-"], [class*="st-key-back-"]) button';

let told = { app: '' };
let watched = null;
let before = null;
let acted = false;
let scrolled = false; // by the reader, since they acted
let given = null;
let trail = [];
let timer = 0;
let over = 0;
let names = 0;

const sizes = new ResizeObserver((seen) => seen.forEach(({ target }) => scrollable(target)));

const shown = (each) => each.checkVisibility() && !each.closest('[data-stale="true"]');

/** The heading of the screen; the player's stands in a tree of its own. */
function heading() {
  const main = document.querySelector('.stMain');
  const own = [...(main?.querySelectorAll('h1, h2') ?? [])].find(shown);
  if (own || !main) return own;
  for (const { shadowRoot } of main.querySelectorAll('[class*="st-key-"] *')) {
    const found = shadowRoot && [...shadowRoot.querySelectorAll('h1, h2')].find(shown);
    if (found) return found;
  }
  return null;
}

/** A clinic's pages name the page alone: a title stays in the browser's history, and a heading may name a person. */
function retitle(here) {
  const where = told.page ?? here?.textContent.trim();
  const title = where ? `${where} · ${told.app}` : told.app;
  if (told.app && document.title !== title) document.title = title;
}

function act(event) {
  if (event.type === 'keydown' && event.key !== 'Enter' && event.key !== ' ') return;
  acted = true;
  scrolled = false;
  clearTimeout(over);
  const keys = [];
  for (let each = event.target.closest?.(KEYED); each; each = each.parentElement?.closest(KEYED)) {
    keys.push([...each.classList].find((name) => name.startsWith('st-key-')));
  }
  trail = keys;
}

function settled() {
  if (watched?.dataset.testScriptState === 'running') return;
  const here = heading();
  retitle(here);
  name();
  const now = `${location.pathname}?${new URLSearchParams(location.search).get('part') ?? ''}\n${here?.textContent ?? ''}\n${document.documentElement.dataset.coachScreen ?? ''}`;
  const isNew = before !== null && before !== now;
  before = now;
  const { activeElement } = document;
  const lost = !activeElement || activeElement === document.body;
  // What was focused may have been of the screen before: a new page says its address first
  if (!acted && !(lost && given && !given.isConnected)) return;
  if (isNew) {
    if (!here || !(lost || activeElement.matches('button, a, summary, h1, h2, [class*="st-key-"], [role="radio"]'))) return;
    acted = false;
    focus(here);
  } else if (lost && !document.querySelector('dialog[open]')) {
    const near = around();
    focus(near ?? here);
    if (!scrolled && near?.closest(PANELS)) bringIntoView(near);
    clearTimeout(over);
    over = setTimeout(() => (acted = false), LATE_MS);
  }
}

/** An entry that was corrected may have moved away from under the finger, as all above it has another height. */
function bringIntoView(target) {
  const { top, bottom } = target.getBoundingClientRect();
  const menu = document.querySelector('.st-key-coach-menu');
  const foot = menu && getComputedStyle(menu).position === 'fixed' ? menu.offsetHeight : 0;
  if (top < 0 || bottom > innerHeight - foot) target.scrollIntoView({ block: 'center' });
}

/** What stood around that which was tapped, and is still there. */
function around() {
  for (const key of trail) {
    const [found] = document.getElementsByClassName(key);
    if (found) return found.querySelector(`${HEADINGS}, button:enabled`) ?? found;
  }
  return null;
}

function focus(target) {
  if (!target) return;
  given = target;
  if (!target.matches('button')) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}

function name() {
  for (const panel of document.querySelectorAll(PANELS)) {
    const subject = panel.querySelector(`${HEADINGS}, .coach-text p`);
    if (!subject) continue;
    for (const button of panel.querySelectorAll(MORE_THAN_ITS_WORD)) {
      if (button.closest(PANELS) !== panel) continue;
      subject.id ||= `coach-subject-${(names += 1)}`;
      button.id ||= `coach-act-${(names += 1)}`;
      button.setAttribute('aria-labelledby', `${button.id} ${subject.id}`);
    }
  }
  // Streamlit gives its file picker's ground a name and takes away its role
  for (const picker of document.querySelectorAll('section[role="presentation"][aria-label]')) picker.setAttribute('role', 'group');
  // What is wider than its screen is scrolled by keys too, also after the phone is turned
  for (const area of document.querySelectorAll(SCROLLS)) {
    const above = [...document.querySelectorAll('.stMain h3')].findLast((each) => each.compareDocumentPosition(area) & Node.DOCUMENT_POSITION_FOLLOWING);
    if (above) {
      above.id ||= `coach-subject-${(names += 1)}`;
      area.setAttribute('role', 'region');
      area.setAttribute('aria-labelledby', above.id);
    }
    scrollable(area);
    sizes.observe(area);
  }
}

function scrollable(area) {
  if (area.scrollWidth > area.clientWidth) area.tabIndex = 0;
  else if (area !== document.activeElement) area.removeAttribute('tabindex');
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(settled, SETTLED_MS);
}

export default function mount({ data }) {
  told = data;
  later();
  const runs = document.querySelector(RUNS);
  if (!runs || runs === watched) return;
  watched = runs;
  window.addEventListener('click', act, { capture: true, passive: true });
  window.addEventListener('keydown', act, { capture: true, passive: true });
  window.addEventListener('popstate', act);
  for (const by of ['wheel', 'touchmove']) window.addEventListener(by, () => (scrolled = true), { passive: true });
  // The player changes its screens without a run, and moves the focus itself
  window.addEventListener('focusin', () => 'coachPlayer' in document.documentElement.dataset && later());
  new MutationObserver(later).observe(runs, { attributes: true, attributeFilter: ['data-test-script-state'] });
  new MutationObserver(later).observe(document.querySelector('.stMain') ?? runs, { childList: true, subtree: true });
  new MutationObserver(() => retitle(heading())).observe(document.head, { childList: true, subtree: true, characterData: true });
}
