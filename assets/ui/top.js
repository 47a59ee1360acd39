// Scrolls a new screen to its top: Streamlit keeps the scroll position of the previous one.

const shown = new WeakMap();

export default function mount({ parentElement: parent, data }) {
  if (shown.get(parent) !== data.screen) {
    shown.set(parent, data.screen);
    // By which the guard recognises the screen
    document.documentElement.dataset.coachScreen = data.screen;
    document.querySelector('.stMain')?.scrollTo(0, 0);
  }
  return () => {};
}
