"""The recordings at each speed that one may choose: as long as they are reckoned, and the same voice."""

from __future__ import annotations

from playwright.sync_api import Browser

from coach.config import recordings
from coach.domain import sounds
from coach.i18n import speaking
from coach.protocols import loader
from coach.text import spoken
from tests.support.server import AppServer

# What a player plays of some sentences at a speed: seconds, and the pitch of the voice in hertz.
PLAYED = """async ({ sentences, rate }) => {
  const { Sound } = await import('/coach-assets/player/sound.js');
  Object.defineProperty(window, 'speechSynthesis', { value: undefined, configurable: true });
  delete window.speechSynthesis;
  const played = [];
  const { start } = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (at) {
    played.push([this.buffer, this.playbackRate.value]);
    return start.call(this, at);
  };
  const sound = new Sound({ lang: 'xx', voice: true, tones: false, rate, sentences });
  sound.unlock();
  await sound.context.resume();
  await sound.fetch();
  sound.playRecordings(sentences.map((_, place) => place));
  AudioBufferSourceNode.prototype.start = start;
  sound.close();
  return played.map(([buffer, faster]) => ({ s: buffer.duration / faster, hz: pitch(buffer) * faster }));

  function pitch(buffer) {
    const [wave, hz] = [buffer.getChannelData(0), buffer.sampleRate];
    const found = [];
    for (let from = 0; from + 0.06 * hz < wave.length; from += 0.02 * hz) {
      const part = wave.subarray(from, from + 0.06 * hz);
      const power = part.reduce((sum, each) => sum + each * each, 0) / part.length;
      if (power < 0.002) continue;
      let best = [0, 0];
      for (let lag = Math.round(hz / 400); lag < hz / 70; lag++) {
        let [product, one, other] = [0, 0, 0];
        for (let i = 0; i + lag < part.length; i++) {
          product += part[i] * part[i + lag];
          one += part[i] ** 2;
          other += part[i + lag] ** 2;
        }
        const like = product / Math.sqrt(one * other);
        if (like > best[0] + 0.02) best = [like, lag];
      }
      if (best[0] > 0.8) found.push(hz / best[1]);
    }
    return found.sort((a, b) => a - b)[Math.floor(found.length / 2)];
  }
}"""


def test_a_slower_or_faster_voice_is_the_same_voice(chromium: Browser, house: AppServer):
    page = chromium.new_page()
    page.goto(f"{house.url}/healthz")
    protocol = loader.default()
    for lang in ("en", "de", "es", "fr"):
        with speaking(lang):
            # Long enough to have many voiced parts
            texts = [text for text in spoken.every_sentence(protocol) if len(text) > 60][:2]
        told = [(text, *recordings.told(lang, text)) for text in texts]
        sentences = [{"text": text, "s": s, "at": at} for text, s, at in told if at]
        assert len(sentences) == 2
        usual, *others = (
            page.evaluate(PLAYED, {"sentences": sentences, "rate": rate}) for rate in sounds.RATES.values()
        )
        for rate, changed in zip(list(sounds.RATES.values())[1:], others, strict=True):
            for before, after in zip(usual, changed, strict=True):
                assert abs(after["s"] * rate / before["s"] - 1) < 0.01, (lang, rate)
                assert abs(after["hz"] / before["hz"] - 1) < 0.04, (lang, rate, before, after)
    page.close()
