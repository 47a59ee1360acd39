// The menu of the patient's pages at the foot of the screen: the same links as Streamlit's, drawn as
// one part of the page. It reserves space for itself, which has more lines with large text.

const CHANGES = ['data-test-connection-state', 'data-test-script-state'];

const menus = new WeakMap();

const app = () => document.querySelector('.stApp');
/** Whether Streamlit has its connection: without one a tap would lead nowhere. */
const connected = () => (app()?.dataset.testConnectionState ?? 'CONNECTED') === 'CONNECTED';

const size = new ResizeObserver(([menu]) => {
  document.documentElement.style.setProperty('--coach-menu-height', `${Math.ceil(menu.target.getBoundingClientRect().height)}px`);
});

export default function mount({ parentElement: parent, data }) {
  const menu = menus.get(parent) ?? begin(parent);
  while (menu.nav.children.length > data.links.length) menu.nav.lastChild.remove();
  data.links.forEach(({ address, text }, n) => {
    const link = menu.nav.children[n] ?? menu.nav.appendChild(document.createElement('a'));
    link.setAttribute('href', address);
    if (link.textContent !== text) link.textContent = text;
  });
  menu.here = data.here;
  mark(menu.nav, data.here);
  menu.look();
  return () => {
    size.disconnect();
    menu.watcher.disconnect();
    menu.nav.remove();
    menus.delete(parent);
  };
}

function begin(parent) {
  const nav = document.createElement('nav');
  nav.className = 'st-key-coach-menu';
  nav.addEventListener('click', go);
  const menu = { nav, here: '', look: () => look(menu) };
  menu.watcher = new MutationObserver(menu.look);
  if (app()) menu.watcher.observe(app(), { attributes: true, attributeFilter: CHANGES });
  parent.append(nav);
  size.disconnect();
  size.observe(nav);
  menus.set(parent, menu);
  return menu;
}

/** Show whether the links lead anywhere, and after each run where it led. */
function look({ nav, here }) {
  const off = !connected();
  for (const link of nav.children) {
    link.toggleAttribute('disabled', off);
    link.setAttribute('aria-disabled', String(off));
  }
  if (app()?.dataset.testScriptState !== 'running') mark(nav, here);
}

function mark(nav, here) {
  for (const link of nav.children) {
    if (link.getAttribute('href') === here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** Open a page as the browser's Back would: Streamlit runs the page that the address names. */
function go(event) {
  const link = event.target.closest('a');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (!connected()) return;
  mark(event.currentTarget, link.getAttribute('href'));
  history.pushState({}, '', link.getAttribute('href'));
  window.dispatchEvent(new PopStateEvent('popstate', { state: {} }));
}
