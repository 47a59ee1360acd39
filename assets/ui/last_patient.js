// Whom this tab had open, by an identifier alone; another account in the same tab is told of nobody.

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
