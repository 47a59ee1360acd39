// The page ends above its menu, however many lines large letters make of it.

const seen = new ResizeObserver(([menu]) => {
  document.documentElement.style.setProperty('--coach-menu-height', `${Math.ceil(menu.target.getBoundingClientRect().height)}px`);
});

export default function mount() {
  const menu = document.querySelector('.st-key-coach-menu');
  seen.disconnect();
  if (menu) seen.observe(menu);
  return () => seen.disconnect();
}
