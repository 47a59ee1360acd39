// A new screen begins at its top: Streamlit keeps the place that was scrolled to on the one before.

const shown = new WeakMap();

export default function mount({ parentElement: parent, data }) {
  if (shown.get(parent) !== data.screen) {
    shown.set(parent, data.screen);
    document.documentElement.dataset.coachScreen = data.screen; // what the guard knows it by
    document.querySelector('.stMain')?.scrollTo(0, 0);
  }
  return () => {};
}
