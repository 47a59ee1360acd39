// Lets a recording take longer or shorter at the same pitch, by overlapping short pieces of it where
// they are most alike (WSOLA). Played at another rate alone, a voice would sound like another person.

const PIECE_S = 0.03; // longer than a period of any voice, shorter than a sound of speech
const SEARCH_S = 0.01; // a period of a low voice: a piece that fits is not further away
const COARSE = 4; // of so many samples one is compared: enough for speech

/** Return a buffer that is heard at `rate` times the speed of this one. */
export function stretched(buffer, rate, context) {
  const from = buffer.getChannelData(0);
  const half = Math.round((PIECE_S * buffer.sampleRate) / 2);
  const search = Math.round(SEARCH_S * buffer.sampleRate);
  const fade = Float32Array.from({ length: half }, (_, i) => (1 - Math.cos((Math.PI * (i + 0.5)) / half)) / 2);
  const to = context.createBuffer(1, Math.ceil(from.length / rate), buffer.sampleRate);
  const out = to.getChannelData(0);
  const at = (i) => (i >= 0 && i < from.length ? from[i] : 0);
  let piece = 0; // where the last piece was taken
  for (let i = 0; i < half && i < out.length; i++) out[i] = at(i);
  for (let n = half; n < out.length; n += half) {
    // What would follow the last piece fades out while the one that is most like it fades in.
    const follows = piece + half;
    piece = alike(from, follows, Math.round(n * rate), search, half);
    for (let i = 0; i < half && n + i < out.length; i++) out[n + i] = at(follows + i) * (1 - fade[i]) + at(piece + i) * fade[i];
  }
  return to;
}

/** Where, near `around`, this sound goes on most as it does at `follows`. */
function alike(from, follows, around, search, length) {
  const end = from.length - length; // what lies outside is silence: nothing is alike there
  if (follows > end || around > end) return around;
  let best = around;
  let most = -Infinity;
  for (let at = Math.max(0, around - search); at <= Math.min(end, around + search); at += 2) {
    let product = 0;
    let power = 1e-9;
    for (let i = 0; i < length; i += COARSE) {
      product += from[follows + i] * from[at + i];
      power += from[at + i] ** 2;
    }
    const like = product / Math.sqrt(power);
    if (like > most) {
      best = at;
      most = like;
    }
  }
  return best;
}
