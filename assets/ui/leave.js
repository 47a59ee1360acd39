// Goes to another page of this server in this tab, after posting a body once if there is one.

const left = new WeakSet();

export default function mount({ parentElement: parent, data }) {
  if (left.has(parent)) return () => {};
  left.add(parent);
  leave(data);
  return () => {};
}

async function leave({ to, post, body }) {
  // A warning card that the patient is reading stays open.
  if (document.documentElement.hasAttribute('data-coach-help')) {
    await new Promise((closed) => window.addEventListener('coach:help-closed', closed, { once: true }));
  }
  location.replace((post && (await told(post, body))) || to);
}

/** Post the body and return the address in the answer, or nothing. */
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
