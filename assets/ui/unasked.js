// What a page does by itself waits for what somebody asked of it: a run of the page that is asked for while the run
// of a tap has begun takes its place, and the tap is lost. It also waits for the connection: without one it comes to nothing,
// and a page whose server is back does not run by itself.

const LOOK_EVERY_MS = 100;
const ON_ITS_WAY_MS = 1500; // from a tap until the page is told that it runs, on a slow network

let touched = -Infinity;
for (const kind of ['pointerdown', 'click', 'keydown']) {
  window.addEventListener(kind, () => (touched = performance.now()), { capture: true, passive: true });
}

const busy = () => {
  const app = document.querySelector('.stApp')?.dataset ?? {};
  const apart = 'testConnectionState' in app && app.testConnectionState !== 'CONNECTED';
  return apart || app.testScriptState === 'running' || performance.now() - touched < ON_ITS_WAY_MS;
};

/** Do it as soon as nobody's tap is under way; `wanted` is asked again after each wait. */
export function whenIdle(act, wanted = () => true) {
  if (!wanted()) return;
  if (busy()) setTimeout(() => whenIdle(act, wanted), LOOK_EVERY_MS);
  else act();
}
