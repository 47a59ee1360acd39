// The menu of the patient's pages at the foot of the screen: the same links as Streamlit's, drawn as
// one part of the page, with those that are used less behind "More". It reserves space for itself,
// which has more lines with large text. Links of a page's own text are opened as its own are.

const { connected, visit, wantsAnother } = await import(`./visit.js${new URL(import.meta.url).search}`);

const CHANGES = ['data-test-connection-state', 'data-test-script-state'];
// A second tap of a trembling finger does not close again what the first has opened
const ONE_TAP_MS = 600;

const menus = new WeakMap();

const IN_A_TEXT = '.stMain a.coach-row'; // an exercise that is closed leads to how it is done
const app = () => document.querySelector('.stApp');

const size = new ResizeObserver(([menu]) => {
  document.documentElement.style.setProperty('--coach-menu-height', `${Math.ceil(menu.target.getBoundingClientRect().height)}px`);
});

export default function mount({ parentElement: parent, data }) {
  const menu = menus.get(parent) ?? begin(parent);
  const given = JSON.stringify({ ...data, here: '' });
  if (menu.given !== given) {
    menu.given = given;
    draw(menu, data);
  }
  menu.here = data.here;
  open(menu, false);
  mark(menu, data.here);
  menu.look();
  return () => {
    size.disconnect();
    menu.watcher.disconnect();
    menu.leaving.abort();
    menu.nav.remove();
    menus.delete(parent);
  };
}

function begin(parent) {
  const nav = document.createElement('nav');
  nav.className = 'st-key-coach-menu';
  const menu = { nav, here: '', given: '', toggled: 0, look: () => look(menu), leaving: new AbortController() };
  const { signal } = menu.leaving;
  nav.addEventListener('click', (event) => go(menu, event));
  document.addEventListener('click', follow, { signal });
  window.addEventListener('keydown', (event) => event.key === 'Escape' && close(menu), { signal });
  window.addEventListener('pointerdown', ({ target }) => !nav.contains(target) && open(menu, false), { signal, capture: true });
  nav.addEventListener('focusout', ({ relatedTarget }) => relatedTarget && !nav.contains(relatedTarget) && open(menu, false));
  menu.watcher = new MutationObserver(menu.look);
  if (app()) menu.watcher.observe(app(), { attributes: true, attributeFilter: CHANGES });
  parent.append(nav);
  size.disconnect();
  size.observe(nav);
  menus.set(parent, menu);
  return menu;
}

function draw(menu, { links, more, name }) {
  menu.nav.setAttribute('aria-label', name);
  menu.more = make('button', 'coach-more', { type: 'button', 'aria-expanded': 'false', 'aria-controls': 'coach-more' });
  menu.more.append(...faces(more));
  menu.sheet = make('div', 'coach-sheet', { id: 'coach-more', hidden: '' });
  menu.sheet.append(...more.links.map(link));
  menu.nav.replaceChildren(...links.map(link), menu.more, menu.sheet);
}

function link(told) {
  const made = make('a', '', { href: told.address });
  made.append(...faces(told));
  return made;
}

/** Return an icon, the word, and how much is new: a number to the eye, words to a screen reader. */
function faces({ text, icon, count, told }) {
  const found = [
    make('span', 'coach-icon', { style: `--icon:var(--coach-icon-${icon})`, 'aria-hidden': 'true' }),
    Object.assign(make('span', 'coach-word'), { textContent: text }),
  ];
  if (!count) return found;
  const badge = Object.assign(make('span', 'coach-badge', { 'aria-hidden': 'true' }), { textContent: count });
  return [...found, badge, Object.assign(make('span', 'coach-unseen'), { textContent: `, ${told}` })];
}

function make(tag, name, attributes = {}) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const linksOf = (menu) => menu.nav.querySelectorAll('a');

/** Show whether the links lead anywhere, and after each run where it led. */
function look(menu) {
  const off = !connected();
  for (const each of linksOf(menu)) {
    each.toggleAttribute('disabled', off);
    each.setAttribute('aria-disabled', String(off));
  }
  menu.more.disabled = off;
  if (off) open(menu, false);
  menu.nav.classList.toggle('coach-off', off);
  if (app()?.dataset.testScriptState !== 'running') mark(menu, menu.here);
}

function mark(menu, here) {
  for (const each of linksOf(menu)) {
    if (each.getAttribute('href') === here) each.setAttribute('aria-current', 'page');
    else each.removeAttribute('aria-current');
  }
  menu.more.classList.toggle('coach-here', Boolean(menu.sheet.querySelector('[aria-current]')));
}

function open(menu, wanted) {
  menu.sheet.hidden = !wanted;
  menu.more.setAttribute('aria-expanded', String(wanted));
}

function close(menu) {
  if (menu.sheet.hidden) return;
  open(menu, false);
  menu.more.focus();
}

/** Open a page as the browser's Back would: Streamlit runs the page that the address names. */
function go(menu, event) {
  if (event.target.closest('.coach-more')) {
    if (event.timeStamp - menu.toggled < ONE_TAP_MS) return;
    menu.toggled = event.timeStamp;
    open(menu, menu.sheet.hidden);
    return;
  }
  const link = event.target.closest('a');
  if (!link || wantsAnother(event)) return;
  event.preventDefault();
  if (!connected()) return;
  mark(menu, link.getAttribute('href'));
  open(menu, false);
  visit(link.getAttribute('href'));
}

/** Without a connection nothing happens, rather than an empty page: the line above says why. */
function follow(event) {
  const link = event.target.closest?.(IN_A_TEXT);
  if (!link || event.defaultPrevented || wantsAnother(event)) return;
  event.preventDefault();
  if (connected()) visit(link.getAttribute('href'));
}
