// After a link from another site the browser withholds the SameSite=Strict cookie at first: a
// signed-in user is sent on.

const answer = await fetch('/api/signed-in', { cache: 'no-store' }).catch(() => null);
if (answer?.status === 204) location.replace('/');
