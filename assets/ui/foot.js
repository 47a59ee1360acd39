// The menu of the patient's pages at the foot of the screen: the same links as Streamlit's, drawn as
// one part of the page. It reserves space for itself, which has more lines with large text.

const SERVER = 'data-test-connection-state';

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
    if (address === data.here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  });
  menu.able();
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
  const able = () => {
    const off = !connected();
    for (const link of nav.children) {
      link.toggleAttribute('disabled', off);
      link.setAttribute('aria-disabled', String(off));
    }
  };
  const watcher = new MutationObserver(able);
  if (app()) watcher.observe(app(), { attributes: true, attributeFilter: [SERVER] });
  parent.append(nav);
  size.disconnect();
  size.observe(nav);
  const menu = { nav, able, watcher };
  menus.set(parent, menu);
  return menu;
}

/** Open a page as the browser's Back would: Streamlit runs the page that the address names. */
function go(event) {
  const link = event.target.closest('a');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (!connected()) return;
  history.pushState({}, '', link.getAttribute('href'));
  window.dispatchEvent(new PopStateEvent('popstate', { state: {} }));
}
