// Delays reruns that a page requests by itself: a rerun requested while the run
// for a tap is under way replaces it, and the tap is lost. It also waits for the connection:
// without one a request is dropped, and the page does not rerun by itself when the server is back.

const LOOK_EVERY_MS = 100;
// From a tap until the page learns that its run began, on a slow network
const ON_ITS_WAY_MS = 1500;

let touched = -Infinity;
for (const kind of ['pointerdown', 'click', 'keydown']) {
  window.addEventListener(kind, () => (touched = performance.now()), { capture: true, passive: true });
}

const busy = () => {
  const app = document.querySelector('.stApp')?.dataset ?? {};
  const apart = 'testConnectionState' in app && app.testConnectionState !== 'CONNECTED';
  return apart || app.testScriptState === 'running' || performance.now() - touched < ON_ITS_WAY_MS;
};

/** Run `act` when no tap is under way; `wanted` is checked again after each wait. */
export function whenIdle(act, wanted = () => true) {
  if (!wanted()) return;
  if (busy()) setTimeout(() => whenIdle(act, wanted), LOOK_EVERY_MS);
  else act();
}
