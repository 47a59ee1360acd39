// Leaving for another page of this server in this tab; where an address is to be told something first, it is told once.

const left = new WeakSet();

export default function mount({ parentElement: parent, data }) {
  if (left.has(parent)) return () => {};
  left.add(parent);
  leave(data);
  return () => {};
}

async function leave({ to, post, body }) {
  // A card that somebody reads, over the whole page, is not taken from under their eyes.
  if (document.documentElement.hasAttribute('data-coach-help')) {
    await new Promise((closed) => window.addEventListener('coach:help-closed', closed, { once: true }));
  }
  location.replace((post && (await told(post, body))) || to);
}

/** Post the body and return where the answer leads, or nothing. */
async function told(address, body) {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      cache: 'no-store',
    });
    return (await answer.json()).to;
  } catch {
    return '';
  }
}
