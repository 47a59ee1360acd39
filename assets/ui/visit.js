// Opens a page of the app without loading the document again, as the browser's Back does: Streamlit runs
// the page that the address names.

const app = () => document.querySelector('.stApp');

/** Whether Streamlit has its connection: without one a tap would lead nowhere. */
export const connected = () => (app()?.dataset.testConnectionState ?? 'CONNECTED') === 'CONNECTED';

/** A tap that asks for another tab or window is the browser's own. */
export const wantsAnother = (event) => event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;

export function visit(address) {
  history.pushState({}, '', address);
  window.dispatchEvent(new PopStateEvent('popstate', { state: {} }));
}
