// The menu says which page is shown, and the page ends above it, however many lines large letters make of it.

const FOOT = '.st-key-coach-menu';
const LINKS = '.st-key-coach-menu a, .st-key-clinic-menu a';

const seen = new ResizeObserver(([menu]) => {
  document.documentElement.style.setProperty('--coach-menu-height', `${Math.ceil(menu.target.getBoundingClientRect().height)}px`);
});

export default function mount({ data }) {
  for (const link of document.querySelectorAll(LINKS)) {
    if (link.getAttribute('href') === data.here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const menu = document.querySelector(FOOT);
  seen.disconnect();
  if (menu) seen.observe(menu);
  return () => seen.disconnect();
}
