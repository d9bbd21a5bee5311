/** A scale of figures on a length of pixels. */
export interface Scale {
  readonly isLogarithmic: boolean;
  readonly low: number;
  readonly high: number;
  /** Where the axis has marks, ascending. */
  readonly ticks: readonly number[];
}

/** Where the largest figure is so many times the smallest, only a logarithmic scale shows both. */
const FAR = 10;
/** Of the power of ten at or below the largest figure. */
const STEPS = [0.1, 0.2, 0.25, 0.5, 1, 2, 2.5];
const LEAST_STEPS = 3;

/** A scale that holds all of some figures: from zero, or logarithmic where they are far from each other. Zero has no place on the latter. */
export function scaleFor(values: readonly number[]): Scale {
  const above = values.filter((value) => value > 0);
  const [least, most] = [Math.min(...above), Math.max(...above)];
  if (above.length === 0) return { isLogarithmic: false, low: 0, high: 1, ticks: [0, 1] };
  return most / least > FAR ? logarithmic(least, most) : linear(most);
}

function linear(most: number): Scale {
  const magnitude = 10 ** Math.floor(Math.log10(most));
  const step = STEPS.map((each) => each * magnitude).findLast((each) => most / each >= LEAST_STEPS) ?? magnitude;
  const count = Math.ceil(most / step - 1e-9);
  const ticks = Array.from({ length: count + 1 }, (_, n) => Number((n * step).toPrecision(12)));
  return { isLogarithmic: false, low: 0, high: ticks.at(-1) ?? most, ticks };
}

function logarithmic(least: number, most: number): Scale {
  // The smallest bar has a length, too.
  const first = Math.ceil(Math.log10(least) - 1e-9) - 1;
  const last = Math.ceil(Math.log10(most) - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, n) => Number((10 ** (first + n)).toPrecision(12)));
  return { isLogarithmic: true, low: ticks[0] as number, high: ticks.at(-1) as number, ticks };
}
