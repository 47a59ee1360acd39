// A page whose delivery broke off comes again. Loaded in the head of the document: where the page broke there is nothing else.
// 1. Streamlit runs a page anew after a lost connection only where it knew that a run was under way. Lost between a tap and the
//    word that its run began, the tap shows nothing, or the page stays empty: it is asked for again.
// 2. What is left of a broken delivery may come before the next run; Streamlit cannot place it and takes everything off the page.
// 3. A script that did not come is never asked for again; its parts of the page show an error in its place for good.
//    In both, the page is loaded again. What was typed and done is kept on the device by then.

(() => {
  const TAPPED_WITHIN_MS = 10_000; // before the connection was lost: its answer may be lost too
  const BY_ITSELF_MS = 700; // from the connection's return until Streamlit has begun a run of its own
  const STANDS_MS = 5_000; // so long at least, before a page is loaded again
  const MOST = 3; // loads that did not help; then the page stays as it is
  const HELPED_AFTER_MS = 60_000;
  const LOADS = 'coach-loaded-again'; // how often in a row, and when last
  const ASK_EVERY_MS = 1_000; // whether the server is there
  const ANSWER_WITHIN_MS = 6_000;
  const RERUN_KEY = { key: 'r', code: 'KeyR', keyCode: 82, which: 82, bubbles: true }; // Streamlit's own key for it

  let been = false; // connected, once
  let tapped = -Infinity; // when somebody last tapped, and no run has begun since
  let lost = null; // whether the connection was lost with a tap on its way; null while there is one
  let timer = 0;
  let loading = false;

  const app = () => document.querySelector('.stApp')?.dataset;
  const connected = () => app()?.testConnectionState === 'CONNECTED';
  const empty = () => !document.querySelector('.stMain :is(h1, h2)'); // every page has one; the menu may be there already
  // The player needs no server; a run or a load could take it away.
  const playing = () => app() && document.documentElement.hasAttribute('data-coach-player');
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** Return the server's word that it is up, null where there is none. */
  async function health() {
    try {
      const answer = await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      await answer.text(); // what is left unread is cut off when the time is over, and looks like a fault
      return answer;
    } catch {
      return null;
    }
  }

  function runAgain(tap) {
    if (!connected() || app().testScriptState === 'running' || playing()) return;
    if (tap || empty()) document.dispatchEvent(new KeyboardEvent('keydown', RERUN_KEY));
  }

  /** Count a load that begins now, unless too many came to nothing. */
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

  function changed() {
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
  window.addEventListener('error', ({ target }) => target?.tagName === 'SCRIPT' && loadAgain(), { capture: true });
  const attributeFilter = ['data-test-connection-state', 'data-test-script-state'];
  new MutationObserver(changed).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter });
})();
