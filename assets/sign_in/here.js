// Coming by a link from elsewhere, the browser keeps the sign-in to itself at first: whoever is signed in goes on.

const answer = await fetch('/api/signed-in', { cache: 'no-store' }).catch(() => null);
if (answer?.status === 204) location.replace('/');
