// A server that does not answer must not stop anybody: Streamlit's own window over the page makes all of it dead to
// taps, also a session that goes on without the server. This closes that window and says the same in one calm line.

const ASK_EVERY_MS = 3000;

const lines = new WeakMap();

export default function mount({ parentElement: parent, data }) {
  let calm = lines.get(parent);
  if (calm) {
    calm.text = data.text;
    return () => leave(parent);
  }
  const line = document.createElement('p');
  line.setAttribute('role', 'status');
  line.style.cssText =
    'margin:0;font:inherit;font-size:18px;color:var(--st-text-color);background:var(--st-secondary-background-color);border-radius:12px';
  parent.append(line);
  calm = { line, text: data.text, timer: 0 };
  calm.watcher = new MutationObserver(() => close(calm));
  calm.watcher.observe(document.body, { childList: true, subtree: true });
  lines.set(parent, calm);
  close(calm);
  return () => leave(parent);
}

/** The app opens no window of its own, so any that is there is Streamlit's; an unknown address opens one too. */
async function close(calm) {
  const button = document.querySelector('.stDialog button');
  if (!button) return;
  button.click();
  if (calm.timer || (await answers())) return;
  calm.line.textContent = calm.text;
  calm.line.style.cssText += ';padding:8px 16px;margin-bottom:16px';
  calm.timer ||= setInterval(() => ask(calm), ASK_EVERY_MS);
}

async function answers() {
  const answer = await fetch('/healthz', { cache: 'no-store' }).catch(() => null);
  return Boolean(answer?.ok);
}

async function ask(calm) {
  if (!(await answers())) return;
  clearInterval(calm.timer);
  calm.timer = 0;
  calm.line.textContent = '';
  calm.line.style.cssText += ';padding:0;margin-bottom:0';
}

function leave(parent) {
  const calm = lines.get(parent);
  if (!calm) return;
  calm.watcher.disconnect();
  clearInterval(calm.timer);
  calm.line.remove();
  lines.delete(parent);
}
