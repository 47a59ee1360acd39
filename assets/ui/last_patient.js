// Remembers which patient this tab had open, by identifier; another account in the same tab does
// not get it.

export const PLACE = 'coach-place';

export default function mount({ data, setStateValue }) {
  let place = null;
  try {
    place = JSON.parse(sessionStorage.getItem(PLACE));
  } catch {
    // no storage, or not ours
  }
  setStateValue('patient', place?.account === data.account ? String(place.patient) : 'nobody');
  return () => {};
}
