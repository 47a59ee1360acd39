// Shows when the server does not answer. Streamlit's own dialog about it covers the page and makes
// all of it dead to taps, even a session that needs no server: this closes it, and says in one line
// what still works. Other scripts learn of it by the event "coach:server" and an attribute of
// <html>.

const { whole } = await import(`./phones.js${new URL(import.meta.url).search}`);

const AWAY = 'data-coach-away';
// Set while the session player is on the page: it needs no server
const PLAYER = 'data-coach-player';
// Set while exercises are played: they have the whole window, and this is a narrow strip over them
const STAGE = 'data-coach-stage';
const ASK_EVERY_MS = 10_000; // while the server answers and the page is visible
const ASK_AGAIN_MS = 3_000; // while it does not answer
const BACK_SOON_MS = 1_000; // a shorter interruption is not shown

// Drawn here: no server gives a picture then. A cloud with a line through it, as assets/ui/icons/offline.svg.
const CLOUD =
  '<svg viewBox="0 0 64 40" width="72" height="45" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round">' +
  '<path d="M18 34h30a9 9 0 0 0 1-18 14 14 0 0 0-27-2 10 10 0 0 0-4 20z"/><path d="M10 4l44 34"/></svg>';

const BUTTON =
  'width:100%;min-height:56px;margin-top:12px;padding:8px 16px;font:inherit;font-weight:700;cursor:pointer;border-radius:12px;' +
  'color:var(--st-text-color);background:var(--st-background-color);border:2px solid var(--st-text-color)';

const root = document.documentElement;
const lines = new WeakMap();

export default function mount({ parentElement: parent, data }) {
  let calm = lines.get(parent);
  if (calm) {
    calm.data = data;
    return () => calm.leave();
  }
  lines.set(parent, (calm = new Calm(parent, data)));
  return () => calm.leave();
}

class Calm {
  constructor(parent, data) {
    Object.assign(this, { parent, data, away: false, answeredAt: performance.now() });
    this.line = Object.assign(document.createElement('p'), { style: 'margin:0' });
    this.line.setAttribute('role', 'status');
    this.mark = Object.assign(document.createElement('div'), { ariaHidden: 'true', innerHTML: CLOUD }); // a constant of this file
    this.help = Object.assign(document.createElement('button'), { type: 'button', hidden: true });
    this.help.onclick = () => window.dispatchEvent(new CustomEvent('coach:help', { cancelable: true }));
    this.help.style.cssText = BUTTON;
    this.call = document.createElement('a');
    this.call.style.cssText = BUTTON + ';box-sizing:border-box;text-align:center;text-decoration:none;align-content:center';
    this.box = document.createElement('div');
    this.box.append(this.mark, this.line, this.call, this.help);
    this.box.style.cssText =
      'font:inherit;font-size:18px;line-height:1.45;color:var(--st-text-color);background:var(--st-secondary-background-color);border-radius:12px';
    parent.append(this.box);
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.watcher = new MutationObserver(() => this.changed());
    this.watcher.observe(document.body, {
      childList: true,
      subtree: true,
      attributes: true,
      attributeFilter: ['data-test-connection-state'],
    });
    this.places = new MutationObserver(() => this.show());
    this.places.observe(root, { attributes: true, attributeFilter: [PLAYER, STAGE] });
    document.addEventListener('visibilitychange', () => this.ask(), { signal });
    window.addEventListener('offline', () => this.ask(), { signal });
    window.addEventListener('online', () => this.ask(), { signal });
    // Ask at once after a tap, which may get no answer.
    const tapped = () => performance.now() - this.answeredAt > ASK_AGAIN_MS && this.ask();
    window.addEventListener('pointerdown', tapped, { signal, capture: true, passive: true });
    this.show();
    this.changed(); // a dialog may have opened before this was there
    this.wait();
  }

  /** Whether Streamlit has its connection; before it reports any, it counts as connected. */
  get connected() {
    return (document.querySelector('.stApp')?.dataset.testConnectionState ?? 'CONNECTED') === 'CONNECTED';
  }

  changed() {
    // The app opens no dialogs, so any dialog is Streamlit's
    const close = () => document.querySelector('.stDialog button')?.click();
    if (window.coachGuard) window.coachGuard.pass(close);
    else close();
    if (this.connected === !this.away) return;
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.ask(), this.away ? 0 : BACK_SOON_MS);
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), this.away ? ASK_AGAIN_MS : ASK_EVERY_MS);
  }

  async ask() {
    if (document.visibilityState === 'hidden' && !this.away) return this.wait();
    if (this.asking) return;
    this.asking = true;
    const answer = await window.coachHealth(); // defined by again.js, in <head>
    this.asking = false;
    if (this.left) return;
    if (answer?.ok) this.answeredAt = performance.now();
    this.tell(!(answer?.ok && this.connected));
    this.wait();
  }

  tell(away) {
    if (this.away === away) return;
    this.away = away;
    root.toggleAttribute(AWAY, away);
    this.show();
    window.dispatchEvent(new CustomEvent('coach:server', { detail: { away } }));
  }

  show() {
    const { away, data } = this;
    const playing = root.hasAttribute(PLAYER);
    const text = away ? data.words[playing ? 'player' : 'page'] : '';
    if (this.line.textContent !== text) this.line.textContent = text;
    this.mark.style.display = away && !root.hasAttribute(STAGE) ? 'block' : 'none';
    this.help.hidden = !away || !data.words.help;
    this.help.textContent = data.words.help;
    // With the player there is no space for both
    this.call.style.display = away && data.tel && !playing ? 'block' : 'none';
    this.call.href = `tel:${data.tel}`;
    if (this.call.textContent !== data.words.call) this.call.replaceChildren(...whole(data.words.call));
    this.box.style.padding = away ? '12px 16px' : '0';
    this.box.style.marginBottom = away ? '16px' : '0';
    this.narrow(away && root.hasAttribute(STAGE));
  }

  /** A strip over the playing screen, the button beside the line where there is room. */
  narrow(narrow) {
    const { style } = this.box;
    Object.assign(style, { display: narrow ? 'flex' : 'block', flexWrap: 'wrap', alignItems: 'center', gap: '6px 16px', borderRadius: narrow ? '0' : '12px' });
    if (narrow) Object.assign(style, { padding: '6px 12px', marginBottom: '0' });
    this.line.style.cssText = narrow ? 'margin:0;flex:1 1 15em;font-size:clamp(16px,0.9em,20px);line-height:1.25' : 'margin:0';
    this.help.style.cssText = BUTTON;
    if (narrow) Object.assign(this.help.style, { width: 'auto', flex: '1 1 auto', minHeight: '48px', marginTop: '0', padding: '4px 12px' });
  }

  leave() {
    if (this.left) return;
    this.left = true;
    this.watcher.disconnect();
    this.places.disconnect();
    this.leaving.abort();
    clearTimeout(this.timer);
    clearTimeout(this.soon);
    root.removeAttribute(AWAY);
    this.box.remove();
    lines.delete(this.parent);
  }
}
