// The message rate of the last minute: one stacked bar for each second.

import { WINDOW } from './meter.js';

const AXIS = 34;
const FOOT = 20;
const HEAD = 8;
// Milliseconds between two drawings while the bars glide, at some 12 pixels a second.
const GLIDE = 30;
const STEPS = [4, 10, 20, 40, 100, 200, 400, 1_000, 2_000, 4_000, 10_000, 20_000, 40_000, 100_000];

export class Plot {
  #canvas;
  #meter;
  #colours;
  #calm = matchMedia('(prefers-reduced-motion: reduce)');
  #dark = matchMedia('(prefers-color-scheme: dark)');
  #drawn = 0;

  /** `swatches` maps each kind to an element whose background is the kind's colour. */
  constructor(canvas, meter, swatches) {
    this.#canvas = canvas;
    this.#meter = meter;
    const readColours = () => {
      this.#colours = meter.kinds.map(
        (kind) => getComputedStyle(swatches.get(kind)).backgroundColor,
      );
      this.#draw();
    };
    new ResizeObserver(() => this.#draw()).observe(canvas);
    new MutationObserver(readColours).observe(document.documentElement, { attributes: true });
    this.#dark.addEventListener('change', readColours);
    readColours();
    this.#tick();
  }

  #tick = () => {
    const now = Date.now();
    // Reduced motion: the bars step once a second instead of gliding.
    const interval = this.#calm.matches ? 1_000 : GLIDE;
    if (now - this.#drawn >= interval) {
      this.#drawn = now;
      this.#draw();
    }
    requestAnimationFrame(this.#tick);
  };

  #draw() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = devicePixelRatio || 1;
    if (this.#canvas.width !== Math.round(width * ratio)) this.#canvas.width = width * ratio;
    if (this.#canvas.height !== Math.round(height * ratio)) this.#canvas.height = height * ratio;
    const pen = this.#canvas.getContext('2d');
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);

    const style = getComputedStyle(this.#canvas);
    const now = Date.now() / 1000;
    const first = Math.floor(now) - WINDOW;
    const top = this.#top(first);
    const base = height - FOOT;
    const scale = (base - HEAD) / top;
    this.#grid(pen, { style, top, base, scale, width });
    this.#bars(pen, { now, first, base, scale, width });
  }

  #grid(pen, { style, top, base, scale, width }) {
    pen.font = `11px ${style.fontFamily}`;
    pen.fillStyle = style.color;
    pen.strokeStyle = style.borderTopColor;
    pen.lineWidth = 1;
    pen.textAlign = 'right';
    pen.textBaseline = 'middle';
    for (const value of [0, top / 2, top]) {
      const y = Math.round(base - value * scale) + 0.5;
      pen.beginPath();
      pen.moveTo(AXIS, y);
      pen.lineTo(width, y);
      pen.stroke();
      pen.fillText(shorten(value), AXIS - 8, y);
    }
    pen.textBaseline = 'alphabetic';
    const span = width - AXIS;
    for (const [age, align] of [[60, 'left'], [45, 'center'], [30, 'center'], [15, 'center'], [0, 'right']]) {
      pen.textAlign = align;
      pen.fillText(age === 0 ? 'now' : `−${age} s`, AXIS + span * (1 - age / WINDOW), base + 15);
    }
  }

  #bars(pen, { now, first, base, scale, width }) {
    const step = (width - AXIS) / WINDOW;
    const bar = Math.max(1, step - Math.max(1, step * 0.22));
    pen.save();
    pen.beginPath();
    pen.rect(AXIS, 0, width - AXIS, base);
    pen.clip();
    for (let second = first; second <= first + WINDOW; second += 1) {
      const counts = this.#meter.at(second);
      if (!counts) continue;
      const x = width - (now - second) * step;
      let y = base;
      counts.forEach((count, index) => {
        pen.fillStyle = this.#colours[index];
        pen.fillRect(x, y - count * scale, bar, count * scale);
        y -= count * scale;
      });
    }
    pen.restore();
  }

  #top(first) {
    let most = 0;
    for (let second = first; second <= first + WINDOW; second += 1) {
      const counts = this.#meter.at(second) ?? [];
      most = Math.max(most, counts.reduce((sum, count) => sum + count, 0));
    }
    return STEPS.find((step) => step >= most) ?? most;
  }
}

function shorten(value) {
  return value >= 1_000 ? `${value / 1_000}k` : String(value);
}
