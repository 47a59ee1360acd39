// Nobody is signed in here: how the pages looked for the last one (ui/looks.js) is not how the next one wants them.

try {
  localStorage.removeItem('coach-looks');
} catch {
  // A browser that keeps nothing
}
