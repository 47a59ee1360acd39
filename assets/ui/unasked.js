// What a page does by itself waits for what somebody asked of it: a run of the page that is asked for while the run
// of a tap has begun takes its place, and the tap is lost.

const LOOK_EVERY_MS = 100;
const ON_ITS_WAY_MS = 1500; // from a tap until the page is told that it runs, on a slow network

let touched = -Infinity;
for (const kind of ['pointerdown', 'click', 'keydown']) {
  window.addEventListener(kind, () => (touched = performance.now()), { capture: true, passive: true });
}

const busy = () =>
  performance.now() - touched < ON_ITS_WAY_MS || document.querySelector('[data-test-script-state="running"]') !== null;

/** Do it as soon as nobody's tap is under way; `wanted` is asked again after each wait. */
export function whenIdle(act, wanted = () => true) {
  if (!wanted()) return;
  if (busy()) setTimeout(() => whenIdle(act, wanted), LOOK_EVERY_MS);
  else act();
}
