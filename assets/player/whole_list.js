// A long list with one answer for all of it, "None of these". Until the end of the list has come
// into sight, a button in the thumb's reach leads on; from then on the answer stays in its place.
// So nobody can give the answer before the list has passed before them. Without this script the
// answer stands below the list alone.

export const SEEN = 'data-coach-seen';
const LEAST_PX = 120;
const ABOVE_PX = 8; // left free above the sign that comes next

// Its letters and colours are those of the page around
const STYLE = `
  .coach-on { box-sizing: border-box; position: fixed; inset: auto 0 0; z-index: 90; padding: 8px max(16px, calc(50vw - 304px)); pointer-events: none;
    background: linear-gradient(transparent, var(--st-background-color, #fbf9f5) 12px); }
  .coach-on[hidden] { display: none; }
  .coach-on button { box-sizing: border-box; width: 100%; min-height: 64px; padding: 8px 16px; border: 2px solid var(--st-primary-color, #0a5252); border-radius: 12px; pointer-events: auto;
    display: flex; align-items: center; justify-content: center; gap: 10px; cursor: pointer; touch-action: manipulation;
    background: var(--st-background-color, #fbf9f5); color: var(--st-text-color, #1b2325); font: inherit; font-size: 1.2rem; font-weight: 700; line-height: 1.2; }
  .coach-on button::after { content: ''; flex: none; width: 24px; height: 24px; background: currentColor;
    mask: var(--coach-icon-down, linear-gradient(transparent, transparent)) center / contain no-repeat; }
  @media (forced-colors: active) { .coach-on button::after { background: ButtonText; } }
`;

/**
 * `scroller` is what scrolls, `box` holds the button, `answer()` finds the answer's element (or
 * null), `items()` what is listed, `below()` the height in pixels of what covers the foot of the screen.
 * Returns what ends it.
 */
export function lead({ scroller, box, word, answer, items, below = () => 0 }) {
  const bar = document.createElement('div');
  bar.className = 'coach-on';
  bar.hidden = true;
  const button = bar.appendChild(document.createElement('button'));
  button.type = 'button';
  button.tabIndex = -1; // who goes by keys comes to each sign anyway
  button.textContent = word;
  const style = document.createElement('style');
  style.textContent = STYLE;
  box.append(style, bar);
  const ended = new AbortController();
  const { signal } = ended;
  let seen = false;
  let asked = 0;

  const top = () => Math.max(0, scroller.getBoundingClientRect().top);
  const foot = () => window.innerHeight - below();

  function look() {
    asked = 0;
    if (!box.isConnected) return end();
    const node = answer();
    const { bottom, height } = node?.getBoundingClientRect() ?? { bottom: 0, height: 0 };
    if (node && height && Math.floor(bottom) <= foot()) seen = true;
    node?.toggleAttribute(SEEN, seen);
    node?.style.setProperty('--coach-below', `${below()}px`);
    bar.style.bottom = `${below()}px`;
    bar.hidden = seen || !node || !height;
    return undefined;
  }
  const soon = () => (asked ||= requestAnimationFrame(look));
  const changes = new MutationObserver(soon);

  /** So far that the first thing that was not wholly in sight comes to the top. */
  function on() {
    const edge = bar.getBoundingClientRect().top;
    const next = items().find((each) => each.getBoundingClientRect().bottom > edge);
    const far = next ? next.getBoundingClientRect().top - top() - ABOVE_PX : 0;
    // At once: the guard must know that what now lies under the finger came there by itself.
    scroller.scrollBy({ top: far > LEAST_PX ? far : Math.max(LEAST_PX, edge - top() - LEAST_PX), behavior: 'instant' });
  }

  function end() {
    ended.abort();
    changes.disconnect();
    cancelAnimationFrame(asked);
    bar.remove();
    style.remove();
  }

  button.addEventListener('click', on, { signal });
  scroller.addEventListener('scroll', soon, { signal, passive: true });
  window.addEventListener('resize', soon, { signal });
  changes.observe(scroller, { childList: true, subtree: true });
  soon();
  return end;
}
