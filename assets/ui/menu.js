// The menu says which page is shown, and the page ends above it, however many lines large letters make of it.

const FOOT = '.st-key-coach-menu';
const LINKS = '.st-key-coach-menu a, .st-key-clinic-menu a';

const seen = new ResizeObserver(([menu]) => {
  document.documentElement.style.setProperty('--coach-menu-height', `${Math.ceil(menu.target.getBoundingClientRect().height)}px`);
});

let here = '';

function mark() {
  for (const link of document.querySelectorAll(LINKS)) {
    if (link.getAttribute('href') === here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

let watching = null;

export default function mount({ data }) {
  here = data.here;
  mark();
  if (!watching) { // another screen of a page makes the links anew
    watching = new MutationObserver(mark);
    watching.observe(document.querySelector('.stApp'), { childList: true, subtree: true });
  }
  const menu = document.querySelector(FOOT);
  seen.disconnect();
  if (menu) seen.observe(menu);
  return () => seen.disconnect();
}
