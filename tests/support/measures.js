// What is wrong with the layout of the page as it is shown now: one line for each thing that a reader would stumble over.
() => {
  const found = [];
  const main = document.querySelector('.stMain');
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide || main.scrollWidth > main.clientWidth + 1) found.push('the page scrolls sideways');
  const closed = (element) => element.closest('details:not([open])') && !element.closest('summary');
  const above = (element) => element.parentElement ?? element.getRootNode().host;
  const clips = (overflow) => overflow === 'hidden' || overflow === 'clip';
  const scrolls = (overflow) => overflow === 'auto' || overflow === 'scroll';
  const styles = new Map();
  const styled = (element) => styles.get(element) ?? styles.set(element, getComputedStyle(element)).get(element);
  /** Said to ears alone: it is shrunk to a point, or clipped away. */
  const forEars = new Map();
  function unseen(element) {
    if (!element) return false;
    if (!forEars.has(element)) {
      const style = styled(element);
      const away = style.clipPath === 'inset(50%)' || /^rect\(0px,? 0px,? 0px,? 0px\)$/.test(style.clip);
      const point = style.display !== 'inline' && clips(style.overflowX) && Math.min(element.clientWidth, element.clientHeight) <= 1;
      forEars.set(element, away || point || unseen(above(element)));
    }
    return forEars.get(element);
  }
  /** Whether a visible text reaches beyond a box that clips it, or is shortened by an ellipsis; and whether it can be scrolled to. */
  function clipped(element, text) {
    let [across, down] = [true, true]; // until something scrolls that way
    for (let up = element; up && up !== main; up = above(up)) {
      const style = styled(up);
      if (/^(inline|contents)$/.test(style.display)) continue;
      if (up.matches('.coach-scrolls')) return { cut: false, reached: true };
      const box = up.getBoundingClientRect();
      if (across && clips(style.overflowX)) {
        const shortened = style.textOverflow === 'ellipsis' && up.scrollWidth > up.clientWidth + 1;
        if (shortened || text.left < box.left - 1.5 || text.right > box.right + 1.5) return { cut: true };
      }
      const slack = 0.3 * text.height; // a line is lower than its letters' box
      if (down && clips(style.overflowY) && (text.top < box.top - slack || text.bottom > box.bottom + slack)) return { cut: true };
      // A day that must be scrolled inside of its field is not seen whole.
      if (up.matches('[data-testid="stDateInputFieldsScroller"]') && up.scrollWidth > up.clientWidth + 1) return { cut: true };
      across &&= !scrolls(style.overflowX);
      down &&= !scrolls(style.overflowY);
    }
    return { cut: false, reached: !across };
  }
  // Bars stay in sight, over what is scrolled.
  const bar = (element) => {
    for (let up = element; up; up = above(up)) if (/fixed|sticky/.test(styled(up).position)) return up;
    return null;
  };
  const texts = [];
  // Our own components stand in trees of their own, and so do their texts.
  function* written(root) {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node.nodeType === Node.TEXT_NODE) yield node;
      else if (node.shadowRoot) yield* written(node.shadowRoot);
    }
  }
  for (const node of written(document.querySelector('.stApp'))) {
    const element = node.parentElement;
    if (!element) continue;
    const hidden = element.closest('[class*="skip" i], a[href^="#"]') || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!node.data.trim() || hidden || closed(element) || element.closest('style, svg, .stApp table, .stVegaLiteChart') || unseen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const said = node.data.trim().slice(0, 40);
    for (const box of range.getClientRects()) {
      if (box.width < 2) continue;
      const { cut, reached } = clipped(element, box);
      texts.push({ said, box, node, bar: bar(element) });
      if (cut) found.push(`cut: ${said}`);
      else if (!reached && (box.right > wide + 1 || box.left < -1)) found.push(`outside: ${said}`);
    }
  }
  texts.forEach((one, i) => {
    for (const other of texts.slice(i + 1)) {
      if (one.node === other.node || one.bar !== other.bar) continue; // what lies under a bar is scrolled to
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (across > 3 && down > 0.4 * Math.min(one.box.height, other.box.height)) found.push(`over each other: ${one.said} | ${other.said}`);
    }
  });
  return [...new Set(found)];
}
