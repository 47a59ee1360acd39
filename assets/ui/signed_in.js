// Leaves the page when the sign-in has ended, elsewhere or by time.

const ASK_EVERY_MS = 20_000;

const watches = new WeakMap();

export default function mount({ parentElement: parent, data }) {
  if (!watches.has(parent)) {
    const again = () => ask(data.account);
    const timer = setInterval(again, ASK_EVERY_MS);
    const look = () => document.visibilityState === 'visible' && again();
    document.addEventListener('visibilitychange', look);
    window.addEventListener('coach:help-closed', look);
    watches.set(parent, { timer, look });
  }
  return () => {
    const watch = watches.get(parent);
    if (!watch) return;
    clearInterval(watch.timer);
    document.removeEventListener('visibilitychange', watch.look);
    window.removeEventListener('coach:help-closed', watch.look);
    watches.delete(parent);
  };
}

async function ask(account) {
  // A warning card that the patient is reading stays open first.
  if (document.documentElement.hasAttribute('data-coach-help')) return;
  const answer = await fetch('/api/signed-in', { cache: 'no-store', headers: { 'coach-account': account } }).catch(() => null);
  if (answer?.status === 401) location.replace('/sign-in?ended=1');
}
