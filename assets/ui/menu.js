// Marks the current page in the menu of the staff.

const LINKS = '.st-key-clinic-menu a';

let here = '';
let watching = null;

function mark() {
  for (const link of document.querySelectorAll(LINKS)) {
    if (link.getAttribute('href') === here) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

export default function mount({ data }) {
  here = data.here;
  mark();
  if (!watching) { // another screen of a page creates the links again
    watching = new MutationObserver(mark);
    watching.observe(document.querySelector('.stApp'), { childList: true, subtree: true });
  }
  return () => {};
}
