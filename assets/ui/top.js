// Scrolls a new screen to its top: Streamlit keeps the scroll position of the previous one. Where the
// screen may have a long list with one answer for all of it, leads through that. Where a part of it is
// to be seen first, leads there.

const ANSWER = ':is(.st-key-check-none, .st-key-warning-none, .st-key-more-none, .st-key-set-up-none)';
const LISTED = ':is([class*=st-key-answers-signs], .st-key-answers-set-up-group) button';

const LOOKS_FOR_MS = 4000;
const LOOKS_EVERY_MS = 100;

const shown = new WeakMap(); // component -> its screen, and what ends the lead through its list

const menuHeight = () => {
  const menu = document.querySelector('.st-key-coach-menu');
  return menu && getComputedStyle(menu).position === 'fixed' ? menu.offsetHeight : 0;
};

async function through(parent, main, { module, word }, now) {
  const { lead } = await import(new URL(module, location.origin).href);
  if (shown.get(parent) !== now) return; // another screen by now
  now.end = lead({
    scroller: main,
    box: parent,
    word,
    below: menuHeight,
    answer: () => main.querySelector(ANSWER),
    items: () => [...main.querySelectorAll(LISTED)],
  });
}

/** Show a part of the page by its key once it is there, and let the keyboard go on from it. */
function reach(key, until = performance.now() + LOOKS_FOR_MS) {
  const found = document.getElementsByClassName(`st-key-${key}`)[0];
  if (!found) {
    if (performance.now() < until) setTimeout(() => reach(key, until), LOOKS_EVERY_MS);
    return;
  }
  found.scrollIntoView({ block: 'center' });
  found.querySelector('input, textarea, button')?.focus({ preventScroll: true });
}

export default function mount({ parentElement: parent, data }) {
  const leave = () => shown.get(parent)?.end();
  if (data.to) reach(data.to);
  if (shown.get(parent)?.screen === data.screen) return leave;
  leave();
  const now = { screen: data.screen, end: () => {} };
  shown.set(parent, now);
  const main = document.querySelector('.stMain');
  // By which the guard recognises the screen
  document.documentElement.dataset.coachScreen = data.screen;
  if (!data.to) main?.scrollTo(0, 0);
  // Without the module the answer stands below the list alone
  if (main && data.whole_list) through(parent, main, data.whole_list, now).catch(() => {});
  return leave;
}
