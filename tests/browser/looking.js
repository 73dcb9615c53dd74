// What is wrong with a page as it lies before its reader: told as lines, for the size and the theme it has now.
(() => {
  const shown = (each) =>
    each.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && each.getClientRects().length && !each.closest(".visually-hidden");
  const named = (each) => `${each.tagName.toLowerCase()}${[...each.classList].map((name) => `.${name}`).join("")}`;
  const words = (each) => (each.textContent || each.name || "").trim().replace(/\s+/g, " ").slice(0, 60);
  const told = (each) => `${named(each.parentElement)} > ${named(each)} ${words(each)}`;

  // Any colour that a style can say, as red, green, blue up to 255 and how much it covers up to 1.
  const dot = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const painted = new Map();
  const colour = (value) => {
    if (!painted.has(value)) {
      dot.clearRect(0, 0, 1, 1);
      dot.fillStyle = value;
      dot.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = dot.getImageData(0, 0, 1, 1).data;
      painted.set(value, [red, green, blue, alpha / 255]);
    }
    return painted.get(value);
  };

  const sideways = () => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth > clientWidth ? [`${scrollWidth - clientWidth} pixels wider than the window`] : [];
  };

  const clipped = () =>
    [...document.querySelectorAll("body *")]
      .filter((each) => {
        const { overflowX, overflowY, display } = getComputedStyle(each);
        if (display === "inline" || each.clientWidth < 5 || each.clientHeight < 5 || each.namespaceURI.endsWith("svg")) return false;
        if (!each.textContent.trim() || each.closest("[title]") || !shown(each)) return false;
        const hides = (overflow) => overflow === "hidden" || overflow === "clip";
        return (hides(overflowX) && each.scrollWidth > each.clientWidth + 1) || (hides(overflowY) && each.scrollHeight > each.clientHeight + 1);
      })
      .map((each) => `cut off: ${told(each)}`);

  // What a finger meets: the label around a box to tick, the picture within a link once it is there.
  const picture = (each) => [...each.querySelectorAll(":scope > img")].find((image) => image.getBoundingClientRect().width);
  const reach = (each) => (each.matches("[type=checkbox], [type=radio]") && each.closest("label")) || picture(each) || each;

  const scrolled = () => [document.scrollingElement, ...document.querySelectorAll("body *")].filter((each) => each.scrollTop || each.scrollLeft);

  // Behind an open dialog nothing can be pressed, and nothing need be.
  const inFront = () => document.querySelector("dialog:modal") ?? document;

  const controls = () => {
    const found = [];
    const before = new Map(scrolled().map((each) => [each, [each.scrollLeft, each.scrollTop]]));
    for (const each of inFront().querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
      if (!shown(each) || each.disabled || each.matches(".skip-link")) continue;
      const target = reach(each);
      target.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
      const rect = target.getClientRects()[0];
      const [x, y] = [rect.left + rect.width / 2, rect.top + rect.height / 2];
      const isOutside = rect.left < -1 || rect.right > innerWidth + 1 || y < 0 || y > innerHeight;
      if (isOutside) found.push(`outside the window: ${told(each)}`);
      else {
        const above = document.elementFromPoint(x, y);
        if (above && !target.contains(above) && !above.contains(target) && !above.closest("label")?.contains(each))
          found.push(`covered by ${told(above)}: ${told(each)}`);
      }
      const isInline = getComputedStyle(target).display === "inline";
      const size = `${Math.round(rect.width)} × ${Math.round(rect.height)}`;
      if (!isInline && (rect.width < 23.5 || rect.height < 23.5)) found.push(`small, ${size}: ${told(each)}`);
    }
    for (const each of scrolled()) {
      const [left, top] = before.get(each) ?? [0, 0];
      each.scrollTo({ left, top, behavior: "instant" });
    }
    return found;
  };

  const texts = function* () {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const owner = node.parentElement;
      const text = node.data.trim().replace(/\s+/g, " ");
      const isSaid = !owner.closest("script, style, noscript, svg, code, pre, kbd, samp");
      if (text && isSaid && owner.checkVisibility({ checkVisibilityCSS: true })) yield [text, owner];
    }
  };

  const luminance = (parts) =>
    parts
      .slice(0, 3)
      .map((part) => part / 255)
      .map((share) => (share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, number) => sum + part * [0.2126, 0.7152, 0.0722][number], 0);

  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  const over = (front, back) => {
    const alpha = front[3] ?? 1;
    return [0, 1, 2].map((at) => front[at] * alpha + back[at] * (1 - alpha));
  };

  // The colour under an element; null over a picture, unless only the colour under that is asked for.
  const ground = (each, isUnderPictures = false) => {
    const layers = [];
    for (let at = each; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none" && !isUnderPictures) return null;
      const parts = colour(style.backgroundColor);
      layers.push(parts);
      if ((parts[3] ?? 1) === 1) break;
    }
    return layers.reverse().reduce((back, front) => over(front, back), [255, 255, 255]);
  };

  const faint = () => {
    const found = new Map();
    for (const [text, owner] of texts()) {
      if (!shown(owner) || owner.closest(":disabled, [aria-disabled=true]")) continue;
      const style = getComputedStyle(owner);
      const back = ground(owner);
      if (!back) continue;
      const met = contrast(over(colour(style.color), back), back);
      const size = parseFloat(style.fontSize);
      const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
      if (met < least - 0.01) found.set(`${style.color} on ${back}`, `faint, ${met.toFixed(1)}: ${told(owner)}`);
    }
    return [...found.values()];
  };

  // One of each kind of element that takes the focus and then has no ring around it of a contrast of three (WCAG 1.4.11, 2.4.7), or faint words.
  const unseenFocus = () => {
    const before = document.activeElement;
    const isFaint = (each) => each.textContent.trim() && ground(each) && contrast(over(colour(getComputedStyle(each).color), ground(each)), ground(each)) < 4.49;
    before?.blur();
    const kinds = new Map();
    for (const each of inFront().querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']"))
      if (!each.disabled && each.checkVisibility({ visibilityProperty: true }) && each.getClientRects().length)
        kinds.set(`${each.tagName} ${each.className} ${each.type} ${each.parentElement.className}`, each);
    const unseen = [...kinds.values()].filter((each) => {
      each.focus({ preventScroll: true, focusVisible: true });
      const ring = [each, each.parentElement, ...(each.labels || [])].find((at) => {
        const { outlineStyle, outlineWidth } = getComputedStyle(at);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
      });
      const back = ring && ground(ring.parentElement, true);
      const isUnseen = !ring || contrast(over(colour(getComputedStyle(ring).outlineColor), back), back) < 3;
      const isUnread = each.matches("a, button, summary") && isFaint(each);
      each.blur();
      return isUnseen || isUnread;
    });
    before?.focus({ preventScroll: true });
    return unseen.map((each) => `the focus, or what has it, is not seen: ${told(each)}`);
  };

  const dialogs = () => (document.querySelectorAll("dialog[open]").length > 1 ? ["a dialog over a dialog"] : []);

  // What a browser says of a field is in its own language and gone at the next press; the program's messages stay beside the field.
  const spokenByBrowser = () =>
    [...document.forms]
      .filter((form) => !form.noValidate && [...form.elements].some((each) => each.required || each.matches("[min], [max], [pattern], [minlength]")))
      .map((form) => `the browser would speak for the program: ${told(form)}`);

  const missing = (known) => {
    const canvas = new OffscreenCanvas(24, 24).getContext("2d", { willReadFrequently: true });
    canvas.font = `16px ${getComputedStyle(document.body).fontFamily}`;
    canvas.textBaseline = "top";
    const drawn = (sign) => {
      canvas.clearRect(0, 0, 24, 24);
      canvas.fillText(sign, 2, 2);
      return canvas.getImageData(0, 0, 24, 24).data.join();
    };
    const absent = drawn("\u{2FFFD}");
    const signs = new Set([...texts()].flatMap(([text]) => [...text]).filter((sign) => !known.includes(sign)));
    return [[...signs].join(""), [...signs].filter((sign) => sign.trim() && !/\p{M}|\p{Cc}|\p{Cf}/u.test(sign) && drawn(sign) === absent)];
  };

  const paint = (theme) => {
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  };

  window.looking = {
    layout: () => [...sideways(), ...clipped(), ...controls(), ...dialogs(), ...spokenByBrowser()],
    paint,
    faint,
    unseenFocus,
    missing,
    texts: () => [...texts()].map(([text, owner]) => [text, owner.closest("[lang]").lang]),
  };
})();
