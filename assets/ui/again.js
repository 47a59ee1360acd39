// Reloads a page whose delivery broke off. It is in <head>, because a broken page may have nothing
// else.
// 1. After a lost connection Streamlit reruns a page only if it knew that a run was under way. Lost
//    between a tap and the
//    message that its run began, the tap has no effect, or the page stays empty: a rerun is
//    requested.
// 2. The rest of a broken delivery may arrive before the next run; Streamlit then clears the page.
// 3. A script or a style sheet that did not load is never requested again; a component shows an error
//    for good.
//    In cases 2 and 3 the page is reloaded. What the patient typed and did is stored on the device
//    by then.
// It also takes away what the document shows until the page is there.

(() => {
  // A tap this long before the connection was lost may have lost its answer
  const TAPPED_WITHIN_MS = 10_000;
  // From the return of the connection until Streamlit has begun a run by itself
  const BY_ITSELF_MS = 700;
  const STANDS_MS = 5_000; // the page must be broken for so long before it is reloaded
  const MOST = 3; // reloads that did not help; then the page stays as it is
  const HELPED_AFTER_MS = 60_000;
  // SessionStorage: reloads in a row, and the time of the last one
  const LOADS = 'coach-loaded-again';
  const ASK_EVERY_MS = 1_000; // how often to ask whether the server answers
  const ANSWER_WITHIN_MS = 6_000;
  const RERUN_KEY = { key: 'r', code: 'KeyR', keyCode: 82, which: 82, bubbles: true }; // Streamlit's shortcut for "rerun"

  let been = false; // whether there was a connection once
  let tapped = -Infinity; // the last tap since which no run has begun
  // Whether a tap was on its way when the connection was lost; null while connected
  let lost = null;
  let timer = 0;
  let loading = false;

  const app = () => document.querySelector('.stApp')?.dataset;
  const connected = () => app()?.testConnectionState === 'CONNECTED';
  // Every page has a heading; the menu may be there before it
  const empty = () => !document.querySelector('.stMain :is(h1, h2)');
  // The player needs no server, and a rerun or reload could end it.
  const playing = () => app() && document.documentElement.hasAttribute('data-coach-player');
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** Return the server's health answer, or null. */
  async function health() {
    try {
      const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      await answer.text(); // an unread body is aborted at the timeout, and looks like an error
      return answer;
    } catch {
      return null;
    }
  }

  function runAgain(tap) {
    if (!connected() || app().testScriptState === 'running' || playing()) return;
    if (tap || empty()) document.dispatchEvent(new KeyboardEvent('keydown', RERUN_KEY));
  }

  /** Count a reload that begins now; false after too many that did not help. */
  function mayLoad() {
    const { count = 0, at = 0 } = JSON.parse(sessionStorage.getItem(LOADS) ?? '{}');
    const inVain = Date.now() - at < HELPED_AFTER_MS ? count : 0;
    if (inVain < MOST) sessionStorage.setItem(LOADS, JSON.stringify({ count: inVain + 1, at: Date.now() }));
    return inVain < MOST;
  }

  async function loadAgain(needed = () => true) {
    if (loading) return;
    loading = true;
    await wait(Math.max(BY_ITSELF_MS, STANDS_MS - performance.now()));
    while (needed()) {
      const answer = await health();
      if (answer?.ok && !playing()) return mayLoad() && location.reload();
      await wait(ASK_EVERY_MS);
    }
    loading = false;
  }

  /** A page that was opened and broke off later shows what it had, and no beginning. */
  function opened() {
    const opening = document.getElementById('coach-opening');
    if (opening && (!empty() || document.documentElement.hasAttribute('data-coach-player'))) opening.remove();
  }

  function changed() {
    opened();
    if (been && !app()) return void loadAgain(() => !app());
    if (!connected()) {
      if (been) lost ??= performance.now() - tapped < TAPPED_WITHIN_MS;
      return;
    }
    been = true;
    if (app().testScriptState === 'running') tapped = -Infinity;
    if (lost === null) return;
    clearTimeout(timer);
    timer = setTimeout(runAgain, BY_ITSELF_MS, lost);
    lost = null;
  }

  window.coachHealth = health;
  window.addEventListener('click', () => (tapped = performance.now()), { capture: true, passive: true });
  window.addEventListener('vite:preloadError', () => loadAgain());
  // A link that only names what is needed soon may fail: it is asked for again then
  const needed = ({ target }) => target?.tagName === 'SCRIPT' || target?.rel === 'stylesheet';
  window.addEventListener('error', (event) => needed(event) && loadAgain(), { capture: true });
  const attributeFilter = ['data-test-connection-state', 'data-test-script-state'];
  new MutationObserver(changed).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter });
})();
