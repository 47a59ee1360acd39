// What a person on a bed meets on a screen of the session player: sizes in CSS pixels, and what is wrong, one line each.
(root) => {
  const faults = [];
  const box = (node) => node.getBoundingClientRect();
  const shown = (node) => node && node.checkVisibility({ visibilityProperty: true }) && box(node).width > 1;
  const main = document.querySelector('.stMain');
  const scrolls = Math.max(0, main.scrollHeight - main.clientHeight - 1);
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide || main.scrollWidth > main.clientWidth + 1) faults.push('the page scrolls sideways');

  const bar = root.querySelector('.stage .controls, .first .controls');
  const texts = [];
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || element.closest('svg, .unseen') || !shown(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) if (rect.width > 1) texts.push({ said: node.data.trim().slice(0, 30), rect, over: Boolean(bar?.contains(element)) });
    for (let up = element; up !== root; up = up.parentElement) {
      if (/hidden|clip/.test(getComputedStyle(up).overflowX) && up.scrollWidth > up.clientWidth + 1) faults.push(`cut: ${node.data.trim().slice(0, 30)}`);
    }
  }
  const meet = (a, b) => {
    const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    return across > 3 && down > 0.25 * Math.min(a.height, b.height);
  };
  texts.forEach((one, i) => {
    if (one.rect.left < -1 || one.rect.right > wide + 1) faults.push(`outside: ${one.said}`);
    for (const other of texts.slice(i + 1)) {
      if (one.over !== other.over && scrolls) continue; // what lies under the bar is scrolled to
      if (meet(one.rect, other.rect)) faults.push(`over each other: ${one.said} | ${other.said}`);
    }
  });
  const pictures = [...root.querySelectorAll('.drawing svg, .ring')].filter(shown);
  for (const picture of pictures) {
    const { left, right } = box(picture);
    if (left < 0 || right > wide) faults.push('a drawing is cut');
    for (const { said, rect, over } of texts) if (!(over && scrolls) && picture.matches('.drawing svg') && meet(box(picture), rect)) faults.push(`on the drawing: ${said}`);
    if (bar && !scrolls && meet(box(picture), box(bar))) faults.push('a drawing lies under the buttons');
  }
  const buttons = Object.fromEntries(
    [...root.querySelectorAll('.button')].filter(shown).map((node) => {
      const { left, top, width, height, bottom } = box(node);
      const label = node.querySelector('.label') ?? node;
      if (label.scrollWidth > label.clientWidth + 1 && getComputedStyle(label).display !== 'inline') faults.push(`wider than its button: ${node.textContent}`);
      return [node.dataset.testid ?? node.textContent, { left, top, width, height, seen: top >= 0 && bottom <= innerHeight + 1 }];
    }),
  );
  const size = (selector) => parseFloat(getComputedStyle(root.querySelector(selector) ?? root).fontSize);
  const upper = root.querySelector('.upper');
  const after = upper && getComputedStyle(upper, '::after');
  return {
    faults: [...new Set(faults)], scrolls, buttons, moves: root.getRootNode().getAnimations().length, cue: size('.cue'), number: size('.seconds'),
    fills: upper ? (box(upper).width * Math.min(box(upper).bottom, innerHeight)) / (innerWidth * innerHeight) : 0,
    number_in: upper && (() => { const r = box(root.querySelector('.seconds')); return r.top >= 0 && r.bottom <= (bar ? box(bar).top : innerHeight) + 1; })(),
    cue_in: upper && (() => { const r = box(root.querySelector('.cue')); return r.top >= 0 && r.bottom <= box(bar).top + 1; })(),
    look: upper && { ground: getComputedStyle(upper).backgroundColor, ink: getComputedStyle(upper).color, frame: after.content === 'none' ? 'none' : after.borderStyle, disc: getComputedStyle(root.querySelector('.ring')).backgroundColor },
  };
}
