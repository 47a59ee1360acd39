// Scrolls a new screen to its top: Streamlit keeps the scroll position of the previous one. Where the
// screen may have a long list with one answer for all of it, leads through that.

const ANSWER = ':is(.st-key-check-none, .st-key-warning-none, .st-key-more-none, .st-key-set-up-none)';
const LISTED = ':is([class*=st-key-answers-signs], .st-key-answers-set-up-group) button';

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

export default function mount({ parentElement: parent, data }) {
  const leave = () => shown.get(parent)?.end();
  if (shown.get(parent)?.screen === data.screen) return leave;
  leave();
  const now = { screen: data.screen, end: () => {} };
  shown.set(parent, now);
  const main = document.querySelector('.stMain');
  // By which the guard recognises the screen
  document.documentElement.dataset.coachScreen = data.screen;
  main?.scrollTo(0, 0);
  // Without the module the answer stands below the list alone
  if (main && data.whole_list) through(parent, main, data.whole_list, now).catch(() => {});
  return leave;
}
