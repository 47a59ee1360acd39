// Sends what the player stored while the server did not answer, from any page, and shows what still
// waits.

const version = new URL(import.meta.url).search;
const { whenIdle } = await import(`./unasked.js${version}`);

const AGAIN_MS = 1000;

const senders = new WeakMap();
// Owner -> how many entries of an earlier load this page has reported as saved
const told = new Map();

/** Browsers remember that a module failed to load, so it is requested under another address. */
const load = (address, n = 0) =>
  import(n ? `${address}&again=${n}` : address).catch(async () => {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    return load(address, n + 1);
  });

export default function mount(component) {
  const { parentElement: parent, data } = component;
  let sender = senders.get(parent);
  if (sender && sender.owner !== data.owner) {
    leave(parent);
    sender = null;
  }
  if (sender) {
    sender.component = component;
    return () => leave(parent);
  }
  const line = document.createElement('p');
  line.setAttribute('role', 'status');
  line.style.cssText = 'margin:0;font:inherit;font-size:18px;color:var(--st-text-color)';
  const read = document.createElement('button');
  read.hidden = true;
  read.style.cssText =
    'min-height:56px;margin:0 0 16px;padding:8px 24px;font:inherit;font-size:18px;cursor:pointer;border-radius:8px;' +
    'color:var(--st-text-color);background:var(--st-background-color);border:2px solid var(--st-text-color)';
  parent.append(line, read);
  sender = { component, line, read, owner: data.owner, waiting: 0, saved: false };
  senders.set(parent, sender);
  load(new URL(data.module, location.origin).href).then(({ start, settleOtherRuns, forgetRefused }) => {
    if (senders.get(parent) !== sender) return;
    settleOtherRuns(data.owner).catch(() => {}); // an abandoned session posts what it had
    read.textContent = data.words.read;
    read.onclick = () => forgetRefused(data.owner);
    sender.outbox = start({
      owner: data.owner,
      endpoint: data.endpoint,
      onChange: ({ pending, refused, earlier }) => {
        const { words } = sender.component.data;
        // Another part of the page may have sent it before this line was shown.
        const stored = pending < sender.waiting || earlier > (told.get(data.owner) ?? 0);
        told.set(data.owner, earlier);
        sender.saved ||= stored && !refused.length;
        const said = [pending ? words.waiting.replace('{n}', pending) : sender.saved ? words.saved : ''];
        for (const { why } of refused) said.push(words.refused.replace('{why}', why));
        line.textContent = said.filter(Boolean).join(' ');
        read.hidden = !refused.length;
        line.style.marginBottom = line.textContent ? '16px' : '0';
        // The rerun shows what was stored.
        const here = () => senders.get(parent) === sender;
        if (stored) whenIdle(() => sender.component.setTriggerValue('stored', Date.now()), here);
        sender.waiting = pending;
      },
    });
  });
  return () => leave(parent);
}

function leave(parent) {
  const sender = senders.get(parent);
  if (!sender) return;
  sender.outbox?.stop();
  sender.line.remove();
  sender.read.remove();
  senders.delete(parent);
}
