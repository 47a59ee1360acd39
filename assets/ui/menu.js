// Marks the current page in the menu, and reserves space for the menu, which has more lines with
// large text.

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
  if (!watching) { // another screen of a page creates the links again
    watching = new MutationObserver(mark);
    watching.observe(document.querySelector('.stApp'), { childList: true, subtree: true });
  }
  const menu = document.querySelector(FOOT);
  seen.disconnect();
  if (menu) seen.observe(menu);
  return () => seen.disconnect();
}
