// The device around the page: screen sleep, other tabs, keyboard.

const LET_SLEEP_MS = 10 * 60_000;

/** Keeps the screen on while playing; releases it at the end, or after ten minutes of pause. */
export class Wakefulness {
  async stay() {
    clearTimeout(this.timer);
    this.wanted = true;
    if (this.lock || !navigator.wakeLock) return;
    try {
      const lock = await navigator.wakeLock.request('screen');
      if (!this.wanted || this.lock) return void lock.release();
      this.lock = lock;
      lock.addEventListener('release', () => (this.lock = null), { once: true });
    } catch {
      // Low battery: the session goes on, the screen may go dark.
    }
  }

  letSleepLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.letSleep(), LET_SLEEP_MS);
  }

  letSleep() {
    clearTimeout(this.timer);
    this.wanted = false;
    this.lock?.release().catch(() => {});
    this.lock = null;
  }
}

/**
 * Wait until this session belongs to this tab alone; returns the function that gives it up.
 * `taken` is called when another tab has it for longer than `afterMs`.
 */
export function onlyHere(session, { taken, afterMs, signal }) {
  if (!navigator.locks) return Promise.resolve(() => {});
  const hint = setTimeout(taken, afterMs);
  return new Promise((resolve) => {
    const held = () => {
      clearTimeout(hint);
      return new Promise((release) => resolve(release));
    };
    navigator.locks.request(`coach-session-${session}`, { signal }, held).catch(() => {
      clearTimeout(hint);
      resolve(() => {});
    });
  });
}

/**
 * What a key does: `keys` maps it to a function. Space on a focused button presses that button, as
 * everywhere. Plain characters never leave the player: Streamlit has one-letter keys of its own.
 */
export function hearKey(event, root, keys) {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
  const path = event.composedPath();
  const inside = path.includes(root);
  if (inside && plain && event.key.length === 1) event.stopImmediatePropagation();
  if (!plain || event.repeat || path[0].matches?.('textarea, input, select, [contenteditable]')) return;
  const onControl = path[0].matches?.('button, a, summary, [role=button], [tabindex="0"]');
  if (onControl && (!inside || event.key === ' ')) return;
  const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  act();
}
